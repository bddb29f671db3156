import { Problem } from '../../problem.ts';
import type { SiteRow } from '../organizations/service.ts';
import { publishedConfiguration } from './configurations.ts';
import { completeRecord } from './content.ts';
import { ConsentRecordModel, type Choices, type ConsentRecordRow } from './model.ts';

const DAY = 86_400_000;

type OfSite = Pick<SiteRow, 'organizationId' | '_id'>;

/** Of whom a look-up speaks: a browser by its visitor id, or by the key of any choice made in it. */
export type Whose = { visitor: string } | { receipt: string };

/** What somebody had agreed to at an instant. */
export interface Standing {
  at: Date;
  /** The choice in force; null when none had been made. */
  record: ConsentRecordRow | null;
  /** Whether it was too old by then, so that its visitor had to be asked again. */
  isOutdated: boolean;
}

/**
 * What a visitor had agreed to at an instant: the last choice in force by then, or null when there was
 * none. A later withdrawal leaves the answer for earlier instants as it was (GDPR Art. 7(3)).
 */
export async function choiceAt(
  { organizationId, _id: siteId }: OfSite,
  visitorId: string,
  instant: Date,
): Promise<{ choices: Choices; record: ConsentRecordRow } | null> {
  const found = await ConsentRecordModel.findOne({
    organizationId,
    siteId,
    visitorId,
    inForceAt: { $lte: instant },
  })
    .sort({ inForceAt: -1, _id: -1 })
    .lean();
  return found && { choices: found.choices, record: completeRecord(found) };
}

/** Every choice of one visitor on a site, oldest first. */
export async function choicesOfVisitor(
  { organizationId, _id: siteId }: OfSite,
  visitorId: string,
): Promise<ConsentRecordRow[]> {
  const found = await ConsentRecordModel.find({ organizationId, siteId, visitorId })
    .sort({ inForceAt: 1, _id: 1 })
    .limit(200)
    .lean();
  return found.map(completeRecord);
}

/** The visitor id of somebody on a site; null when nobody is known by that. */
export async function visitorOf(
  { organizationId, _id: siteId }: OfSite,
  whose: Whose,
): Promise<string | null> {
  const condition =
    'visitor' in whose ? { visitorId: whose.visitor } : { clientKey: whose.receipt };
  const found = await ConsentRecordModel.findOne(
    { organizationId, siteId, ...condition },
    { visitorId: 1 },
  ).lean();
  return found?.visitorId ?? null;
}

/** @throws Problem not-found when nobody on this site is known by that */
export async function standingAt(site: SiteRow, whose: Whose, at: Date): Promise<Standing> {
  const visitorId = await visitorOf(site, whose);
  if (visitorId === null) throw new Problem('not-found', 'Nobody is known by this.');
  const record = (await choiceAt(site, visitorId, at))?.record ?? null;
  if (!record) return { at, record, isOutdated: false };
  const { content } = await publishedConfiguration(site, record.configurationHash);
  const age = at.getTime() - record.inForceAt.getTime();
  return { at, record, isOutdated: age >= content.renewAfterDays * DAY };
}
