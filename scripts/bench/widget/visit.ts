import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { projectFolder } from '../../../server/folders.ts';
import type { Entry } from './entries.ts';
import type { Stand } from './stand.ts';

const probe = readFileSync(path.join(projectFolder, 'scripts/bench/widget/probe.js'), 'utf8');

/** How slow the machine and the line are made. */
export const conditions = {
  'as it is': { cpu: 1, isSlow: false },
  '4x CPU': { cpu: 4, isSlow: false },
  '4x CPU, slow 4G': { cpu: 4, isSlow: true },
} as const;
export type Condition = keyof typeof conditions;

export interface VisitOptions {
  condition?: Condition;
  query?: string;
  viewport?: { width: number; height: number };
  context?: BrowserContext;
  /** Runs before the probe. */
  before?: string;
}

export interface Visit {
  page: Page;
  cdp: CDPSession;
  /** What the probe said so far. */
  noted: ReadonlySet<string>;
  context: BrowserContext;
  go: () => Promise<void>;
  close: () => Promise<void>;
}

/** A page that is ready to be opened on an entry, in a context of its own unless one is given. */
export async function visit(
  stand: Stand,
  browser: Browser,
  entry: Entry,
  options: VisitOptions = {},
): Promise<Visit> {
  const { condition = 'as it is', query = '', before = '' } = options;
  const viewport = options.viewport ?? { width: 1280, height: 800 };
  const context =
    options.context ??
    (await browser.newContext({ viewport, locale: 'en-US', timezoneId: 'Europe/Berlin' }));
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await page.addInitScript({ content: `${before};${probe};probe(${JSON.stringify(entry)})` });
  const noted = new Set<string>();
  cdp.on('Runtime.bindingCalled', ({ payload }) => noted.add(payload));
  await cdp.send('Runtime.enable');
  await cdp.send('Runtime.addBinding', { name: '__tell' });
  await cdp.send('Performance.enable');
  await cdp.send('Network.enable');
  const { cpu, isSlow } = conditions[condition];
  if (cpu > 1) await cdp.send('Emulation.setCPUThrottlingRate', { rate: cpu });
  if (isSlow) {
    await cdp.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 150,
      downloadThroughput: 1_600_000 / 8,
      uploadThroughput: 750_000 / 8,
    });
  }
  return {
    page,
    cdp,
    noted,
    context,
    go: async () => {
      await page.goto(stand.urlOf(entry, query), { waitUntil: 'commit' });
    },
    close: async () => {
      if (options.context) await page.close();
      else await context.close();
    },
  };
}

/** How often it is looked whether the probe said something, in milliseconds. */
const PAUSE = 50;

/**
 * Waits until the probe has noted something; false when that takes longer than so many milliseconds. The probe tells:
 * whoever asked the page would make it compute in the middle of what is measured.
 */
export async function isNoted(
  { noted }: Visit,
  key: 'actionable' | 'hiddenAt',
  most: number,
): Promise<boolean> {
  const until = Date.now() + most;
  while (!noted.has(key) && Date.now() < until) await wait(PAUSE);
  return noted.has(key);
}

/** Waits until the banner can be used; false when it does not come. */
export async function isShown(at: Visit, { banner }: Entry, most = 15_000): Promise<boolean> {
  if (banner !== null) return isNoted(at, 'actionable', most);
  await at.page.waitForLoadState('load');
  await wait(600);
  return true;
}

/** The middle of an element; null when there is none. */
export async function middleOf(
  { page }: Visit,
  selector: string | null,
): Promise<{ x: number; y: number } | null> {
  return page.evaluate<{ x: number; y: number } | null>(
    `(() => {
      const found = __probe.find(${JSON.stringify(selector)});
      if (!found) return null;
      const { left, top, width, height } = found.getBoundingClientRect();
      return { x: left + width / 2, y: top + height / 2 };
    })()`,
  );
}

/** Presses a button with the mouse, as a person would; false when it is not there. */
export async function press(at: Visit, selector: string | null): Promise<boolean> {
  const middle = await middleOf(at, selector);
  if (!middle) return false;
  await at.page.mouse.move(middle.x, middle.y);
  await wait(120);
  await at.page.mouse.down();
  await at.page.mouse.up();
  return true;
}

/** What a page says of an element or of the probe. */
export const asks = <T>({ page }: Visit, expression: string): Promise<T> =>
  page.evaluate<T>(expression);
