import { Types } from 'mongoose';
import { defaults } from '../../../config/defaults.ts';
import { fingerprint, newCode, newToken, sameText } from '../../security/tokens.ts';
import { ChallengeModel, type ChallengePurpose, type ChallengeRow } from './model.ts';

/** The secrets of a challenge: they exist in one mail, and nowhere else. */
export interface Secrets {
  code: string;
  linkToken: string;
  stopToken: string;
}

const { codeMinutes, linkMinutes, tries } = defaults.identity;
/** "This was not me" works at least as long as a request may wait for its proof. */
const STOP_DAYS = 45;

const minutesFrom = (now: Date, minutes: number) => new Date(now.getTime() + minutes * 60_000);
const codePrintOf = (id: Types.ObjectId, code: string) =>
  fingerprint('challenge-code', `${id.toHexString()}:${code}`);
const linkPrintOf = (token: string) => fingerprint('challenge-link', token);
const stopPrintOf = (token: string) => fingerprint('challenge-stop', token);

/** Makes a new challenge, in the caller's transaction. Earlier ones of the request end with it. */
export async function issueChallenge(given: {
  organizationId: Types.ObjectId;
  requestId: Types.ObjectId;
  purpose: ChallengePurpose;
  addressPrint: string;
}): Promise<Secrets> {
  await endChallenges(given.organizationId, given.requestId);
  const now = new Date();
  const _id = new Types.ObjectId();
  const secrets = { code: newCode(), linkToken: newToken(), stopToken: newToken() };
  await ChallengeModel.create({
    _id,
    ...given,
    codePrint: codePrintOf(_id, secrets.code),
    linkPrint: linkPrintOf(secrets.linkToken),
    stopPrint: stopPrintOf(secrets.stopToken),
    codeEndsAt: minutesFrom(now, codeMinutes),
    linkEndsAt: minutesFrom(now, linkMinutes),
    forgetAt: minutesFrom(now, STOP_DAYS * 24 * 60),
  });
  return secrets;
}

/**
 * The live challenge for one of these purposes that a code answers, or null. Each call costs one of
 * its tries, whatever becomes of the caller's transaction: so call it outside of one.
 */
export async function challengeByCode(
  organizationId: Types.ObjectId,
  requestId: Types.ObjectId,
  { code, purposes }: { code: string; purposes: readonly ChallengePurpose[] },
): Promise<ChallengeRow | null> {
  const challenge = await ChallengeModel.findOneAndUpdate(
    {
      organizationId,
      requestId,
      purpose: { $in: purposes },
      endedAt: null,
      codeEndsAt: { $gt: new Date() },
      tries: { $lt: tries },
    },
    { $inc: { tries: 1 } },
    { returnDocument: 'after', sort: { _id: -1 } },
  ).lean();
  const digits = code.replaceAll(/\D/gu, '');
  return challenge && sameText(challenge.codePrint, codePrintOf(challenge._id, digits))
    ? challenge
    : null;
}

/** The live challenge of a link, or null. It reads only: mail scanners open links too. */
export async function challengeByLink(
  organizationId: Types.ObjectId,
  token: string,
): Promise<ChallengeRow | null> {
  return ChallengeModel.findOne({
    organizationId,
    linkPrint: linkPrintOf(token),
    endedAt: null,
    linkEndsAt: { $gt: new Date() },
  }).lean();
}

/** The request of a link that was used, or gave way to a newer one, while it would still be good; null for any other. */
export async function requestOfUsedLink(
  organizationId: Types.ObjectId,
  token: string,
): Promise<Types.ObjectId | null> {
  const challenge = await ChallengeModel.findOne(
    { organizationId, linkPrint: linkPrintOf(token), linkEndsAt: { $gt: new Date() } },
    { requestId: 1, endedAt: 1 },
  ).lean();
  return challenge?.endedAt ? challenge.requestId : null;
}

/** The challenge whose mail holds this stop link, used or not; null when it is too old. */
export async function challengeByStopLink(
  organizationId: Types.ObjectId,
  token: string,
): Promise<ChallengeRow | null> {
  return ChallengeModel.findOne({
    organizationId,
    stopPrint: stopPrintOf(token),
    forgetAt: { $gt: new Date() },
  }).lean();
}

/** Uses a challenge up, in the caller's transaction; false when somebody else did so before. */
export async function spendChallenge({ _id, organizationId }: ChallengeRow): Promise<boolean> {
  const { matchedCount } = await ChallengeModel.updateOne(
    { _id, organizationId, endedAt: null },
    { endedAt: new Date() },
  );
  return matchedCount === 1;
}

/** Ends every challenge of a request: its codes and links open nothing any more. */
export async function endChallenges(
  organizationId: Types.ObjectId,
  requestId: Types.ObjectId,
): Promise<void> {
  await ChallengeModel.updateMany(
    { organizationId, requestId, endedAt: null },
    { endedAt: new Date() },
  );
}

/** Removes every challenge of a request, and with it what stands for the address. */
export async function forgetChallenges(
  organizationId: Types.ObjectId,
  requestId: Types.ObjectId,
): Promise<void> {
  await ChallengeModel.deleteMany({ organizationId, requestId });
}

export { addressPrint, isBulk, silence, takeAllowance, takeStrangersTurn } from './allowance.ts';
export {
  addEvidence,
  askForDocument,
  beginAsking,
  caseStanding,
  changeCircumstances,
  closesAt,
  dueIdentityCase,
  identityCase,
  markChecked,
  openIdentityCase,
  postponeCase,
  takeDueCase,
  type ChangedCircumstances,
  type DueCase,
} from './cases.ts';
export { readDocument, type DocumentContent } from './document-content.ts';
export { deleteOldDeclarations, storeDeclaration } from './declarations.ts';
export {
  decideDocument,
  deleteOldDocuments,
  documentsOf,
  forgetIdentityCase,
  requestsWithDocument,
  uploadDocument,
  viewDocument,
  type DocumentVerdict,
} from './documents.ts';
export { proofOf, type Proof, type Way } from './levels.ts';
export { matchPoints, nextSet, setDisputed } from './matching.ts';
export type { ChallengePurpose, ChallengeRow } from './model.ts';
export type { IdentityDocumentRow } from './proof-model.ts';
export { identityRules, mayAskForDocument } from './rules.ts';
export {
  endPortalSession,
  endPortalSessions,
  portalSession,
  raisePortalSession,
  startPortalSession,
} from './portal-sessions.ts';
