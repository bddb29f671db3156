import { setTimeout as wait } from 'node:timers/promises';
import { brotliCompressSync } from 'node:zlib';
import type { Browser, Page, Request } from 'playwright-core';
import type { Entry } from './entries.ts';
import type { Stand } from './stand.ts';
import { isShown, press, visit } from './visit.ts';

export interface Bytes {
  /** Requests until the banner can be used, without the page and its style sheet. */
  requests: number;
  /** Of everything fetched until the banner, compressed as well as brotli can. */
  banner: number;
  /** More when the second layer is opened. */
  dialog: number | null;
  /** Of another visit after accepting, nothing in the cache, cookies kept. */
  repeat: number | null;
  isAskedAgain: boolean;
}

const isCounted = (request: Request) =>
  request.method() === 'GET' &&
  request.resourceType() !== 'document' &&
  !/\/page\.css$|favicon/u.test(request.url());

/** Adds up what a page fetches, from now on. */
function countFetches(page: Page) {
  const sizes: Promise<number>[] = [];
  page.on('requestfinished', (request) => {
    if (!isCounted(request)) return;
    const size = request
      .response()
      .then(async (response) => brotliCompressSync((await response?.body()) ?? '').length)
      .catch(() => 0);
    sizes.push(size);
  });
  return async () => {
    const all = await Promise.all(sizes.splice(0));
    return { requests: all.length, bytes: all.reduce((sum, size) => sum + size, 0) };
  };
}

/** @throws Error when an entry shows no banner: its settings no longer fit its version. */
export async function measureBytes(stand: Stand, browser: Browser, entry: Entry): Promise<Bytes> {
  const first = await visit(stand, browser, entry);
  const fetched = countFetches(first.page);
  await first.go();
  if (!(await isShown(first, entry))) throw new Error(`${entry.id} shows no banner.`);
  await wait(1200);
  const atBanner = await fetched();
  let dialog: number | null = null;
  if (entry.open !== null && (await press(first, entry.open))) {
    await wait(1200);
    dialog = (await fetched()).bytes;
  }
  await first.close();

  const choosing = await visit(stand, browser, entry);
  await choosing.go();
  await isShown(choosing, entry);
  await wait(300);
  await press(choosing, entry.accept);
  await wait(900);
  const { context } = choosing;
  await choosing.cdp.send('Network.clearBrowserCache');
  await choosing.page.close();
  const again = await visit(stand, browser, entry, { context });
  const refetched = countFetches(again.page);
  await again.go();
  await wait(2000);
  const isAskedAgain = await again.page.evaluate<boolean>(
    `__probe.isVisible(__probe.find(${JSON.stringify(entry.banner)}))`,
  );
  const { bytes: repeat } = await refetched();
  await context.close();
  return { requests: atBanner.requests, banner: atBanner.bytes, dialog, repeat, isAskedAgain };
}
