import type { PointId } from '../../../config/identity.ts';
import { inTransaction } from '../../database/transaction.ts';
import { Problem } from '../../problem.ts';
import {
  beginAsking,
  caseStanding,
  documentsOf,
  identityCase,
  matchPoints,
  nextSet,
  raisePortalSession,
  setDisputed,
  storeDeclaration,
  uploadDocument,
  type Way,
} from '../identity/service.ts';
import { personOfRequest, tellStaff } from './mails.ts';
import type { RequestRow } from './model.ts';
import { liveRequest } from './live-request.ts';
import { moveRequest } from './moving.ts';
import { endPause } from './pauses.ts';
import type { Person } from './person.ts';
import { decideLevelAnew, isProved, provePerson } from './proof.ts';
import { groupOf } from './states.ts';

const notAsked = () =>
  new Problem('not-allowed-now', 'Nothing more is asked here.', { code: 'identity-not-asked' });

/** Whether a person can still prove something: also after the request was closed for want of it. */
export const canStillProve = (row: RequestRow) =>
  !isProved(row) && (groupOf(row.state) === 'open' || row.state === 'not-verifiable');

/** @throws Problem not-allowed-now (`identity-not-asked`) */
async function unprovedRequest({ organizationId, requestId }: Person): Promise<RequestRow> {
  const row = await liveRequest(organizationId, requestId);
  if (!canStillProve(row)) throw notAsked();
  return row;
}

async function openCase(person: Person, way: Way) {
  const { organizationId, requestId } = person;
  const row = await unprovedRequest(person);
  const found = await identityCase(organizationId, requestId);
  const { ways } = await caseStanding(found);
  if (!ways.includes(way)) throw notAsked();
  return { row, found };
}

/** What else is asked of a person, why, and how far it came; null where nothing ever was. */
export async function identityForPerson({ organizationId, requestId }: Person) {
  const row = await liveRequest(organizationId, requestId);
  if (row.requiredLevel < 2) return null;
  const found = await identityCase(organizationId, requestId);
  const { required, proven, reasons, evidence, ways } = await caseStanding(found);
  const [document] = await documentsOf(organizationId, requestId);
  return {
    isOpen: canStillProve(row),
    isProved: isProved(row),
    required,
    proven,
    reasons,
    evidence: evidence.map(({ kind }) => kind),
    ways,
    set: ways.includes('data-points') ? await nextSet(found) : null,
    document: document?.state ?? null,
  };
}

/** An answer opens a request again that was closed because none came; in the caller's transaction. */
async function reopen(person: Person, row: RequestRow): Promise<RequestRow> {
  if (row.state !== 'not-verifiable') return row;
  const open = await moveRequest(person, row._id, { name: 'reopen', change: { outcome: null } });
  await beginAsking(row.organizationId, row._id);
  await tellStaff(person.organization, open, 'identity-reopened');
  return open;
}

/** Says, before any point is tried, what a correction is about. It is not asked for then. */
export async function sayDisputed(person: Person, disputed: readonly PointId[]): Promise<void> {
  const { found } = await openCase(person, 'data-points');
  await setDisputed(found, disputed);
}

/**
 * Tries one set of points. Which of them matched is told to nobody, and none is stored.
 * @throws Problem not-allowed-now, or unavailable when the organisation's system gave no answer
 */
export async function tryPoints(
  person: Person,
  token: string,
  given: Partial<Record<PointId, string>>,
): Promise<void> {
  const { organizationId } = person;
  const { row, found } = await openCase(person, 'data-points');
  const to = await personOfRequest(row);
  const about = { reference: row.reference, email: to?.email ?? '' };
  const { matched, asked, contactChanged } = await matchPoints(found, about, given);
  await inTransaction(async () => {
    const open = await reopen(person, await unprovedRequest(person));
    // The organisation's system says that the contact point is new: that raises what must be proved.
    if (contactChanged && !found.contactChanged) {
      await decideLevelAnew(person, open, { contactChanged });
    }
    const now = await liveRequest(organizationId, row._id);
    const level = await provePerson(person, now, { kind: 'data-points', matched }, asked);
    // What others proved for the request, this visitor has not.
    if (matched >= 2) await raisePortalSession(organizationId, token, level);
  });
}

/** Takes a declaration under penalty of perjury, with the name typed below it. */
export async function declareAsPerson(
  person: Person,
  declaration: { words: string; name: string },
): Promise<void> {
  await inTransaction(async () => {
    const { row } = await openCase(person, 'declaration');
    const open = await reopen(person, row);
    await storeDeclaration(person.organizationId, row._id, declaration);
    await provePerson(person, open, { kind: 'declaration' });
  });
}

/** Takes the document that staff asked for; they are told that it waits for a reviewer. */
export async function sendDocument(person: Person, content: Buffer): Promise<void> {
  const { row } = await openCase(person, 'document');
  await uploadDocument(person, row._id, content, async () => {
    const open = await reopen(person, await unprovedRequest(person));
    await endPause(person, open, 'identity');
    await tellStaff(person.organization, open, 'document-waits');
  });
}
