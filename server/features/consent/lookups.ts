import type { Types } from 'mongoose';
import { optionalCategoryIds } from '../../../config/consent.ts';
import { Problem } from '../../problem.ts';
import type { SiteRow } from '../organizations/service.ts';
import { provenIndexOf } from '../subjects/service.ts';
import { refusalDaysOf } from './site-rules.ts';
import { publishedConfiguration } from './configurations.ts';
import { completeRecord } from './content.ts';
import { ConsentLinkModel, type ConsentLinkRow } from './link-model.ts';
import {
  ConsentRecordModel,
  type Choices,
  type ConfigurationContent,
  type ConsentRecordRow,
} from './model.ts';

const DAY = 86_400_000;

type OfSite = Pick<SiteRow, 'organizationId' | '_id'>;

/**
 * Of whom a look-up speaks: a browser by its visitor id, or by the key of any choice made in it; or a person, by all
 * browsers in which they were signed in.
 */
export type Whose = { visitor: string } | { receipt: string } | { subject: Types.ObjectId };

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

/** So many of a person's browsers, the ones linked last, are looked at. */
const MOST_BROWSERS = 100;

/** The browsers that are linked to a person, newest first; none for somebody who proved no address. */
export async function browsersOf(
  organizationId: Types.ObjectId,
  subjectId: Types.ObjectId,
): Promise<ConsentLinkRow[]> {
  const personIndex = await provenIndexOf(organizationId, subjectId);
  if (personIndex === null) return [];
  return ConsentLinkModel.find({ organizationId, personIndex })
    .sort({ linkedAt: -1 })
    .limit(MOST_BROWSERS)
    .lean();
}

/** What was chosen in some browsers, newest first. */
export async function recordsOfBrowsers(
  browsers: readonly ConsentLinkRow[],
): Promise<ConsentRecordRow[]> {
  const found = await Promise.all(
    browsers.map(({ organizationId, siteId, visitorId }) =>
      choicesOfVisitor({ organizationId, _id: siteId }, visitorId),
    ),
  );
  return found.flat().sort((a, b) => b.inForceAt.getTime() - a.inForceAt.getTime());
}

/** The visitor ids of somebody on a site; none when nobody is known by that. */
export async function visitorsOf(
  { organizationId, _id: siteId }: OfSite,
  whose: Whose,
): Promise<string[]> {
  if ('subject' in whose) {
    const browsers = await browsersOf(organizationId, whose.subject);
    return browsers.filter((one) => one.siteId.equals(siteId)).map((one) => one.visitorId);
  }
  const condition =
    'visitor' in whose ? { visitorId: whose.visitor } : { clientKey: whose.receipt };
  const found = await ConsentRecordModel.findOne(
    { organizationId, siteId, ...condition },
    { visitorId: 1 },
  ).lean();
  return found ? [found.visitorId] : [];
}

/** @throws Problem not-found when nobody on this site is known by that */
export async function standingAt(site: SiteRow, whose: Whose, at: Date): Promise<Standing> {
  const visitors = await visitorsOf(site, whose);
  if (visitors.length === 0) throw new Problem('not-found', 'Nobody is known by this.');
  const record = newestOf(await Promise.all(visitors.map((one) => choiceAt(site, one, at))));
  if (!record) return { at, record, isOutdated: false };
  const { content } = await publishedConfiguration(site, record.configurationHash);
  const age = at.getTime() - record.inForceAt.getTime();
  return { at, record, isOutdated: age >= daysOf(record, content) * DAY };
}

/** For how long a choice stands: consent until it is to be renewed, a refusal until its law lets anybody ask again. */
function daysOf(
  { choices, regime, model }: ConsentRecordRow,
  content: ConfigurationContent,
): number {
  const law = content.laws.find((one) => one.regime === regime && one.model === model);
  const isRefusal = optionalCategoryIds.every((id) => !choices[id]);
  return isRefusal && law ? refusalDaysOf(content, law) : content.renewAfterDays;
}

/** The one of some choices that came into force last. */
export const newestOf = (
  found: readonly ({ record: ConsentRecordRow } | null)[],
): ConsentRecordRow | null =>
  found
    .flatMap((one) => (one ? [one.record] : []))
    .reduce<ConsentRecordRow | null>(
      (newest, one) => (newest && newest.inForceAt >= one.inForceAt ? newest : one),
      null,
    );
