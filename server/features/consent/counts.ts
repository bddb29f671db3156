import { randomInt } from 'node:crypto';
import mongoose from 'mongoose';
import { optionalCategoryIds, type OptionalCategoryId } from '../../../config/consent.ts';
import { config } from '../../../config/index.ts';
import { currentSession } from '../../database/transaction.ts';
import { localDay } from '../../deadlines/days.ts';
import { ConsentCountModel, type ConsentCountRow } from './count-model.ts';
import type { ConsentRecordRow } from './model.ts';

/** What one more adds to the counts. */
export type Addition = Omit<ConsentCountRow, '_id'>;

/**
 * Nodes that count the same at once would wait for each other's rows, so each has rows of its own, as
 * far as these numbers go. The embedded database has one node.
 */
const LANES = 8;
const lane = config.mongodbUri === null ? 0 : randomInt(LANES);

const keyOf = (one: Addition): string =>
  [
    one.siteId.toHexString(),
    one.day,
    one.version,
    one.action,
    one.model,
    one.language,
    one.device,
    one.region ?? '',
    lane,
  ].join(':');

/** What a record adds. */
export function additionOf(row: ConsentRecordRow, timeZone: string): Addition {
  const { organizationId, siteId, region, device, language, model, action, choices } = row;
  const granted = Object.fromEntries(optionalCategoryIds.map((id) => [id, choices[id] ? 1 : 0]));
  return {
    organizationId,
    siteId,
    day: localDay(row.recordedAt, timeZone),
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
