import mongoose, { type Types } from 'mongoose';
import { optionalCategoryIds, type OptionalCategoryId } from '../../../config/consent.ts';
import { currentSession, inTransaction } from '../../database/transaction.ts';
import type { CalendarDay } from '../../deadlines/days.ts';
import { allOrganizations, sitesOf, timeZoneOf } from '../organizations/service.ts';
import {
  ConsentCountMarkModel,
  ConsentCountModel,
  type ConsentCountRow,
  type Counted,
} from './count-model.ts';
import { dayBounds, dayOf } from './days.ts';
import { ConsentRecordModel } from './model.ts';

interface OfSite {
  organizationId: Types.ObjectId;
  siteId: Types.ObjectId;
}

/** What one more adds to the counts. */
export type Addition = Omit<ConsentCountRow, '_id'>;

const keyOf = ({ siteId, day, version, action, model, language, device, region }: Addition) =>
  [siteId.toHexString(), day, version, action, model, language, device, region ?? ''].join(':');

/** Additions of each kind as one. */
export type Sums = Map<string, Addition>;

export function addTo(sums: Sums, one: Addition): void {
  const key = keyOf(one);
  const sum = sums.get(key);
  if (!sum) {
    sums.set(key, { ...one, granted: { ...one.granted } });
    return;
  }
  sum.count += one.count;
  for (const id of optionalCategoryIds) sum.granted[id] += one.granted[id];
}

/** Adds to the counts, in the running transaction if there is one. */
export async function addToCounts(sums: Sums): Promise<void> {
  const changes = [...sums].map(([_id, { organizationId, count, granted, ...kind }]) => ({
    updateOne: {
      filter: { _id, organizationId },
      update: {
        $inc: {
          count,
          ...Object.fromEntries(optionalCategoryIds.map((id) => [`granted.${id}`, granted[id]])),
        },
        $setOnInsert: kind,
      },
      upsert: true,
    },
  }));
  if (changes.length === 0) return;
  const session = currentSession();
  await mongoose.connection
    .collection<ConsentCountRow>(ConsentCountModel.collection.name)
    .bulkWrite(changes, { ...(session && { session }), ordered: false });
}

type Kind = Omit<Counted, 'count' | 'granted'>;

/** The records of a site between two instants of one day, the second exclusive, by kind. */
async function countsWithin(
  ofSite: OfSite,
  day: CalendarDay,
  from: Date,
  until: Date,
): Promise<Addition[]> {
  const groups = await ConsentRecordModel.aggregate<
    { _id: Kind; count: number } & Record<OptionalCategoryId, number>
  >([
    { $match: { ...ofSite, recordedAt: { $gte: from, $lt: until } } },
    {
      $group: {
        _id: {
          version: '$configurationVersion',
          region: '$region',
          device: '$device',
          language: '$language',
          model: '$model',
          action: '$action',
        },
        count: { $sum: 1 },
        ...Object.fromEntries(
          optionalCategoryIds.map((id) => [id, { $sum: { $cond: [`$choices.${id}`, 1, 0] } }]),
        ),
      },
    },
  ]);
  return groups.map(({ _id: kind, count, preferences, analytics, marketing }) => ({
    ...ofSite,
    day,
    ...kind,
    count,
    granted: { preferences, analytics, marketing },
  }));
}

/** A part of one day that is not in the counts yet. */
interface Uncounted {
  day: CalendarDay;
  from: Date;
  until: Date;
}

/** The next such part before an instant; null when all is counted. */
async function nextUncounted(
  { organizationId, siteId }: OfSite,
  before: Date,
  after: Date | null,
): Promise<Uncounted | null> {
  const first = await ConsentRecordModel.findOne(
    { organizationId, siteId, recordedAt: { $lt: before, ...(after && { $gte: after }) } },
    { recordedAt: 1 },
  )
    .sort({ recordedAt: 1, _id: 1 })
    .lean();
  if (!first) return null;
  const { recordedAt: from } = first;
  const zone = await timeZoneOf(organizationId);
  const day = dayOf(from, zone);
  const end = dayBounds({ to: day }, zone).until ?? before;
  return { day, from, until: end < before ? end : before };
}

/** What was recorded since the counts were last brought up to date, by day and kind. */
export async function uncountedOf(ofSite: OfSite): Promise<Addition[]> {
  const { organizationId, siteId } = ofSite;
  const mark = await ConsentCountMarkModel.findOne({ organizationId, siteId }).lean();
  const found: Addition[] = [];
  // Whoever looks from a node whose clock is behind sees the newest all the same.
  const end = new Date(Date.now() + LAG_MS);
  let after = mark?.countedUntil ?? null;
  for (;;) {
    const part = await nextUncounted(ofSite, end, after);
    if (!part) return found;
    found.push(...(await countsWithin(ofSite, part.day, part.from, part.until)));
    after = part.until;
  }
}

/**
 * A record carries the time at which it came in, and is on disk a moment later: for so long the newest are
 * left to wait, so that none comes in behind the mark. Longer than any write is tried again.
 */
const LAG_MS = 120_000;

/** Takes one part of a day into the counts; false when there is none. */
async function countPart(ofSite: OfSite): Promise<boolean> {
  const { organizationId, siteId } = ofSite;
  return inTransaction(async () => {
    const mark = await ConsentCountMarkModel.findOne({ organizationId, siteId }).lean();
    const before = new Date(Date.now() - LAG_MS);
    const part = await nextUncounted(ofSite, before, mark?.countedUntil ?? null);
    if (!part) return false;
    const sums: Sums = new Map();
    for (const one of await countsWithin(ofSite, part.day, part.from, part.until)) addTo(sums, one);
    await addToCounts(sums);
    // Of two nodes that do so at once, one meets the other's change here and begins anew.
    await ConsentCountMarkModel.updateOne(
      { organizationId, siteId },
      { countedUntil: part.until },
      { upsert: true },
    );
    return true;
  });
}

/** Brings the counts of all sites up to date. It may be ended anywhere and begun again. */
export async function countRecords(): Promise<void> {
  for (const { _id: organizationId } of await allOrganizations()) {
    for (const { _id: siteId } of await sitesOf(organizationId)) {
      while (await countPart({ organizationId, siteId }));
    }
  }
}
