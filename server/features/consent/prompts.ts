import { log } from '../../log.ts';
import { siteByKey, timeZoneOf } from '../organizations/service.ts';
import { publishedConfiguration } from './configurations.ts';
import { addTo, addToCounts, type Addition, type Sums } from './counts.ts';
import { dayOf } from './days.ts';
import { checkOrigin, checkShown } from './receipts.ts';
import type { Delivery } from './recording.ts';
import type { SentPrompt } from './schema.ts';
import { familyOf } from './user-agent.ts';

/** What a killed process loses at most. */
const WRITE_EVERY_MS = 5_000;
/** While the database is away, no more kinds of prompts than this wait for it. */
const MOST_WAITING = 10_000;

let waiting: Sums = new Map();
let timer: NodeJS.Timeout | undefined;

/**
 * Counts a banner that was shown, where its site asked for that; else nothing comes of it. Nothing of
 * the visitor is kept, and it is written down within seconds, not at once.
 * @throws Problem not-found, forged-form, invalid
 */
export async function countPrompt(
  siteKey: string,
  sent: SentPrompt,
  { origin, region, userAgent }: Delivery,
): Promise<void> {
  const site = await siteByKey(siteKey);
  checkOrigin(site, origin);
  const configuration = await publishedConfiguration(site, sent.configurationHash);
  if (!checkShown(configuration, sent).countsPrompts) return;
  const { organizationId, _id: siteId } = site;
  keep({
    ...{ organizationId, siteId, region },
    day: dayOf(new Date(), await timeZoneOf(organizationId)),
    version: configuration.version,
    device: familyOf(userAgent).device,
    language: sent.language,
    model: sent.model,
    action: 'prompt',
    count: 1,
    granted: { preferences: 0, analytics: 0, marketing: 0 },
  });
}

function keep(one: Addition): void {
  if (waiting.size < MOST_WAITING) addTo(waiting, one);
  timer ??= setTimeout(() => void writePrompts(), WRITE_EVERY_MS).unref();
}

/** Writes what was counted since the last time: every few seconds, and before the process ends. */
export async function writePrompts(): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  if (waiting.size === 0) return;
  const batch = waiting;
  waiting = new Map();
  try {
    await addToCounts(batch);
  } catch (error) {
    log.error({ err: error, kinds: batch.size }, 'prompts are written with the next ones');
    for (const one of batch.values()) keep(one);
  }
}
