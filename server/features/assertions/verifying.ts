import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose';
import { isDuplicateKey } from '../../database/duplicate-key.ts';
import { fingerprint } from '../../security/tokens.ts';
import { centreUrl } from '../../centre.ts';
import type { Organization } from '../organizations/service.ts';
import { keyOf } from './keys.ts';
import { IssuerModel, UseModel, type IssuerRow } from './model.ts';
import { claims as claimsSchema, type Claims } from './schema.ts';

/** Why an assertion was not believed; each has its own words. */
export type AssertionFault =
  | 'malformed'
  | 'issuer'
  | 'origin'
  | 'algorithm'
  | 'signature'
  | 'keys'
  | 'audience'
  | 'expired'
  | 'early'
  | 'long-lived'
  | 'claims'
  | 'email'
  | 'replayed';

/** An assertion that is not believed. */
export class AssertionRefused extends Error {
  readonly fault: AssertionFault;

  constructor(fault: AssertionFault) {
    super(`The assertion is refused: ${fault}.`);
    this.fault = fault;
  }
}

const LIFE_SECONDS = 5 * 60;
/** Clocks differ a little. */
const TOLERANCE_SECONDS = 30;

/** The claim `aud` by which an issuer names this organisation in this installation. */
export const audienceOf = (organization: Pick<Organization, 'slug'>) => centreUrl(organization);

function unverifiedIssuer(token: string): string {
  try {
    const { iss } = decodeJwt(token);
    if (typeof iss === 'string') return iss;
  } catch {
    // Told apart below.
  }
  throw new AssertionRefused('malformed');
}

function faultOf(error: unknown): AssertionFault {
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  if (error instanceof errors.JWKSNoMatchingKey) return 'signature';
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return 'audience';
    return ['nbf', 'iat'].includes(error.claim) && error.reason === 'check_failed'
      ? 'early'
      : 'claims';
  }
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'malformed';
  // What is left concerns the key set: unreachable, unreadable, or with a key that does not fit.
  return 'keys';
}

async function signedClaims(
  issuer: IssuerRow,
  token: string,
  audience: string,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keyOf(issuer), {
      algorithms: issuer.algorithms,
      issuer: issuer.issuer,
      audience,
      clockTolerance: TOLERANCE_SECONDS,
      requiredClaims: ['iat', 'exp', 'sub', 'jti', 'auth_time', 'email'],
    });
    return payload;
  } catch (error) {
    throw new AssertionRefused(faultOf(error));
  }
}

function readClaims(payload: JWTPayload): Claims {
  // Whoever else a token is meant for could hand it on to us.
  if (Array.isArray(payload.aud) && payload.aud.length !== 1)
    throw new AssertionRefused('audience');
  const checked = claimsSchema.validate(payload);
  if (checked.error) throw new AssertionRefused('claims');
  const now = Date.now() / 1000 + TOLERANCE_SECONDS;
  const { iat, exp, auth_time: authTime, email_verified: isEmailVerified } = checked.value;
  if (iat > now || authTime > now) throw new AssertionRefused('early');
  if (exp - iat > LIFE_SECONDS) throw new AssertionRefused('long-lived');
  // An address that the host did not prove would open the requests of whoever really has it.
  if (!isEmailVerified) throw new AssertionRefused('email');
  return checked.value;
}

/** Uses an assertion up, across all nodes and beyond restarts. */
async function spend({ _id: issuerId, organizationId }: IssuerRow, { jti, exp }: Claims) {
  try {
    await UseModel.create({
      organizationId,
      issuerId,
      jtiPrint: fingerprint('assertion', jti),
      forgetAt: new Date((exp + 2 * TOLERANCE_SECONDS) * 1000),
    });
  } catch (error) {
    if (isDuplicateKey(error)) throw new AssertionRefused('replayed');
    throw error;
  }
}

/** What a known issuer says of a person, and from which origin its page may say so. */
export interface Assertion {
  issuer: IssuerRow;
  claims: Claims;
}

/**
 * Believes an assertion once: of an issuer that the organisation registered, sent by a page of
 * that issuer, signed with one of its keys under an algorithm that was agreed upon, meant for this
 * organisation (or what `audience` names of it), young, and never used before. @throws AssertionRefused
 */
export async function acceptAssertion(
  organization: Organization,
  token: string,
  origin: string | null,
  audience = audienceOf(organization),
): Promise<Assertion> {
  const iss = unverifiedIssuer(token);
  const organizationId = organization._id;
  const issuer = await IssuerModel.findOne({ organizationId, issuer: iss }).lean();
  if (!issuer) throw new AssertionRefused('issuer');
  if (origin === null || !issuer.origins.includes(origin)) throw new AssertionRefused('origin');
  const claims = readClaims(await signedClaims(issuer, token, audience));
  await spend(issuer, claims);
  return { issuer, claims };
}
