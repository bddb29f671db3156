import styles from './button.css';
import { createGate, mayRun, watchPage } from './gate.ts';
import type { Core } from './parts.ts';
import type { ButtonConfig } from './types.ts';

/**
 * Returns what has to be done at the start and after each choice: marked elements that are allowed are released, and
 * where nobody is asked the floating button stands.
 */
export function createRelease({ look, texts, sign }: ButtonConfig, core: Core): () => void {
  const { stage } = core;
  const openGate = createGate((mark) => mayRun(mark, core.isAllowed));
  let isWatching = false;
  const button = document.createElement('button');
  button.className = `corner ${look.corner}`;
  button.ariaLabel = button.title = texts.reopen;
  button.onclick = stage.open;
  button.append(sign);
  stage.dress(styles);

  return () => {
    if (!stage.shown) {
      stage.show(button);
      if (stage.hadFocus && document.activeElement === document.body)
        button.focus({ preventScroll: true });
    }
    if (isWatching) openGate();
    else if (core.verdict.allowed.includes('1')) {
      isWatching = true;
      watchPage(openGate);
    }
  };
}
