import styles from './corner.css';
import type { BackConfig } from './types.ts';

/** The floating button alone, for a visitor who is not asked. Returns the element that holds it. */
export function createCorner(
  { state: { language, model }, direction, look, texts }: BackConfig,
  open: () => Promise<void>,
): HTMLElement {
  const host = document.createElement('habeas-choices');
  const root = host.attachShadow({ mode: 'open' });
  const button = document.createElement('button');
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  root.adoptedStyleSheets = [sheet];
  host.lang = language;
  host.dir = direction ?? '';
  button.className = `${look.theme} ${look.corner}`;
  button.title = texts.reopen;
  button.onclick = () => {
    // A button is never dead: it says what went wrong, and can be pressed again.
    open().catch(() => {
      button.textContent = texts.unavailable;
    });
  };
  if (model === 'opt-out') button.append(texts.reopen);
  button.setAttribute('aria-live', 'polite');
  root.append(button);
  return host;
}

/** Keeps it first in the body: the script may run before there is one, and some frameworks replace it. */
export function keepInBody(host: HTMLElement): MutationObserver {
  function attach(): void {
    const { body } = document as { body: HTMLElement | null };
    if (body && host.parentNode !== body) body.prepend(host);
  }
  const observer = new MutationObserver(attach);
  observer.observe(document.documentElement, { childList: true });
  attach();
  return observer;
}
