import { Types } from 'mongoose';
import { inTransaction } from '../../../server/database/transaction.ts';
import {
  ConsentCountMarkModel,
  ConsentCountModel,
} from '../../../server/features/consent/count-model.ts';
import { countRecords } from '../../../server/features/consent/service.ts';
import {
  ConsentRecordModel,
  type ConsentRecordRow,
} from '../../../server/features/consent/model.ts';
import { actions, anyOf, browsers, choicesFor, newKey, visitors } from './visitors.ts';
import { familyOf } from '../../../server/features/consent/user-agent.ts';

const BATCH = 2000;
const YEAR = 31_536_000_000;

/** A record like the pattern, of a visitor who chose at that time. */
function syntheticRow(pattern: ConsentRecordRow, at: number): ConsentRecordRow {
  const action = anyOf(actions);
  const time = new Date(at);
  return {
    ...pattern,
    _id: new Types.ObjectId(),
    clientKey: newKey(at),
    visitorId: newKey(at),
    action,
    choices: choicesFor(action),
    ...anyOf(visitors),
    ...familyOf(anyOf(browsers)),
    chosenAt: time,
    recordedAt: time,
    inForceAt: time,
  };
}

/** Fills the records of the pattern's site up to a number, spread over the year before now. */
export async function fillRecords(pattern: ConsentRecordRow, upTo: number): Promise<void> {
  const { organizationId, siteId } = pattern;
  const found = await ConsentRecordModel.countDocuments({ organizationId, siteId });
  const begin = Date.now() - YEAR;
  const step = (YEAR - 3_600_000) / Math.max(1, upTo - found);
  for (let start = found; start < upTo; start += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, upTo - start) }, (_, at) =>
      syntheticRow(pattern, Math.floor(begin + (start - found + at) * step)),
    );
    await ConsentRecordModel.collection.insertMany(rows, { ordered: false });
  }
  // What comes in behind the mark of the counts is never counted: they begin anew.
  await inTransaction(async () => {
    await ConsentCountMarkModel.deleteMany({ organizationId, siteId });
    await ConsentCountModel.deleteMany({ organizationId, siteId });
  });
  await countRecords();
}
