import type { Model, Types } from 'mongoose';
import { log } from '../log.ts';
import type { OfOrganization } from './tenancy.ts';

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
 * Acts on the rows of all organisations whose time has come, the longest due first. One that fails
 * is logged by its id and comes again later; the others go on. Returns how many were looked at.
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
  for (const row of rows) {
    try {
      await act(row);
    } catch (error) {
      const { _id, organizationId, nextActionAt } = row;
      const { name } = model.collection;
      log.error({ err: error, collection: name, row: _id.toHexString() }, 'a due row failed');
      const later = { nextActionAt: new Date(Date.now() + LATER_MS) };
      await model.updateOne({ _id, organizationId, nextActionAt }, later);
    }
  }
  return rows.length;
}
