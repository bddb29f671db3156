import { Types, type QueryFilter } from 'mongoose';
import type { ChoiceAction } from '../../../config/consent.ts';
import { Problem } from '../../problem.ts';
import { recordAudit, type Actor } from '../audit/service.ts';
import { siteByKey, type SiteRow } from '../organizations/service.ts';
import { configurationByHash, isDuplicate } from './configurations.ts';
import { ConsentRecordModel, type Choices, type ConsentRecordRow } from './model.ts';
import { checkChoice, checkOrigin, isSameChoice, legalBasisOf, textsHashOf } from './receipts.ts';
import type { RecordCursor, RecordFilter, SentChoice } from './schema.ts';
import { familyOf } from './user-agent.ts';

export { currentConfiguration, publishDefaultConfiguration } from './configurations.ts';
export type { ConsentRecordRow } from './model.ts';
export type { SentChoice } from './schema.ts';

/** What the server itself knows about a delivery. It is never told an address. */
export interface Delivery {
  origin: string | null;
  region: string | null;
  userAgent: string;
}

/**
 * Records a choice for good. A repeated delivery returns the record it made before (`isNew: false`).
 * @throws Problem not-found, forged-form, invalid; conflict when the key was used for another choice.
 */
export async function recordChoice(
  siteKey: string,
  sent: SentChoice,
  delivery: Delivery,
): Promise<{ record: ConsentRecordRow; isNew: boolean }> {
  const site = await siteByKey(siteKey);
  checkOrigin(site, delivery.origin, sent.page);
  const configuration = await configurationByHash(site, sent.configurationHash);
  if (!configuration) {
    const detail = 'This site never published such a configuration.';
    const errors = [{ pointer: '/configurationHash', code: 'any.only', detail }];
    throw new Problem('invalid', 'See errors.', { errors });
  }
  const recordedAt = new Date();
  const law = checkChoice(configuration, sent, recordedAt);
  const { signals, ...choice } = sent;
  const record = {
    organizationId: site.organizationId,
    siteId: site._id,
    ...choice,
    ...signals,
    textsHash: textsHashOf(configuration, sent),
    legalBasis: legalBasisOf(configuration, law),
    region: delivery.region,
    configurationVersion: configuration.version,
    ...familyOf(delivery.userAgent),
    recordedAt,
    inForceAt: sent.chosenAt < recordedAt ? sent.chosenAt : recordedAt,
    receivedVia: 'widget',
  };
  try {
    const row = await ConsentRecordModel.create(record);
    return { record: row.toObject(), isNew: true };
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    return { record: await repeated(site, sent), isNew: false };
  }
}

async function repeated(site: SiteRow, sent: SentChoice): Promise<ConsentRecordRow> {
  const { organizationId, _id: siteId } = site;
  const { clientKey } = sent;
  const row = await ConsentRecordModel.findOne({ organizationId, siteId, clientKey }).lean();
  if (row && isSameChoice(row, sent)) return row;
  throw new Problem('conflict', 'This key was used for another choice.', { code: 'key-reused' });
}

/**
 * What a visitor had agreed to at an instant: the last choice in force by then, or null when there was
 * none. A later withdrawal leaves the answer for earlier instants as it was (GDPR Art. 7(3)).
 */
export async function choiceAt(
  { organizationId, _id: siteId }: Pick<SiteRow, 'organizationId' | '_id'>,
  visitorId: string,
  instant: Date,
): Promise<{ choices: Choices; record: ConsentRecordRow } | null> {
  const record = await ConsentRecordModel.findOne({
    organizationId,
    siteId,
    visitorId,
    inForceAt: { $lte: instant },
  })
    .sort({ inForceAt: -1, _id: -1 })
    .lean();
  return record && { choices: record.choices, record };
}

/** Every choice of one visitor on a site, oldest first. */
export async function choicesOfVisitor(
  { organizationId, _id: siteId }: Pick<SiteRow, 'organizationId' | '_id'>,
  visitorId: string,
): Promise<ConsentRecordRow[]> {
  return ConsentRecordModel.find({ organizationId, siteId, visitorId })
    .sort({ inForceAt: 1, _id: 1 })
    .limit(200)
    .lean();
}

/** Instants that bound the filter's days in the organisation's time zone, the second one exclusive. */
export interface DayBounds {
  from: Date | null;
  until: Date | null;
}

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
  const records = found.slice(0, limit);
  if (after) records.reverse();
  return {
    records,
    hasNewer: after ? hasMore : before !== undefined,
    hasOlder: after ? true : hasMore,
  };
}

/** All records that a filter finds, newest first, read as they are needed. */
export function eachRecord(
  site: SiteRow,
  filter: RecordFilter,
  bounds: DayBounds,
): AsyncIterable<ConsentRecordRow> {
  return ConsentRecordModel.find(conditionsOf(site, filter, bounds))
    .sort({ recordedAt: -1, _id: -1 })
    .lean()
    .cursor();
}

/** @throws Problem not-found */
export async function recordById(
  { organizationId, _id: siteId }: SiteRow,
  id: Types.ObjectId,
): Promise<ConsentRecordRow> {
  const row = await ConsentRecordModel.findOne({ _id: id, organizationId, siteId }).lean();
  if (!row) throw new Problem('not-found', 'There is no such record.');
  return row;
}

/** The newest records of an organisation, whatever the site. */
export async function newestRecords(
  organizationId: Types.ObjectId,
  limit: number,
): Promise<ConsentRecordRow[]> {
  return ConsentRecordModel.find({ organizationId })
    .sort({ recordedAt: -1, _id: -1 })
    .limit(limit)
    .lean();
}

export type ActionCounts = Partial<Record<ChoiceAction, number>>;

/** How often each site of an organisation recorded each action since an instant, by the site's id. */
export async function actionCounts(
  organizationId: Types.ObjectId,
  since: Date,
): Promise<Map<string, ActionCounts>> {
  const groups = await ConsentRecordModel.aggregate<{
    _id: { siteId: Types.ObjectId; action: ChoiceAction };
    count: number;
  }>([
    { $match: { organizationId, recordedAt: { $gte: since } } },
    { $group: { _id: { siteId: '$siteId', action: '$action' }, count: { $sum: 1 } } },
  ]);
  const counts = new Map<string, ActionCounts>();
  for (const { _id, count } of groups) {
    const site = _id.siteId.toHexString();
    counts.set(site, { ...counts.get(site), [_id.action]: count });
  }
  return counts;
}

/** Notes that staff looked at what one visitor chose. */
export async function auditReading(
  actor: Actor,
  action: 'consent.record-read' | 'consent.visitor-searched' | 'consent.records-exported',
  target: { kind: string; id: Types.ObjectId | string },
): Promise<void> {
  await recordAudit(actor, action, target);
}
