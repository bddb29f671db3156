import { setTimeout as wait } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { isSameSite } from './classify.ts';
import type { TraceKind } from './report.ts';

/** Something seen, before it is told what it is. */
export interface Sighting {
  kind: TraceKind;
  name: string;
  host: string;
  page: string;
  days: number | null;
}

const DAY_SECONDS = 86_400;
const LOAD_MS = 30_000;
/** Schemes of the browser itself. */
const OUTSIDE = /^https?:|^wss?:/u;

/** A site may store and call as much as it likes: so many of each kind are noted, to be read by people and kept. */
const MOST_NOTED = 200;
const MOST_CALLS = 5_000;
const LONGEST_NAME = 200;
const LONGEST_PLACE = 500;
const LONGEST_LINK = 2_000;

const placeOf = (page: Page) => {
  const { origin, pathname } = new URL(page.url());
  return `${origin}${pathname}`.slice(0, LONGEST_PLACE);
};

interface Stores {
  origin: string;
  local: string[];
  session: string[];
  indexed: string[];
}

const STORES = `(async () => {
  const short = (names) => names.slice(0, ${MOST_NOTED}).map((name) => String(name).slice(0, ${LONGEST_NAME}));
  const names = (storage) => { try { return short(Object.keys(storage())); } catch { return []; } };
  let indexed = [];
  try { indexed = short((await indexedDB.databases()).map(({ name }) => name)); } catch {}
  return { origin: location.origin, local: names(() => localStorage), session: names(() => sessionStorage), indexed };
})()`;

/** A visitor with a browser of their own, who notes whom the pages call and what they leave behind. */
export class Visitor {
  private readonly seen = new Map<string, Sighting>();
  private readonly context: BrowserContext;
  private readonly page: Page;
  private readonly settleMs: number;
  /** Requests of a page that a policy stopped were never sent. */
  private readonly called = new Map<object, Sighting>();

  private constructor(context: BrowserContext, page: Page, settleMs: number) {
    this.settleMs = settleMs;
    this.context = context;
    this.page = page;
    context.on('request', (request) => {
      this.note(request.url(), request);
    });
    page.on('websocket', (socket) => {
      this.note(socket.url(), socket);
    });
    context.on('requestfailed', (request) => {
      if (/csp|BLOCKED_BY_CLIENT|BLOCKED_BY_RESPONSE/iu.test(request.failure()?.errorText ?? ''))
        this.called.delete(request);
    });
  }

  /** `settleMs`: how long a page is left alone after it has loaded, as trackers like to come late. */
  static async arrive(browser: Browser, settleMs: number): Promise<Visitor> {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, acceptDownloads: false });
    return new Visitor(context, await context.newPage(), settleMs);
  }

  /** Each thing once, where it was first seen. */
  get sightings(): readonly Sighting[] {
    return [...this.seen.values()];
  }

  forget(): void {
    this.seen.clear();
  }

  private add(one: Sighting): void {
    const key = [one.kind, one.name, one.host].join(' ');
    const ofKind = this.sightings.filter(({ kind }) => kind === one.kind).length;
    if (!this.seen.has(key) && ofKind < MOST_NOTED) this.seen.set(key, one);
  }

  get current(): Page {
    return this.page;
  }

  private note(url: string, call: object): void {
    if (!OUTSIDE.test(url) || this.called.size >= MOST_CALLS) return;
    const { hostname } = new URL(url);
    const top = this.page.url();
    if (!OUTSIDE.test(top) || isSameSite(hostname, new URL(top).hostname)) return;
    this.called.set(call, {
      kind: 'request',
      name: hostname,
      host: hostname,
      page: placeOf(this.page),
      days: null,
    });
  }

  /** Opens a page, reads it to its end and waits. @throws Error when it cannot be opened. */
  async open(url: string): Promise<void> {
    await this.page.goto(url, { waitUntil: 'domcontentloaded', timeout: LOAD_MS });
    await this.page.waitForLoadState('load', { timeout: LOAD_MS }).catch(() => undefined);
    await this.page.mouse.wheel(0, 4000);
    await wait(this.settleMs);
  }

  /** Pages of the same site that the open one links to. */
  async links(): Promise<string[]> {
    const found = await this.page.evaluate<string[]>(
      "[...document.querySelectorAll('a[href]')].map(({ href }) => href.split('#')[0])",
    );
    const { origin } = new URL(this.page.url());
    return [...new Set(found)].filter(
      (href) =>
        href.startsWith(`${origin}/`) &&
        href.length <= LONGEST_LINK &&
        !/\.(?:pdf|zip|jpe?g|png|svg|webp|xml)$/iu.test(href),
    );
  }

  /** Notes cookies and storage as they are now. */
  async takeStock(): Promise<void> {
    const place = placeOf(this.page);
    for (const { name, domain, expires } of await this.context.cookies()) {
      const days = expires < 0 ? 0 : Math.round((expires - Date.now() / 1000) / DAY_SECONDS);
      const host = domain.replace(/^\./u, '');
      this.add({
        kind: 'cookie',
        name: name.slice(0, LONGEST_NAME),
        host,
        page: place,
        days,
      });
    }
    for (const frame of this.page.frames()) {
      const stores = await frame.evaluate<Stores>(STORES).catch(() => null);
      if (!stores || !OUTSIDE.test(stores.origin)) continue;
      const { hostname } = new URL(stores.origin);
      for (const kind of ['local', 'session', 'indexed'] as const) {
        for (const name of stores[kind])
          this.add({ kind, name, host: hostname, page: place, days: null });
      }
    }
    for (const one of this.called.values()) this.add(one);
    this.called.clear();
  }

  async leave(): Promise<void> {
    await this.context.close();
  }
}
