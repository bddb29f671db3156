import { callOutside, Unreachable } from '../../outbound.ts';
import { lastChoiceAt } from '../consent/service.ts';
import type { SiteRow } from '../organizations/service.ts';
import { inspectPage, type Check, type FetchedPage } from './installation.ts';
import { isTracker } from './trackers.ts';

const TIMEOUT_MS = 8_000;
const MAX_BYTES = 3 * 1024 * 1024;
/** From `/` to a language, say, and from there to a page. */
const MOST_HOPS = 3;

type Fetched = { page: FetchedPage } | { failure: Check };

const failed = (code: string, about: Check['about'] = {}): Fetched => ({
  failure: { code, isGood: false, about },
});

/** Fetches a page of a site as a visitor without cookies gets it; never one of somebody else. */
async function fetchPage({ origins }: Pick<SiteRow, 'origins'>, address: string): Promise<Fetched> {
  let url = address;
  for (let hop = 0; hop <= MOST_HOPS; hop += 1) {
    const { status, headers, text } = await callOutside(url, {
      method: 'GET',
      headers: { accept: 'text/html', 'user-agent': 'Habeas installation check' },
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
    });
    const { location } = headers;
    if (status >= 300 && status < 400 && location !== undefined) {
      if (!URL.canParse(location, url)) return failed('status', { status: String(status) });
      const next = new URL(location, url);
      if (!origins.includes(next.origin)) return failed('elsewhere', { host: next.host });
      url = next.href;
      continue;
    }
    if (status !== 200) return failed('status', { status: String(status) });
    const header = headers['content-security-policy'];
    return { page: { url, html: text, policies: [header ?? []].flat() } };
  }
  return failed('elsewhere', { host: new URL(url).host });
}

export interface Inspection {
  checks: Check[];
  /** When a visitor of the site last chose something; null for never. */
  lastRecordAt: Date | null;
}

/** Looks whether a page of a site carries the banner as it should. `address` lies below an origin of the site. */
export async function inspectSite(site: SiteRow, address: string): Promise<Inspection> {
  const lastRecordAt = await lastChoiceAt(site);
  try {
    const fetched = await fetchPage(site, address);
    if ('failure' in fetched) return { checks: [fetched.failure], lastRecordAt };
    const reached: Check = { code: 'reached', isGood: true, about: { url: fetched.page.url } };
    return {
      checks: [reached, ...inspectPage(fetched.page, site.siteKey, isTracker)],
      lastRecordAt,
    };
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return { checks: [{ code: 'unreachable', isGood: false, about: {} }], lastRecordAt };
  }
}
