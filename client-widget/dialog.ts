import { digitsOf } from './consent.ts';
import styles from './dialog.css';
import type { Asker, Core } from './parts.ts';
import { renderPreferences } from './preferences.ts';
import type { DialogConfig, FirstConfig } from './types.ts';

declare const CONFIG: DialogConfig;

let isDressed = false;

/** `dialog.js`: opens the second layer. */
export function openDialog(
  config: FirstConfig,
  { stage: { box, dress }, state }: Core,
  { accept, refuse, answer }: Asker,
): void {
  if (box.querySelector('dialog')) return;
  if (!isDressed) dress(styles);
  isDressed = true;
  const dialog = renderPreferences(config, CONFIG, state(), {
    accept,
    refuse,
    save(choices, apart) {
      answer('choose', digitsOf(config, { necessary: true, ...choices }, apart));
    },
  });
  box.append(dialog);
  const show = () => {
    dialog.showModal();
  };
  // A page may ask for it before it has a body.
  if (dialog.isConnected) show();
  else document.addEventListener('DOMContentLoaded', show);
}
