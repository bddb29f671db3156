import { Types } from 'mongoose';
import { inTransaction } from '../../database/transaction.ts';
import { Problem } from '../../problem.ts';
import { matchesPassword, spendPasswordCheck } from '../../security/passwords.ts';
import { fingerprint, newToken, sameText } from '../../security/tokens.ts';
import { recordAudit, system } from '../audit/service.ts';
import { asActor, asTarget, type Account } from './account.ts';
import { accountRowByAddress, staffAddressIndex } from './accounts.ts';
import { accountRow } from './credentials.ts';
import { makeLink, openLink, takeLink } from './links.ts';
import type { StaffAccountRow } from './model.ts';
import { acceptCode } from './second-factor.ts';
import { endSession, endSessions, liveSession, startSession } from './sessions.ts';
import { countTry, forgetTries } from './tries.ts';

/** How long the second step may take. */
export const SECOND_STEP_MINUTES = 10;

/** Where a sign-in comes from. */
export interface Device {
  userAgent: string;
  /** The proof that this browser signed in before, if it has one. */
  proof: string | undefined;
  /** The session that the browser had until now; it ends. */
  formerSession: string | undefined;
}

/**
 * A browser that signed in before proves it by a cookie, and its tries are counted apart: so strangers
 * who guess at an account cannot keep its owner out.
 */
export function newDeviceProof(accountId: Types.ObjectId): string {
  const nonce = newToken();
  return `${nonce}.${fingerprint('staff-device', `${accountId.toHexString()}.${nonce}`)}`;
}

function isKnownDevice({ _id }: StaffAccountRow, proof: string): boolean {
  // The whole of it must be right: tries are counted by it, and an appendix would start a new count.
  const [nonce = ''] = proof.split('.');
  const mark = fingerprint('staff-device', `${_id.toHexString()}.${nonce}`);
  return sameText(proof, `${nonce}.${mark}`);
}

/** Opens the session of somebody who has shown everything asked for. The token is always a new one. */
async function enter(accountId: Types.ObjectId, device: Device): Promise<SignedIn> {
  const former =
    device.formerSession === undefined ? null : await liveSession(device.formerSession);
  if (former) await endSession(former.accountId, former._id);
  const sessionToken = await startSession(accountId, device.userAgent);
  await recordAudit(asActor(accountId), 'staff.signed-in', asTarget(accountId));
  return { sessionToken, accountId };
}

export interface SignedIn {
  sessionToken: string;
  accountId: Types.ObjectId;
}

/**
 * First step: address and password. Unknown addresses and wrong passwords get the same answer after
 * the same work. Answers a session, or a ticket for the second step.
 * @throws Problem wrong-credentials or too-many-requests.
 */
export async function signIn(
  { email, password }: { email: string; password: string },
  device: Device,
): Promise<SignedIn | { ticket: string }> {
  const row = await accountRowByAddress(email);
  const known = row && device.proof !== undefined && isKnownDevice(row, device.proof);
  const whose = known ? (device.proof ?? '') : staffAddressIndex(email);
  await countTry('password', whose);
  const matches = row
    ? await matchesPassword(row.passwordHash, password)
    : (await spendPasswordCheck(password), false);
  if (!row || !matches) {
    const target = row ? asTarget(row._id) : { kind: 'staff-account', id: 'unknown' };
    await recordAudit(system(null), 'staff.sign-in-failed', target);
    throw new Problem('wrong-credentials', 'The address or the password is wrong.');
  }
  await forgetTries('password', whose);
  if (row.sealedSecret !== null) {
    return { ticket: await makeLink('second-step', row._id, SECOND_STEP_MINUTES) };
  }
  return inTransaction(() => enter(row._id, device));
}

const isTooLate = () =>
  new Problem('gone', 'Start again with your password.', { code: 'second-step-gone' });

/** @throws Problem gone when the ticket was used or is too old. */
export async function checkTicket(ticket: string): Promise<void> {
  if (!(await openLink('second-step', ticket))) throw isTooLate();
}

/**
 * Second step: a code of the authenticator app, or a recovery code.
 * @throws Problem wrong-credentials, too-many-requests, or gone when the ticket no longer counts.
 */
export async function finishSignIn(
  ticket: string,
  code: string,
  device: Device,
): Promise<SignedIn> {
  const link = await openLink('second-step', ticket);
  const accountId = link?.accountId;
  if (!accountId) throw isTooLate();
  await countTry('code', accountId.toHexString());
  const signedIn = await inTransaction(async () => {
    if (!(await acceptCode(await accountRow(accountId), code))) return null;
    if (!(await takeLink('second-step', ticket))) throw isTooLate();
    return enter(accountId, device);
  });
  if (!signedIn) {
    await recordAudit(system(null), 'staff.second-step-failed', asTarget(accountId));
    throw new Problem('wrong-credentials', 'This code does not match, or it was used before.');
  }
  await forgetTries('code', accountId.toHexString());
  return signedIn;
}

/** Ends the session of a token, if there is one. */
export async function signOut(sessionToken: string): Promise<void> {
  await inTransaction(async () => {
    const session = await liveSession(sessionToken);
    if (!session) return;
    await endSession(session.accountId, session._id);
    await recordAudit(asActor(session.accountId), 'staff.signed-out', asTarget(session.accountId));
  });
}

/** Ends one session of the account. @throws Problem not-found */
export async function revokeSession({ id }: Account, sessionId: Types.ObjectId): Promise<void> {
  await inTransaction(async () => {
    if (!(await endSession(id, sessionId))) {
      throw new Problem('not-found', 'This session has ended already.');
    }
    await recordAudit(asActor(id), 'staff.session-revoked', asTarget(id));
  });
}

/** Ends every session of the account but the present one. */
export async function revokeOtherSessions({ id, sessionId }: Account): Promise<void> {
  await inTransaction(async () => {
    const count = await endSessions(id, sessionId);
    await recordAudit(asActor(id), 'staff.sessions-revoked', asTarget(id), { count });
  });
}
