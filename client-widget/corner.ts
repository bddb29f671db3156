import type { BackConfig } from './types.ts';

/** Stands in the button where no words do. */
export const SIGN = '⚙︎';

/**
 * The floating button alone, for a visitor who is not asked, dressed as by `button.css`, in the system's colours: the
 * tokens come with the layers. Returns the element that holds it.
 */
export function createCorner(
  { state: { language, model }, direction, look, texts }: BackConfig,
  open: () => Promise<void>,
): HTMLElement {
  const host = document.createElement('habeas-choices');
  const button = document.createElement('button');
  host.attachShadow({ mode: 'open' }).append(button);
  host.lang = language;
  host.dir = direction ?? '';
  button.style.cssText =
    `color-scheme:${look.theme === 'auto' ? 'light dark' : look.theme};` +
    `position:fixed;z-index:2147483647;inset-block-end:max(1rem,env(safe-area-inset-bottom));` +
    `inset-inline-${look.corner}:1rem;padding:0 12px;min-width:44px;height:44px;` +
    `border:1px solid #8886;border-radius:22px;font:600 medium system-ui,sans-serif;color:CanvasText;background:Canvas`;
  button.ariaLive = 'polite';
  button.ariaLabel = button.title = texts.reopen;
  button.append(model === 'opt-out' ? texts.reopen : SIGN);
  button.onclick = () => {
    // A button is never dead: it says what went wrong, and can be pressed again.
    open().catch(() => {
      button.ariaLabel = null;
      button.textContent = texts.unavailable;
    });
  };
  return host;
}
