import { letTextScroll, renderBanner, type BannerKind } from './banner.ts';
import { create, iconButton, SLIDERS } from './dom.ts';
import { renderPreferences } from './preferences.ts';
import styles from './styles.css';
import { accentRule } from './tokens.ts';
import type { ConsentState, OptionalCategoryId, WidgetConfig } from './types.ts';

/** What the layers ask for, and ask about. */
export interface SurfaceActions {
  state: () => ConsentState;
  accept: () => void;
  refuse: () => void;
  save: (choices: Record<OptionalCategoryId, boolean>) => void;
  dismiss: () => void;
}

export interface Surface {
  /** Shows the first layer, or with null the floating button in its place; closes the preferences. */
  show: (kind: BannerKind | null) => void;
  openPreferences: () => void;
}

/** Everything that is seen: one shadow root, first in the body, which the page's styles cannot reach. */
export function createSurface(config: WidgetConfig, actions: SurfaceActions): Surface {
  const { look, texts } = config;
  const host = document.createElement('habeas-choices');
  const box = create('div', { lang: config.language, dir: config.direction, class: look.theme });
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles + accentRule(look.accent));
  root.adoptedStyleSheets = [sheet];
  root.append(box);

  let shown: HTMLElement | undefined;
  let dialog: HTMLDialogElement | undefined;
  let isWanted = false;

  /** The script may run before there is a body, and some frameworks replace the body when they navigate. */
  function attach(): void {
    const { body } = document as { body: HTMLElement | null };
    if (!body || host.parentNode === body) return;
    body.prepend(host);
    if (shown) letTextScroll(shown);
    if (isWanted) openPreferences();
  }

  function openPreferences(): void {
    isWanted = !host.isConnected;
    if (isWanted || dialog?.open) return;
    dialog = renderPreferences(config, actions.state(), actions);
    box.append(dialog);
    dialog.showModal();
  }

  new MutationObserver(attach).observe(document.documentElement, { childList: true });

  return {
    openPreferences,
    show(kind) {
      const hadFocus = root.activeElement !== null;
      dialog?.close();
      const next = kind
        ? renderBanner(config, kind, { ...actions, choose: openPreferences })
        : iconButton(texts.reopen, 'reopen', SLIDERS, openPreferences);
      shown?.remove();
      box.prepend(next);
      shown = next;
      attach();
      if (kind) letTextScroll(next);
      // Whoever was in a layer that goes keeps a place in the order of the page.
      else if (hadFocus) next.focus({ preventScroll: true });
    },
  };
}
