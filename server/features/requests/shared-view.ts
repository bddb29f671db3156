import type { DataKey } from '../../security/encryption.ts';
import { subjectById } from '../subjects/service.ts';
import { answerItemsOf } from './answer-items.ts';
import { openContents, openText } from './contents.ts';
import { MessageModel, type RequestRow } from './model.ts';

/** What both sides may know of a request. */
export async function sharedView(row: RequestRow, key: DataKey) {
  const { organizationId, _id, extension, outcome, lifting } = row;
  // One after the other: a transaction does one thing at a time (MongoDB, drivers' transactions specification).
  const subject = await subjectById(organizationId, row.subjectId);
  const contents = openContents(key, row);
  return {
    id: _id.toHexString(),
    version: row.version,
    reference: row.reference,
    state: row.state,
    right: row.right,
    regimes: row.regimes,
    dataClass: row.dataClass,
    receivedAt: row.receivedAt,
    verifiedAt: row.verifiedAt,
    acknowledgedAt: row.acknowledgedAt,
    closedAt: row.closedAt,
    ...contents,
    email: subject?.email ?? '',
    phone: subject?.phone ?? '',
    post: subject?.post ?? '',
    deadlines: row.deadlines,
    pauses: row.pauses.map(({ kind, askedAt, answeredAt }) => ({ kind, askedAt, answeredAt })),
    extension: extension && {
      at: extension.at,
      reason: extension.reason,
      text: openText(key, _id, 'extension', extension.sealed),
    },
    outcome: outcome && {
      at: outcome.at,
      kind: outcome.kind,
      ground: outcome.ground,
      result: outcome.result,
      text: openText(key, _id, 'outcome', outcome.sealed),
    },
    lifting: lifting && {
      at: lifting.at,
      liftsOn: lifting.liftsOn,
      text: openText(key, _id, 'lifting', lifting.sealed),
    },
    confirmedAt: row.confirmedAt,
    items: await answerItemsOf(row, key),
  };
}

/** What the person and the staff wrote to each other, in the order it came. */
export const messagesOf = ({ organizationId, _id }: RequestRow) =>
  MessageModel.find({ organizationId, requestId: _id }).sort({ _id: 1 }).lean();
