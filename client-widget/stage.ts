import styles from './stage.css';
import type { CoreConfig } from './types.ts';

/** Where everything is seen: one shadow root, first in the body, which the page's styles cannot reach. */
export interface Stage {
  /** Holds the layers. */
  box: HTMLElement;
  /** Dresses what stands there. */
  dress: (css: string) => void;
  /** Shows the first layer, or with null the floating button in its place; closes the second one. */
  show: (layer: HTMLElement | null) => void;
}

const SVG = 'http://www.w3.org/2000/svg';

export function createStage(
  { language, direction, look, texts }: CoreConfig,
  open: () => void,
): Stage {
  const host = document.createElement('habeas-choices');
  const root = host.attachShadow({ mode: 'open' });
  const box = document.createElement('div');
  box.lang = language;
  box.dir = direction;
  box.className = look.theme;
  root.append(box);

  /** The script may run before there is a body, and some frameworks replace the body when they navigate. */
  function attach(): void {
    const { body } = document as { body: HTMLElement | null };
    if (body && host.parentNode !== body) body.prepend(host);
  }
  new MutationObserver(attach).observe(document.documentElement, { childList: true });

  function dress(css: string): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  }
  dress(styles);

  function createButton(): HTMLElement {
    const button = document.createElement('button');
    const icon = document.createElementNS(SVG, 'svg');
    const path = document.createElementNS(SVG, 'path');
    button.className = 'reopen';
    button.title = texts.reopen;
    button.onclick = open;
    icon.setAttribute('viewBox', '0 0 24 24');
    path.setAttribute('d', 'M4 8h8m6 0h2M4 16h2m6 0h8M15 5.5v5M9 13.5v5');
    icon.append(path);
    button.append(icon);
    return button;
  }

  let shown: HTMLElement | undefined;
  return {
    box,
    dress,
    show(layer) {
      const hadFocus = root.activeElement;
      const next = layer ?? createButton();
      box.querySelector('dialog')?.close();
      shown?.remove();
      box.prepend((shown = next));
      attach();
      // Whoever was in a layer that goes keeps a place in the order of the page.
      if (!layer && hadFocus) next.focus({ preventScroll: true });
    },
  };
}
