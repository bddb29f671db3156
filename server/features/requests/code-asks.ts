import type { Types } from 'mongoose';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { log } from '../../log.ts';
import { invalidField } from '../../problem.ts';
import { recordAudit, system } from '../audit/service.ts';
import { takeStrangersTurn } from '../identity/service.ts';
import { organizationById, type Organization } from '../organizations/service.ts';
import { sendCode } from './intake.ts';
import { liveRequestByReference } from './live-request.ts';
import { personOfRequest } from './mails.ts';
import { CodeAskModel } from './model.ts';
import { readReference } from './reference.ts';

const LATER_MS = 60_000;

/**
 * Asks for a code to open the portal. Known and unknown references take the same way in the same
 * time: only a row is written here, and looked at after the answer.
 * @throws Problem invalid for what cannot be a reference, by its check sign.
 */
export async function askForCode(organization: Organization, typed: string): Promise<void> {
  const reference = readReference(typed);
  if (reference === null) {
    throw invalidField('reference', 'reference.mistyped', 'reference is mistyped');
  }
  const isCrowded = !(await takeStrangersTurn(organization._id));
  const ask = await CodeAskModel.create({
    organizationId: organization._id,
    reference,
    isCrowded,
    nextActionAt: new Date(),
  });
  setImmediate(() => {
    answerAsk(ask._id).catch((error: unknown) => {
      log.warn({ err: error }, 'a code was not sent; the sweep will try again');
    });
  });
}

async function answerAsk(id: Types.ObjectId): Promise<void> {
  const answer = async () => {
    // Whoever removes the ask answers it, in the same change.
    const ask = await CodeAskModel.findOneAndDelete(
      { _id: id },
      { acrossOrganizations: true },
    ).lean();
    if (!ask) return;
    const { organizationId, reference, isCrowded } = ask;
    const row = await liveRequestByReference(organizationId, reference);
    if (!row || row.state === 'expired' || row.state === 'disowned') return;
    // Not before the person has said yes to the agent, who may be anybody.
    if (row.needsPermission && row.verifiedAt === null) return;
    // Strangers can crowd out strangers, but nobody whose request is proved.
    if (isCrowded && row.verifiedAt === null) return;
    const to = await personOfRequest(row);
    if (!to || !(await sendCode(await organizationById(organizationId), row, to))) return;
    const purpose = row.verifiedAt ? 'open-portal' : 'verify-request';
    const target = { kind: 'request', id: row._id };
    await recordAudit(system(organizationId), 'request.code-sent', target, { purpose });
  };
  await againstDuplicates(() => inTransaction(answer));
}

/** Answers what is left of asks for codes, after a crash. Returns how many. */
export async function answerCodeAsks(): Promise<number> {
  const due = { nextActionAt: { $lte: new Date() } };
  const asks = await CodeAskModel.find(
    due,
    { _id: 1, organizationId: 1 },
    { acrossOrganizations: true },
  )
    .sort({ nextActionAt: 1 })
    .limit(200)
    .lean();
  for (const { _id, organizationId } of asks) {
    await answerAsk(_id).catch(async (error: unknown) => {
      log.error({ err: error }, 'a code could not be sent');
      const later = { nextActionAt: new Date(Date.now() + LATER_MS) };
      await CodeAskModel.updateOne({ _id, organizationId }, later);
    });
  }
  return asks.length;
}
