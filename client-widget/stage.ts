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
  /** Opens the second layer, and tells where it cannot be had. */
  open: () => void;
  /** Tells eyes and ears what happened, for some seconds. */
  say: (text: string) => void;
}

export function createStage(
  { language, direction, look, texts, model }: CoreConfig,
  open: () => Promise<void>,
): Stage {
  const host = document.createElement('habeas-choices');
  const root = host.attachShadow({ mode: 'open' });
  const box = document.createElement('div');
  box.lang = language;
  box.dir = direction;
  box.className = look.theme;
  // A live region by its nature: a screen reader tells what is written there.
  const status = document.createElement('output');
  box.append(status);
  root.append(box);

  /** The script may run before there is a body, and some frameworks replace the body when they navigate. */
  function attach(): void {
    const { body } = document as { body: HTMLElement | null };
    if (body && host.parentNode !== body) body.prepend(host);
  }
  new MutationObserver(attach).observe(document.documentElement, { childList: true });

  let shown: HTMLElement | undefined;
  let timer: number | undefined;
  const stage: Stage = {
    box,
    dress(css) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      root.adoptedStyleSheets.push(sheet);
    },
    show(layer) {
      const hadFocus = root.activeElement;
      const next = layer ?? createButton();
      box.querySelector('dialog')?.close();
      shown?.remove();
      box.prepend((shown = next));
      attach();
      // What the keyboard reaches on the page is not scrolled behind the layer (WCAG 2.2, 2.4.11).
      document.documentElement.style.scrollPaddingBlockEnd = layer ? '34vh' : '';
      // Whoever was in a layer that goes keeps a place in the order of the page.
      if (!layer && hadFocus) next.focus({ preventScroll: true });
    },
    open() {
      stage.say('…');
      open().then(
        () => {
          stage.say('');
        },
        () => {
          stage.say(texts.unavailable);
        },
      );
    },
    say(text) {
      status.textContent = text;
      clearTimeout(timer);
      timer = setTimeout(() => {
        status.textContent = '';
      }, 5_000);
    },
  };

  /** The floating button. Where the law has words for it, it shows these. */
  function createButton(): HTMLElement {
    const button = document.createElement('button');
    button.className = `corner ${look.corner}`;
    button.title = texts.reopen;
    button.onclick = stage.open;
    if (model === 'opt-out') button.append(texts.reopen);
    return button;
  }

  stage.dress(styles);
  return stage;
}
