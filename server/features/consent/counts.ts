import mongoose, { Types, type ClientSession } from 'mongoose';
import { optionalCategoryIds, type OptionalCategoryId } from '../../../config/consent.ts';
import { currentSession, inTransaction } from '../../database/transaction.ts';
import {
  ConsentCountModel,
  ConsentTallyModel,
  type ConsentCountRow,
  type ConsentTallyRow,
} from './count-model.ts';
import { dayOf } from './days.ts';
import type { ConsentRecordRow } from './model.ts';

/** What one more adds to the counts. */
export type Addition = Omit<ConsentCountRow, '_id'>;

const placeOf = ({ siteId, day }: Addition) => `${siteId.toHexString()}:${day}`;

const keyOf = (one: Addition): string =>
  [
    placeOf(one),
    one.version,
    one.action,
    one.model,
    one.language,
    one.device,
    one.region ?? '',
  ].join(':');

/** What a record adds. */
export function additionOf(row: ConsentRecordRow, timeZone: string): Addition {
  const { organizationId, siteId, region, device, language, model, action, choices } = row;
  const granted = Object.fromEntries(optionalCategoryIds.map((id) => [id, choices[id] ? 1 : 0]));
  return {
    organizationId,
    siteId,
    day: dayOf(row.recordedAt, timeZone),
    version: row.configurationVersion,
    region,
    device,
    language,
    model,
    action,
    count: 1,
    granted: granted as Record<OptionalCategoryId, number>,
  };
}

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

/** Notes down what is to be counted. */
export async function writeTallies(sums: Sums, session?: ClientSession): Promise<void> {
  const tallies = new Map<string, ConsentTallyRow>();
  for (const one of sums.values()) {
    const { organizationId, siteId, day, ...counted } = one;
    const place = placeOf(one);
    const tally = tallies.get(place) ?? {
      _id: new Types.ObjectId(),
      ...{ organizationId, siteId, day },
      counted: [],
    };
    tally.counted.push(counted);
    tallies.set(place, tally);
  }
  await ConsentTallyModel.collection.insertMany([...tallies.values()], session ? { session } : {});
}

/** What a tally adds. */
export const additionsOf = ({
  organizationId,
  siteId,
  day,
  counted,
}: ConsentTallyRow): Addition[] => counted.map((one) => ({ organizationId, siteId, day, ...one }));

/** Adds to the counts, in the running transaction. */
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

const MOST_AT_ONCE = 500;

/** Takes all tallies into the counts. Nodes that do so at once take each of them once. */
export async function countTallies(): Promise<void> {
  const across = { acrossOrganizations: true };
  const countSome = async (): Promise<number> => {
    const tallies = await ConsentTallyModel.find({}, null, across)
      .sort({ _id: 1 })
      .limit(MOST_AT_ONCE)
      .lean();
    const sums: Sums = new Map();
    for (const one of tallies.flatMap(additionsOf)) addTo(sums, one);
    await addToCounts(sums);
    await ConsentTallyModel.deleteMany({ _id: { $in: tallies.map(({ _id }) => _id) } }, across);
    return tallies.length;
  };
  while ((await inTransaction(countSome)) === MOST_AT_ONCE);
}
