import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const WATCH = readFileSync(new URL('keyboard-watch.js', import.meta.url), 'utf8');

/** Lets `keyboardFaults` know what listens to clicks; to be asked for before a page is opened. */
export async function noteClickable(page: Page): Promise<void> {
  await page.addInitScript(`{
    window.clickable = [];
    const { addEventListener } = Element.prototype;
    Element.prototype.addEventListener = function (type, ...rest) {
      if (type === 'click') clickable.push(this);
      return addEventListener.call(this, type, ...rest);
    };
  }`);
}

/**
 * What is wrong for somebody who has a Tab key only, one line per element; empty when all is well. From the top of
 * the page Tab has to stop at every control, in the order of the document, and to leave the last one; each stop shows
 * that it has the focus (WCAG 2.4.7) and is neither outside of the window nor under something else (2.4.11); and
 * nothing hears clicks that no key can make.
 */
export async function keyboardFaults(page: Page): Promise<string[]> {
  const stops = await page.evaluate<number>(WATCH);
  const keyboard = await page.context().newCDPSession(page);
  const tab = { type: 'rawKeyDown', key: 'Tab', windowsVirtualKeyCode: 9 } as const;
  // All at once, as one who holds the key: waiting for each takes five times as long.
  const presses = Array.from({ length: stops + 1 }, () =>
    keyboard.send('Input.dispatchKeyEvent', tab),
  );
  await Promise.all(presses);
  await keyboard.detach();
  return page.evaluate<string[]>('keyboardFaults()');
}
