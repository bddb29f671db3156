import styles from './dialog.css';
import { renderPreferences, type PreferencesActions } from './preferences.ts';
import type { Stage } from './stage.ts';
import type { ConsentState, DialogConfig, WidgetConfig } from './types.ts';

declare const CONFIG: DialogConfig;

let isDressed = false;

/** `dialog.js`: opens the second layer. */
export function openDialog(
  config: WidgetConfig,
  { box, dress }: Stage,
  state: ConsentState,
  actions: PreferencesActions,
): void {
  if (box.querySelector('dialog')) return;
  if (!isDressed) dress(styles);
  isDressed = true;
  const dialog = renderPreferences(config, CONFIG, state, actions);
  box.append(dialog);
  const show = () => {
    dialog.showModal();
  };
  // A page may ask for it before it has a body.
  if (dialog.isConnected) show();
  else document.addEventListener('DOMContentLoaded', show);
}
