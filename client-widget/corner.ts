import type { BackConfig } from './types.ts';

declare const CONFIG: BackConfig;

/**
 * The floating button alone, for a visitor who is not asked, dressed as by `button.css`, in the system's colours: the
 * tokens come with the layers. Returns the element that holds it.
 */
export function createCorner(open: () => Promise<void>): HTMLElement {
  const host = document.createElement('habeas-choices');
  const button = document.createElement('button');
  host.attachShadow({ mode: 'open' }).append(button);
  host.lang = CONFIG.state.language;
  button.style.cssText =
    CONFIG.style +
    ';position:fixed;z-index:999999999;bottom:0;margin:1rem;padding:0 12px;' +
    'min-width:44px;height:44px;border:1px solid #8886;border-radius:44px;' +
    'font:600 medium system-ui;background:Canvas';
  button.dir = 'auto';
  button.ariaLive = 'polite';
  button.ariaLabel = button.title = CONFIG.name;
  button.append(CONFIG.sign);
  button.onclick = () => {
    // A button is never dead: it says what went wrong, and can be pressed again.
    open().catch(() => {
      button.ariaLabel = button.textContent = CONFIG.failure;
    });
  };
  return host;
}
