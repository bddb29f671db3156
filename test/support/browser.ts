import axe, { type AxeResults } from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';

/** Starts the Chromium that all browser tests use: `CHROME_PATH`, or the one Debian installs. */
export async function launchBrowser(...args: string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
    // Containers run as root and have a small /dev/shm.
    args: ['--no-sandbox', '--disable-dev-shm-usage', ...args],
  });
}

/** Until the page is painted and no colour is on its way to another one. */
const PAINTED = `new Promise((painted) => requestAnimationFrame(() => setTimeout(painted))).then(() =>
  Promise.allSettled(
    document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished),
  ))`;

/**
 * Waits until the page has counted a press, done what it put off for it, and has nothing left to do. What it asked of
 * the network may still come.
 */
export async function hasSettled(page: Page): Promise<void> {
  await page.waitForLoadState('load');
  await page.evaluate(
    `${PAINTED}.then(() => new Promise((settled) => setTimeout(() => requestIdleCallback(settled))))`,
  );
}

/** Shows the page in a colour scheme, without motion, and waits until it does. */
export async function showIn(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.evaluate(PAINTED);
}

/**
 * What axe-core finds wrong on the page as it stands, one line per element: rule, target, reason. Empty when all is
 * well. Covers WCAG 2.0 to 2.2 A and AA and axe's best practices, or only the rules given; works under any content
 * security policy.
 */
export async function axeViolations(page: Page, rules?: string[]): Promise<string[]> {
  // Evaluated through the debugger, which the page's policy does not bind.
  if (await page.evaluate<boolean>('!window.axe')) await page.evaluate(`${axe.source};0`);
  // Only what is wrong is described: describing what is right takes most of the time.
  const options = JSON.stringify({ resultTypes: ['violations'], ...(rules && { runOnly: rules }) });
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${options})`);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id} at ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  );
}
