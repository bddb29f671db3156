import { setTimeout } from 'node:timers/promises';
import { Types } from 'mongoose';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { Problem } from '../../problem.ts';
import { asSubject, asVisitor, recordAudit } from '../audit/service.ts';
import {
  addEvidence,
  challengeByCode,
  challengeByLink,
  challengeByStopLink,
  endChallenges,
  requestOfUsedLink,
  silence,
  spendChallenge,
  startPortalSession,
  type ChallengePurpose,
  type ChallengeRow,
} from '../identity/service.ts';
import type { Organization } from '../organizations/service.ts';
import { proveSubject } from '../subjects/service.ts';
import { tellStaff } from './mails.ts';
import { RequestModel, type RequestRow } from './model.ts';
import { moveRequest } from './moving.ts';
import { welcomePerson } from './proof.ts';
import { readReference } from './reference.ts';
import { canMove } from './states.ts';

export interface Entry {
  /** Of the portal session; only its fingerprint is stored. */
  token: string;
  reference: string;
  /** This entry proved the mailbox for the first time. */
  verified: boolean;
}

const FLOOR_MS = 250;

const wrongCode = () =>
  new Problem('wrong-credentials', 'Reference and code do not match, or the code has ended.', {
    code: 'wrong-code',
  });
const linkEnded = () =>
  new Problem('gone', 'This link was used before, or it is too old.', { code: 'link-ended' });
const requestEnded = () =>
  new Problem('gone', 'This request ended before it was confirmed.', { code: 'request-ended' });

/** Marks the mailbox of a request as proved, in the caller's transaction. */
export async function verifyMailbox(
  organization: Organization,
  row: RequestRow,
): Promise<RequestRow> {
  const organizationId = organization._id;
  const visitor = asVisitor(organizationId);
  const subjectId = await proveSubject(visitor, organization, row.subjectId);
  const verifiedAt = new Date();
  const subject = asSubject(organizationId, subjectId);
  const wasUnverified = row.state === 'unverified';
  const provenLevel = await addEvidence(subject, row._id, { kind: 'mailbox' });
  if (wasUnverified) {
    await moveRequest(subject, row._id, {
      name: 'verify',
      change: { subjectId, verifiedAt, provenLevel },
    });
  } else {
    const change = { $set: { subjectId, verifiedAt, provenLevel }, $inc: { version: 1 } };
    await RequestModel.updateOne({ _id: row._id, organizationId }, change);
    await recordAudit(subject, 'request.verified', { kind: 'request', id: row._id });
  }
  if (row.acknowledgedAt === null) {
    await RequestModel.updateOne({ _id: row._id, organizationId }, { acknowledgedAt: verifiedAt });
  }
  await endChallenges(organizationId, row._id);
  const proved = await RequestModel.findOne({ _id: row._id, organizationId }).orFail().lean();
  await welcomePerson(organization, proved);
  if (wasUnverified) await tellStaff(organization, proved, 'new');
  return proved;
}

function enter(
  organization: Organization,
  challenge: ChallengeRow,
  refusal: () => Problem,
): Promise<Entry> {
  const organizationId = organization._id;
  const work = async (): Promise<Entry> => {
    if (!(await spendChallenge(challenge))) throw refusal();
    const { requestId } = challenge;
    const row = await RequestModel.findOne({
      _id: requestId,
      organizationId,
      erasedAt: null,
    }).lean();
    if (!row) throw refusal();
    if (row.state === 'expired' || row.state === 'disowned') throw requestEnded();
    const verified = row.verifiedAt === null;
    const { subjectId, reference } = verified ? await verifyMailbox(organization, row) : row;
    const token = await startPortalSession(organizationId, requestId, subjectId);
    const subject = asSubject(organizationId, subjectId);
    await recordAudit(subject, 'portal.opened', { kind: 'request', id: requestId });
    return { token, reference, verified };
  };
  return againstDuplicates(() => inTransaction(work));
}

async function enterBy(organization: Organization, typed: string, code: string): Promise<Entry> {
  const organizationId = organization._id;
  const reference = readReference(typed);
  const row =
    reference && (await RequestModel.findOne({ organizationId, reference }, { _id: 1 }).lean());
  const id = row ? row._id : new Types.ObjectId();
  // A code for a download is no key to the portal.
  const purposes = ['verify-request', 'open-portal'] as const;
  const challenge = await challengeByCode(organizationId, id, { code, purposes });
  if (!challenge) throw wrongCode();
  return enter(organization, challenge, wrongCode);
}

/**
 * Opens the portal with reference and code, and proves the mailbox if that is still to be done. An
 * unknown reference, a wrong code and one that has ended give the same answer, never at once, so
 * that nobody can find out which references exist.
 * @throws Problem wrong-credentials (`wrong-code`), or gone (`request-ended`).
 */
export async function enterByCode(
  organization: Organization,
  reference: string,
  code: string,
): Promise<Entry> {
  const [entry] = await Promise.allSettled([
    enterBy(organization, reference, code),
    setTimeout(FLOOR_MS),
  ]);
  if (entry.status === 'rejected') throw entry.reason;
  return entry.value;
}

/** The same with the link of a mail; only its page's button may call it. @throws Problem gone */
export async function enterByLink(organization: Organization, token: string): Promise<Entry> {
  const challenge = await challengeByLink(organization._id, token);
  if (!challenge) throw linkEnded();
  return enter(organization, challenge, linkEnded);
}

/** What the link of a mail would do; null when it has ended. It changes nothing. */
export async function linkPurpose(
  organization: Organization,
  token: string,
): Promise<ChallengePurpose | null> {
  return (await challengeByLink(organization._id, token))?.purpose ?? null;
}

/**
 * Where a second press of a used link may lead: to the entrance of its request, once that is proved.
 * The answer to the first press may have been lost on its way. Null for any other link.
 */
export async function entranceOfUsedLink(
  organization: Organization,
  token: string,
): Promise<string | null> {
  const organizationId = organization._id;
  const id = await requestOfUsedLink(organizationId, token);
  const row =
    id &&
    (await RequestModel.findOne(
      { _id: id, organizationId, erasedAt: null },
      { reference: 1, verifiedAt: 1 },
    ).lean());
  return row?.verifiedAt ? row.reference : null;
}

/** Whether the stop link of a mail can still end its request; null when the link is unknown. It changes nothing. */
export async function stopLinkOffer(
  organization: Organization,
  token: string,
): Promise<{ canEnd: boolean } | null> {
  const challenge = await challengeByStopLink(organization._id, token);
  if (!challenge) return null;
  const { organizationId, requestId } = challenge;
  const row = await RequestModel.findOne({ _id: requestId, organizationId }).lean();
  return { canEnd: row?.verifiedAt === null && canMove('disown', row.state, 'visitor') };
}

/**
 * "This was not me": ends a request that nobody has proved to be theirs, and stops such mails to
 * this address for a while if asked. @throws Problem gone for an unknown link.
 */
export async function disownByLink(
  organization: Organization,
  token: string,
  wish: { silence: boolean },
): Promise<{ ended: boolean; silenced: boolean }> {
  const organizationId = organization._id;
  const challenge = await challengeByStopLink(organizationId, token);
  if (!challenge) throw linkEnded();
  return againstDuplicates(() =>
    inTransaction(async () => {
      const offer = await stopLinkOffer(organization, token);
      if (wish.silence) await silence(challenge.addressPrint);
      if (offer?.canEnd !== true) return { ended: false, silenced: wish.silence };
      await moveRequest(asVisitor(organizationId), challenge.requestId, { name: 'disown' });
      await endChallenges(organizationId, challenge.requestId);
      return { ended: true, silenced: wish.silence };
    }),
  );
}
