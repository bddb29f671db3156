import { Types } from 'mongoose';
import type { IdentityLevel } from '../../../config/rights.ts';
import { bytesOf, loadDataKey } from '../../security/data-keys.ts';
import { sealJson, unsealJson } from '../../security/encryption.ts';
import { fingerprint, newToken, sameText } from '../../security/tokens.ts';
import type { Organization } from '../organizations/service.ts';
import { SignedInSessionModel } from './model.ts';
import type { Claims } from './schema.ts';
import type { Assertion } from './verifying.ts';

const IDLE_MS = 15 * 60_000;
const LIFE_MS = 60 * 60_000;
/** A session is not written to on every look. */
const TOUCH_MS = 60_000;
/** 11 CCR 7061(a)(2): disclosure, correction and deletion want a person who has just signed in. */
const FRESH_MS = 10 * 60_000;

const printOf = (token: string) => fingerprint('signed-in-session', token);
const placeOf = (row: Types.ObjectId) => ({ collection: 'signedInSessions', row, field: 'sealed' });

/** What a browser is given to take along through the host's sign-in. */
export const nonceFor = (browserToken: string) => fingerprint('assertion-nonce', browserToken);

/** What the issuer said of the person. */
export type SignedInPerson = Pick<Claims, 'sub' | 'email' | 'name' | 'profile'>;

export interface SignedInVisit extends SignedInPerson {
  issuerId: Types.ObjectId;
  authenticatedAt: Date;
  /** The sign-in was so lately that deletion, correction and disclosure are possible. */
  isFresh: boolean;
  /** 1 for a proved mailbox, 2 for a fresh sign-in, 3 for a fresh one with several factors. */
  level: Exclude<IdentityLevel, 0>;
  freshUntil: Date;
}

/** Opens the visit of a person whom an issuer vouches for, and returns its token. */
export async function startSignedInSession(
  organization: Organization,
  { issuer, claims }: Assertion,
): Promise<string> {
  const id = new Types.ObjectId();
  const token = newToken();
  const now = new Date();
  const { sub, email, name, profile } = claims;
  const person: SignedInPerson = { sub, email, name, profile };
  await SignedInSessionModel.create({
    _id: id,
    organizationId: organization._id,
    issuerId: issuer._id,
    tokenPrint: printOf(token),
    sealed: sealJson(await loadDataKey(organization.keyId), placeOf(id), person),
    authenticatedAt: new Date(claims.auth_time * 1000),
    isStrong: claims.amr.includes('mfa'),
    nonce: claims.nonce,
    startedAt: now,
    endsAt: new Date(now.getTime() + IDLE_MS),
  });
  return token;
}

/**
 * The live visit of a token, or null. Where the assertion carried a nonce, only the browser that
 * was given it may go in: nobody can push their own sign-in upon somebody else.
 */
export async function signedInVisit(
  { _id: organizationId, keyId }: Organization,
  token: string,
  browserToken: string | undefined,
): Promise<SignedInVisit | null> {
  const now = Date.now();
  const row = await SignedInSessionModel.findOne({
    organizationId,
    tokenPrint: printOf(token),
    endsAt: { $gt: new Date(now) },
  }).lean();
  if (!row) return null;
  if (row.nonce !== null && !sameText(row.nonce, nonceFor(browserToken ?? ''))) return null;
  const endsAt = new Date(Math.min(now + IDLE_MS, row.startedAt.getTime() + LIFE_MS));
  if (endsAt.getTime() - row.endsAt.getTime() > TOUCH_MS) {
    await SignedInSessionModel.updateOne({ _id: row._id, organizationId }, { endsAt });
  }
  const key = await loadDataKey(keyId);
  const person = unsealJson(key, placeOf(row._id), bytesOf(row.sealed)) as SignedInPerson;
  const { issuerId, authenticatedAt, isStrong } = row;
  const freshUntil = new Date(authenticatedAt.getTime() + FRESH_MS);
  const isFresh = now <= freshUntil.getTime();
  const level = isFresh ? (isStrong ? 3 : 2) : 1;
  return { ...person, issuerId, authenticatedAt, isFresh, level, freshUntil };
}

export async function endSignedInSession(
  { _id: organizationId }: Organization,
  token: string,
): Promise<void> {
  await SignedInSessionModel.deleteOne({ organizationId, tokenPrint: printOf(token) });
}
