import type { Model, Types } from 'mongoose';
import { log } from '../log.ts';
import type { OfOrganization } from './tenancy.ts';
import { inTransaction } from './transaction.ts';

/** What needs attention at some time; null when nothing is to be done. */
interface Attended extends OfOrganization {
  _id: Types.ObjectId;
  nextActionAt: Date | null;
}

type ModelOf<Row> = Model<Row, object, object, { id: string }>;

const BATCH = 100;
/** A row that failed is left alone for this long, so that it holds up no other. */
const LATER_MS = 60 * 60_000;

/**
 * Acts on the rows of all organisations whose time has come, the longest due first, each in a
 * transaction of its own. A row that was attended to since it was found is left alone; one that
 * fails is logged by its id and comes again later; the others go on. Returns how many were found.
 */
export async function sweepDue<Row extends Attended>(
  model: ModelOf<Row>,
  act: (row: Row) => Promise<void>,
): Promise<number> {
  const rows = await model
    .find({ nextActionAt: { $lte: new Date() } }, null, { acrossOrganizations: true })
    .sort({ nextActionAt: 1 })
    .limit(BATCH)
    .lean<Row[]>();
  for (const { _id, organizationId, nextActionAt } of rows) {
    const asFound = { _id, organizationId, nextActionAt };
    try {
      await inTransaction(async () => {
        const row = await model.findOne(asFound).lean<Row | null>();
        if (row) await act(row);
      });
    } catch (error) {
      const { name } = model.collection;
      log.error({ err: error, collection: name, row: _id.toHexString() }, 'a due row failed');
      await model.updateOne(asFound, { nextActionAt: new Date(Date.now() + LATER_MS) });
    }
  }
  return rows.length;
}
