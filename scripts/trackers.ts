import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

/** Purposes in the order in which the widget reads them. */
const PURPOSES = ['preferences', 'analytics', 'marketing'] as const;
type Purpose = (typeof PURPOSES)[number];

/** What `third-party-web` calls things, whose consent they need, and how many of each the widget knows: room is dear. */
const KINDS: Record<string, { purpose: Purpose; most: number }> = {
  'tag-manager': { purpose: 'analytics', most: 2 },
  analytics: { purpose: 'analytics', most: 6 },
  social: { purpose: 'marketing', most: 5 },
  video: { purpose: 'marketing', most: 3 },
  marketing: { purpose: 'marketing', most: 2 },
  ad: { purpose: 'marketing', most: 7 },
  'customer-success': { purpose: 'preferences', most: 3 },
};

/** Known by what they do, wherever the package files them; `/word` is the first part of a path. */
const ADDED: Record<Purpose, readonly string[]> = {
  preferences: ['google.com/maps', 'maps.google.com', 'typeform.com'],
  analytics: ['clarity.ms'],
  marketing: ['youtube-nocookie.com', 'ads-twitter.com', 'open.spotify.com', 'w.soundcloud.com'],
};

/** Companies that do other things under the same name: only the very hosts that were seen to track. */
const TOO_BROAD = new Set([
  'bing.com',
  'linkedin.com',
  'microsoft.com',
  'twitter.com',
  'yahoo.com',
]);

/** Of one company, as many hosts as a page is likely to name itself. */
const MOST_OF_A_COMPANY = 3;

/**
 * What takes less time than this to run (milliseconds on average) is a picture that some other tracker asks for, and
 * that one is held back itself.
 */
const LEAST_RUN = 90;

/** Asked for by other trackers only, or no trackers at all: portraits beside comments, a banner. */
const LEFT_OUT = new Set([
  'adobedtm.com',
  'aniview.com',
  'd32hwlnfiv2gyn.cloudfront.net',
  'demdex.net',
  'dotomi.com',
  'everesttech.net',
  'fastclick.net',
  'ggpht.com',
  'gravatar.com',
  'hs-banner.com',
  'fbcdn.net',
  'id5-sync.com',
  'judge.me',
  'liadm.com',
  'ml314.com',
  'pubmatic.com',
  'rezync.com',
  'rfihub.com',
  'rubiconproject.com',
  'tapad.com',
  'treasuredata.com',
  'trustpilot.com',
  'yahoo.com',
  'vimeocdn.com',
  'ytimg.com',
]);

export interface Tracker {
  /** A host with all below it, or such a host and the first part of a path. */
  place: string;
  purpose: Purpose;
}

interface Entity {
  name: string;
  category: string;
  domains: string[];
  totalExecutionTime: number;
  totalOccurrences: number;
}

/** The places of known trackers, most frequent first, from `third-party-web` and our own facts. */
async function knownTrackers(): Promise<Tracker[]> {
  const folder = path.dirname(
    createRequire(import.meta.url).resolve('third-party-web/package.json'),
  );
  const read = (name: string) => readFile(path.join(folder, 'dist', name), 'utf8');
  const entities = JSON.parse(await read('entities-httparchive.json')) as Entity[];
  // Hosts as the HTTP Archive met them, most frequent first.
  const hosts = (await read('domain-map.csv')).split('\n').map((line) => line.split(',')[0] ?? '');
  const entityOf = new Map(
    entities.flatMap((entity) =>
      entity.domains.map((domain) => [domain.replace('*.', ''), entity] as const),
    ),
  );
  const found = new Map<string, Purpose>();
  const taken = new Map<string, number>();
  for (const host of hosts) {
    const domain = suffixesOf(host).find((suffix) => entityOf.has(suffix)) ?? '';
    const entity = entityOf.get(domain);
    const kind = KINDS[entity?.category ?? ''];
    const place = TOO_BROAD.has(domain) ? host : domain;
    if (!entity || !kind || found.has(place) || LEFT_OUT.has(domain)) continue;
    const { name, category, totalExecutionTime, totalOccurrences } = entity;
    const ofKind = taken.get(category) ?? 0;
    const ofCompany = taken.get(name) ?? 0;
    if (ofKind === kind.most || ofCompany === MOST_OF_A_COMPANY) continue;
    if (totalExecutionTime / totalOccurrences < LEAST_RUN) continue;
    taken.set(category, ofKind + 1).set(name, ofCompany + 1);
    found.set(place, kind.purpose);
  }
  for (const purpose of PURPOSES) ADDED[purpose].forEach((place) => found.set(place, purpose));
  return [...found].map(([place, purpose]) => ({ place, purpose }));
}

/** `a.b.c` → `a.b.c`, `b.c`, `c`. */
function suffixesOf(host: string): string[] {
  const labels = host.split('.');
  return labels.map((_, at) => labels.slice(at).join('.'));
}

/**
 * The extract that the widget carries: places of each category with a space between, as a pattern; `.com` is left out.
 */
export async function trackerList(): Promise<string> {
  const trackers = await knownTrackers();
  return PURPOSES.map((purpose) =>
    trackers
      .filter((tracker) => tracker.purpose === purpose)
      .map(({ place }) => place.replace(/\.com$/u, ''))
      .join('|'),
  ).join(' ');
}
