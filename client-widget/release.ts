import styles from './button.css';
import { SIGN } from './corner.ts';
import { createGate, watchPage } from './gate.ts';
import type { Core } from './parts.ts';
import type { ButtonConfig, CoreConfig } from './types.ts';

/**
 * Returns what has to be done at the start and after each choice: marked elements that are allowed are released, and
 * where nobody is asked the floating button stands. Where the law has words for it, it shows these.
 */
export function createRelease(
  { look, texts, model }: ButtonConfig & Pick<CoreConfig, 'model'>,
  core: Core,
): () => void {
  const { stage } = core;
  const openGate = createGate(core.isAllowed);
  let isWatching = false;
  const button = document.createElement('button');
  button.className = `corner ${look.corner}`;
  button.ariaLabel = button.title = texts.reopen;
  button.onclick = stage.open;
  button.append(model === 'opt-out' ? texts.reopen : SIGN);
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
