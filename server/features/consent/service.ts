import { Types, type QueryFilter } from 'mongoose';
import { Problem } from '../../problem.ts';
import { recordAudit, type Actor } from '../audit/service.ts';
import { sitesOf, type SiteRow } from '../organizations/service.ts';
import { completeRecord } from './content.ts';
import type { DayBounds } from './days.ts';
import { ConsentRecordModel, type ConsentRecordRow } from './model.ts';
import type { RecordCursor, RecordFilter } from './schema.ts';

export { declaredNames } from './declaration.ts';
export { countRecords } from './counts.ts';
export {
  actionCounts,
  consentFigures,
  type ActionCounts,
  type ConsentFigures,
  type FigureKeys,
} from './figures.ts';
export { identifyVisitor, linkAudience, unlinkPerson } from './linking.ts';
export {
  browsersOf,
  choiceAt,
  choicesOfVisitor,
  recordsOfBrowsers,
  standingAt,
  visitorsOf,
  type Standing,
  type Whose,
} from './lookups.ts';
export { countPrompt, writePrompts } from './prompts.ts';
export { recordChoice, type Delivery } from './recording.ts';
export { embedTag, firstButtons, formsFor, lawFor } from './banner.ts';
export { bannerDirection, bannerLanguageCodes, bannerWords } from './banner-languages.ts';
export { lawName } from './law-names.ts';
export { inlineWidget } from './pieces.ts';
export { buttonColours } from './colours.ts';
export {
  categoriesOffered,
  currentConfiguration,
  hashOf,
  publishContent,
  publishDefaultConfiguration,
  publishedVersion,
  versionsOf,
} from './configurations.ts';
export { canonicalJson, completeContent, purposesHashOf } from './content.ts';
export { defaultContent, defaultTexts } from './default-configuration.ts';
export type {
  BannerLook,
  BannerTexts,
  ConfigurationContent,
  ConfigurationRow,
  ConsentRecordRow,
  ConsentService,
  ServiceCookie,
  TextsOfLanguage,
} from './model.ts';
export { MOST_SERVICES, toRecordView, type SentChoice } from './schema.ts';

function conditionsOf(
  { organizationId, _id: siteId }: SiteRow,
  filter: RecordFilter,
  { from, until }: DayBounds,
): QueryFilter<ConsentRecordRow> {
  const { action, answer, gpc, language, visitor } = filter;
  const [category, side] = answer?.split('-') ?? [];
  const recordedAt = { ...(from && { $gte: from }), ...(until && { $lt: until }) };
  return {
    organizationId,
    siteId,
    ...((from ?? until) && { recordedAt }),
    ...(action !== undefined && { action }),
    ...(category !== undefined && { [`choices.${category}`]: side === 'granted' }),
    ...(gpc !== undefined && { gpc }),
    ...(language !== undefined && { language }),
    ...(visitor !== undefined && { visitorId: visitor }),
  };
}

function beyond({ recordedAt, id }: RecordCursor, side: '$lt' | '$gt') {
  const _id = new Types.ObjectId(id);
  // The first bound repeats the second so that the index can be entered at the right place.
  return {
    $and: [
      { recordedAt: side === '$lt' ? { $lte: recordedAt } : { $gte: recordedAt } },
      { $or: [{ recordedAt: { [side]: recordedAt } }, { recordedAt, _id: { [side]: _id } }] },
    ],
  };
}

export interface RecordPage {
  records: ConsentRecordRow[];
  hasNewer: boolean;
  hasOlder: boolean;
}

/** A page of a site's records, newest first, older than `before` or newer than `after`. */
export async function recordsOf(
  site: SiteRow,
  filter: RecordFilter,
  bounds: DayBounds,
  {
    before,
    after,
    limit,
  }: { before?: RecordCursor | undefined; after?: RecordCursor | undefined; limit: number },
): Promise<RecordPage> {
  const conditions = conditionsOf(site, filter, bounds);
  const edge = before ? beyond(before, '$lt') : after ? beyond(after, '$gt') : {};
  const order = after ? 1 : -1;
  const found = await ConsentRecordModel.find({ ...conditions, ...edge })
    .sort({ recordedAt: order, _id: order })
    .limit(limit + 1)
    .lean();
  const hasMore = found.length > limit;
  const records = found.slice(0, limit).map(completeRecord);
  if (after) records.reverse();
  return {
    records,
    hasNewer: after ? hasMore : before !== undefined,
    hasOlder: after ? true : hasMore,
  };
}

/** All records that a filter finds, newest first, read as they are needed. */
export async function* eachRecord(
  site: SiteRow,
  filter: RecordFilter,
  bounds: DayBounds,
): AsyncGenerator<ConsentRecordRow> {
  const found = ConsentRecordModel.find(conditionsOf(site, filter, bounds))
    .sort({ recordedAt: -1, _id: -1 })
    .lean()
    .cursor();
  for await (const row of found) yield completeRecord(row);
}

/** @throws Problem not-found */
export async function recordById(
  { organizationId, _id: siteId }: SiteRow,
  id: Types.ObjectId,
): Promise<ConsentRecordRow> {
  const row = await ConsentRecordModel.findOne({ _id: id, organizationId, siteId }).lean();
  if (!row) throw new Problem('not-found', 'There is no such record.');
  return completeRecord(row);
}

/** The newest records of an organisation, whatever the site. */
export async function newestRecords(
  organizationId: Types.ObjectId,
  limit: number,
): Promise<ConsentRecordRow[]> {
  const sites = await sitesOf(organizationId);
  const ofSites = sites.map(({ _id: siteId }) =>
    ConsentRecordModel.find({ organizationId, siteId })
      .sort({ recordedAt: -1, _id: -1 })
      .limit(limit)
      .lean(),
  );
  const found = (await Promise.all(ofSites)).flat();
  found.sort((a, b) => b.recordedAt.getTime() - a.recordedAt.getTime());
  return found.slice(0, limit).map(completeRecord);
}

/** When a visitor of a site last chose something; null where nobody has yet. */
export async function lastChoiceAt({ organizationId, _id: siteId }: SiteRow): Promise<Date | null> {
  const row = await ConsentRecordModel.findOne({ organizationId, siteId }, { recordedAt: 1 })
    .sort({ recordedAt: -1, _id: -1 })
    .lean();
  return row?.recordedAt ?? null;
}

/** Notes that staff looked at what one visitor chose. */
export async function auditReading(
  actor: Actor,
  action:
    | 'consent.record-read'
    | 'consent.visitor-searched'
    | 'consent.records-exported'
    | 'consent.figures-exported',
  target: { kind: string; id: Types.ObjectId | string },
): Promise<void> {
  await recordAudit(actor, action, target);
}
