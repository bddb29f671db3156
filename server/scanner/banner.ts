import { setTimeout as wait } from 'node:timers/promises';
import type { ElementHandle, Page } from 'playwright-core';
import { consentControls, controlWords } from '../../config/consent-controls.ts';

export type Answer = 'accept' | 'refuse';

/**
 * Looks in a page for the buttons of a consent banner: those of known managers first, else visible
 * buttons by their words, in what lies fixed over the page or is a dialog. Runs in the page, as text,
 * so that nothing of ours is needed there.
 */
const FINDER = `((managers, words) => {
  const deep = (selector) => {
    for (const alternative of selector.split(',')) {
      let scope = document;
      let found = null;
      const steps = alternative.split('>>>').map((step) => step.trim());
      for (const [at, step] of steps.entries()) {
        found = scope.querySelector(step);
        if (!found) break;
        if (at < steps.length - 1) scope = found.shadowRoot ?? found;
      }
      if (found) return found;
    }
    return null;
  };
  const isSeen = (element) => {
    if (!element?.isConnected) return false;
    const { width, height } = element.getBoundingClientRect();
    const { visibility, display } = getComputedStyle(element);
    return width > 1 && height > 1 && visibility === 'visible' && display !== 'none';
  };
  for (const { manager, accept, refuse } of managers) {
    const [yes, no] = [deep(accept), deep(refuse)];
    if (isSeen(yes) || isSeen(no)) return { manager, accept: isSeen(yes) ? yes : null, refuse: isSeen(no) ? no : null };
  }
  const all = [];
  const collect = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) collect(element.shadowRoot);
      if (element.matches('button, [role=button], a, input[type=button], input[type=submit]') && isSeen(element)) all.push(element);
    }
  };
  collect(document);
  const liesOver = (element) => {
    for (let each = element; each; each = each.parentElement ?? each.getRootNode().host ?? null) {
      if (each.matches('dialog, [role=dialog], [role=alertdialog], [aria-modal=true]')) return true;
      if (/fixed|sticky/.test(getComputedStyle(each).position)) return true;
    }
    return false;
  };
  const saying = (beginnings) => all.find((element) => {
    const text = (element.innerText || element.value || element.getAttribute('aria-label') || '').trim().toLowerCase();
    return text.length < 60 && beginnings.some((word) => text === word || text.startsWith(word + ' ') || text.startsWith(word)) && liesOver(element);
  }) ?? null;
  const refuse = saying(words.refuse);
  const accept = saying(words.accept);
  return { manager: null, accept, refuse };
})(${JSON.stringify(consentControls)}, ${JSON.stringify(controlWords)})`;

export interface Banner {
  manager: string | null;
  canAccept: boolean;
  canRefuse: boolean;
}

const LOOK_EVERY_MS = 250;

/** The banner of a page; waits for it so long. Both false: there is none that we know. */
export async function findBanner(page: Page, most: number): Promise<Banner> {
  const until = Date.now() + most;
  let found = await bannerNow(page);
  while (!found && Date.now() < until) {
    await wait(LOOK_EVERY_MS);
    found = await bannerNow(page);
  }
  return found ?? { manager: null, canAccept: false, canRefuse: false };
}

/** Null where none is seen, or the page is just being left. */
async function bannerNow(page: Page): Promise<Banner | null> {
  const found = await page
    .evaluate<Banner>(
      `(() => { const { manager, accept, refuse } = ${FINDER};
        return { manager, canAccept: Boolean(accept), canRefuse: Boolean(refuse) }; })()`,
    )
    .catch(() => null);
  return found && (found.canAccept || found.canRefuse) ? found : null;
}

const TRIES = 3;
const LEAVING_MS = 1_500;

/** Presses a button of the banner until it goes, for a slow page listens late; false when it is not there. */
export async function answerBanner(page: Page, answer: Answer): Promise<boolean> {
  let isPressed = false;
  for (let round = 0; round < TRIES; round += 1) {
    const handle = await page.evaluateHandle(`${FINDER}.${answer}`);
    const element = handle.asElement() as ElementHandle | null;
    if (!element) return isPressed;
    await element.click({ timeout: 5000, force: true });
    isPressed = true;
    const until = Date.now() + LEAVING_MS;
    while (Date.now() < until) {
      await wait(LOOK_EVERY_MS);
      if ((await bannerNow(page)) === null) return true;
    }
  }
  return isPressed;
}
