import styles from './stage.css';
import type { CoreConfig } from './types.ts';

/** Where everything is seen: one shadow root, first in the body, which the page's styles cannot reach. */
export interface Stage {
  /** Holds the layers. */
  box: HTMLElement;
  /** The first layer or the floating button. */
  shown: HTMLElement | undefined;
  /** Whether somebody was in a layer that went: the floating button keeps their place in the order of the page. */
  hadFocus: boolean;
  /** Dresses what stands there. */
  dress: (css: string) => void;
  show: (element: HTMLElement) => void;
  /** Takes the layers away. */
  hide: () => void;
  /** Opens the second layer, and tells where it cannot be had. */
  open: () => void;
  /** Tells eyes and ears what happened, for some seconds. */
  say: (text: string) => void;
}

export function createStage(
  { language, direction, look, texts }: CoreConfig,
  open: () => Promise<void>,
): Stage {
  const host = document.createElement('habeas-choices');
  const root = host.attachShadow({ mode: 'open' });
  const box = document.createElement('div');
  // A live region by its nature: a screen reader tells what is written there.
  const status = document.createElement('output');
  const page = document.documentElement;
  Object.assign(box, { lang: language, dir: direction ?? '', className: look.theme });
  status.className = 'layer';
  box.append(status);
  root.append(box);

  /** The script may run before there is a body, and some frameworks replace the body when they navigate. */
  function attach(): void {
    const { body } = document as { body: HTMLElement | null };
    if (body && host.parentNode !== body) body.prepend(host);
  }
  new MutationObserver(attach).observe(page, { childList: true });

  let timer: number | undefined;
  /** Goes with what is dressed first, as each sheet costs the page anew. */
  let base = styles;
  const stage: Stage = {
    box,
    shown: undefined,
    hadFocus: false,
    dress(css) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(base + css);
      base = '';
      root.adoptedStyleSheets.push(sheet);
    },
    show(element) {
      stage.shown?.remove();
      box.prepend((stage.shown = element));
      attach();
      // What the keyboard reaches on the page is not scrolled behind the layer (WCAG 2.2, 2.4.11).
      if (isLayer(element)) page.style.scrollPaddingBlockEnd = '34vh';
    },
    hide() {
      const dialog = box.querySelector('dialog');
      if (dialog || isLayer(stage.shown)) stage.hadFocus = Boolean(root.activeElement);
      dialog?.close();
      if (!isLayer(stage.shown)) return;
      stage.shown?.remove();
      stage.shown = undefined;
      // It styles the whole page anew, which the press that hid the layer need not wait for.
      whenIdle(() => {
        if (!isLayer(stage.shown)) page.style.scrollPaddingBlockEnd = '';
      });
    },
    open() {
      stage.say('…');
      void open()
        .then(
          () => '',
          () => texts.unavailable,
        )
        .then(stage.say);
    },
    say(text) {
      status.textContent = text;
      clearTimeout(timer);
      if (text) timer = setTimeout(stage.say, 5_000, '');
    },
  };

  return stage;
}

const isLayer = (element: HTMLElement | undefined) => element?.localName === 'section';

/** Does something that nobody waits for: when the browser has nothing better to do, if it can tell. */
export const whenIdle: (act: () => void) => unknown =
  (window as Partial<Window>).requestIdleCallback ?? setTimeout;
