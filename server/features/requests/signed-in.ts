import { rightsWithFreshSignIn, type RightId } from '../../../config/rights.ts';
import { inTransaction } from '../../database/transaction.ts';
import type { Language } from '../../language.ts';
import { Problem } from '../../problem.ts';
import {
  acceptAssertion,
  issuerById,
  signedInVisit,
  startSignedInSession,
  type SignedInVisit,
} from '../assertions/service.ts';
import { asSubject, recordAudit, type OrganizationActor } from '../audit/service.ts';
import { startPortalSession } from '../identity/service.ts';
import type { Organization } from '../organizations/service.ts';
import { subjectByProvenAddress } from '../subjects/service.ts';
import { honourSignal, type HonouredSignal } from './gpc.ts';
import { fileRequest, type Submitted } from './intake.ts';
import { liveRequestByReference } from './live-request.ts';
import { requestsOfSubject, type OwnRequest } from './own-requests.ts';
import { readReference } from './reference.ts';
import type { NewRequest } from './schema.ts';

/** A person for whom a page of the organisation vouches. */
export interface SignedIn extends SignedInVisit {
  organization: Organization;
  /** Where they are signed in. */
  issuer: { name: string; signInUrl: string | null };
}

/** The audit trail names no person; whom an issuer vouched for, its own records know. */
const asActor = ({ _id }: Organization): OrganizationActor => ({
  kind: 'subject',
  id: null,
  organizationId: _id,
});

/** How a page of the organisation knocks for somebody. */
export interface Knocking {
  assertion: string;
  /** Origin of the page. */
  origin: string | null;
  /** The browser sends Global Privacy Control. */
  signal: boolean;
}

/**
 * Opens the privacy centre to somebody whom an issuer vouches for; returns the visit's token. A
 * signal of the browser counts as their opt-out. @throws AssertionRefused
 */
export async function enterSignedIn(
  organization: Organization,
  { assertion: given, origin, signal }: Knocking,
  language: Language,
): Promise<string> {
  const assertion = await acceptAssertion(organization, given, origin);
  if (signal) await honourSignal(organization, nameAndAddress(assertion.claims), language);
  return inTransaction(async () => {
    const target = { kind: 'issuer', id: assertion.issuer._id };
    await recordAudit(asActor(organization), 'signed-in.opened', target);
    return startSignedInSession(organization, assertion);
  });
}

/**
 * Takes the signal of a browser for the person whom a page vouches for; no visit begins.
 * @throws AssertionRefused
 */
export async function takeSignal(
  organization: Organization,
  { assertion, origin }: Omit<Knocking, 'signal'>,
  language: Language,
): Promise<HonouredSignal> {
  const { claims } = await acceptAssertion(organization, assertion, origin);
  return honourSignal(organization, nameAndAddress(claims), language);
}

/** The host may pass no name; then the address has to do. */
export const nameAndAddress = ({ name, email }: { name: string; email: string }) => ({
  name: name.length > 1 ? name : email,
  email,
});

/** Who is signed in with this browser, or null. */
export async function signedInAs(
  organization: Organization,
  token: string | undefined,
  browserToken: string | undefined,
): Promise<SignedIn | null> {
  const visit = token === undefined ? null : await signedInVisit(organization, token, browserToken);
  if (!visit) return null;
  const { name, signInUrl } = await issuerById(organization._id, visit.issuerId);
  return { ...visit, organization, issuer: { name, signInUrl } };
}

export const needsFreshSignIn = (right: RightId): boolean => rightsWithFreshSignIn.includes(right);

const signInAgain = () =>
  new Problem('forbidden', 'For this, sign in again first.', { code: 'sign-in-again' });

/**
 * Files a request of somebody who is signed in: it needs no code, for the issuer vouches for them.
 * `confirmedAt`: when they said a second time that their data shall be deleted.
 * @throws Problem forbidden (`sign-in-again`) for what needs a sign-in of the last ten minutes.
 */
export async function fileSignedIn(
  { organization, email, level, isFresh }: SignedIn,
  input: NewRequest,
  { language, confirmedAt }: { language: string; confirmedAt?: Date },
): Promise<Submitted> {
  if (!isFresh && needsFreshSignIn(input.right)) throw signInAgain();
  return fileRequest(
    organization,
    { ...input, email },
    {
      actor: asActor(organization),
      channel: 'signed-in',
      language,
      receivedAt: new Date(),
      proof: { level, method: 'signed-in' },
      ...(confirmedAt && { confirmedAt }),
    },
  );
}

/** The requests of a signed-in person, the newest first: those of their proved address. */
export async function ownRequests({ organization, email }: SignedIn): Promise<OwnRequest[]> {
  const subjectId = await subjectByProvenAddress(organization, email);
  return subjectId ? requestsOfSubject(organization._id, subjectId) : [];
}

/**
 * Opens the portal of one's own request, without a code; returns the portal session's token.
 * @throws Problem forbidden (`sign-in-again`) for the portal discloses data; not-found for others' requests.
 */
export async function openOwnRequest(person: SignedIn, typed: string): Promise<string> {
  const { organization, email, isFresh, level } = person;
  if (!isFresh) throw signInAgain();
  const organizationId = organization._id;
  const reference = readReference(typed);
  return inTransaction(async () => {
    const subjectId = await subjectByProvenAddress(organization, email);
    const row = reference === null ? null : await liveRequestByReference(organizationId, reference);
    if (!subjectId || !row?.subjectId.equals(subjectId)) {
      throw new Problem('not-found', 'There is no such request.');
    }
    const subject = asSubject(organizationId, subjectId);
    await recordAudit(subject, 'portal.opened', { kind: 'request', id: row._id });
    return startPortalSession(organizationId, row._id, subjectId, level);
  });
}
