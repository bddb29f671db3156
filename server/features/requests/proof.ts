import type { IdentityLevel } from '../../../config/rights.ts';
import { Problem } from '../../problem.ts';
import { localDay } from '../../deadlines/days.ts';
import { recordAudit, system, type OrganizationActor } from '../audit/service.ts';
import {
  addEvidence,
  beginAsking,
  caseStanding,
  changeCircumstances,
  closesAt,
  identityCase,
  type ChangedCircumstances,
  type Proof,
} from '../identity/service.ts';
import { organizationById, type Organization } from '../organizations/service.ts';
import { arrivalLetter, tellPerson, tellStaff } from './mails.ts';
import { RequestModel, type RequestRow } from './model.ts';
import { endPause } from './pauses.ts';

export const isProved = ({
  provenLevel,
  requiredLevel,
}: Pick<RequestRow, 'provenLevel' | 'requiredLevel'>) => provenLevel >= requiredLevel;

/**
 * Nothing is disclosed, changed or erased for somebody who is not known surely enough. Staff cannot
 * pass this by; they can record what proved the person. @throws Problem not-allowed-now (`identity-not-proved`)
 */
export function refuseUnlessProved(row: Pick<RequestRow, 'provenLevel' | 'requiredLevel'>): void {
  if (isProved(row)) return;
  throw new Problem('not-allowed-now', 'It is not yet proved who asks for this.', {
    code: 'identity-not-proved',
  });
}

/** Deleting what cannot be got back takes two people. */
export const needsSecondCheck = ({
  right,
  requiredLevel,
}: Pick<RequestRow, 'right' | 'requiredLevel'>) => right === 'deletion' && requiredLevel === 3;

async function isCheckedByOther({ id, organizationId }: OrganizationActor, row: RequestRow) {
  const { checkedBy } = await identityCase(organizationId, row._id);
  return checkedBy !== null && checkedBy !== id;
}

/** Whether somebody on staff may answer a request with what it asks for. */
export const isReady = async (staff: OrganizationActor, row: RequestRow): Promise<boolean> =>
  isProved(row) && (!needsSecondCheck(row) || (await isCheckedByOther(staff, row)));

/**
 * What must hold before a request is granted, in whole or in part.
 * @throws Problem not-allowed-now (`identity-not-proved`, or `not-checked` when nobody else has
 * looked at this deletion)
 */
export async function refuseUnlessReady(staff: OrganizationActor, row: RequestRow): Promise<void> {
  refuseUnlessProved(row);
  if (await isReady(staff, row)) return;
  throw new Problem('not-allowed-now', 'A second person has to check this deletion first.', {
    code: 'not-checked',
  });
}

/** Adds a proof to a request, in the caller's transaction. Staff are told when it was the last one needed. */
export async function provePerson(
  actor: OrganizationActor,
  row: RequestRow,
  proof: Proof,
  asked: number | null = null,
): Promise<IdentityLevel> {
  const { _id, organizationId } = row;
  const provenLevel = await addEvidence(actor, _id, proof, asked);
  if (provenLevel === row.provenLevel) return provenLevel;
  await RequestModel.updateOne({ _id, organizationId }, { provenLevel });
  if (isProved({ ...row, provenLevel })) await endPause(actor, row, 'identity');
  if (!isProved(row) && isProved({ ...row, provenLevel }) && actor.kind === 'subject') {
    await tellStaff(await organizationById(organizationId), row, 'identity-proved');
  }
  return provenLevel;
}

/** Decides the level of a request anew with what is known now, in the caller's transaction. */
export async function decideLevelAnew(
  actor: OrganizationActor,
  { _id, organizationId, right, dataClass, needsProof }: RequestRow,
  changed: Partial<ChangedCircumstances>,
): Promise<void> {
  const of = { requestId: _id, right, dataClass, needsProof };
  const requiredLevel = await changeCircumstances(actor, of, changed);
  await RequestModel.updateOne({ _id, organizationId }, { requiredLevel });
}

/** Whether the person can do something for a higher level, or only the office can. */
export async function whoProves({ _id, organizationId }: RequestRow): Promise<'person' | 'office'> {
  const { ways } = await caseStanding(await identityCase(organizationId, _id));
  return ways.some((way) => way !== 'office') ? 'person' : 'office';
}

/**
 * Asks a person for what is still missing, and from now on reminds them of it; in the caller's
 * transaction. Whom no mail reaches, and for whom only the office can act, is not waited for: there
 * the next step is the staff's.
 */
async function askForMore(organization: Organization, row: RequestRow): Promise<void> {
  if (isProved(row) || (await whoProves(row)) !== 'person') return;
  const { organizationId, _id: id, timeZone } = row;
  const askedAt = new Date();
  await beginAsking(organizationId, id, askedAt);
  await recordAudit(system(organizationId), 'identity.asked', { kind: 'request', id });
  const endsOn = localDay(closesAt(askedAt), timeZone);
  await tellPerson(organization, row, 'identity-asked', { endsOn });
}

/**
 * Tells a person who is known so far that their request is here, and what else proves that it is
 * theirs; in the caller's transaction, whatever way it came. False when no mail reaches them.
 */
export async function welcomePerson(organization: Organization, row: RequestRow): Promise<boolean> {
  const isTold = await tellPerson(organization, row, arrivalLetter(row));
  if (isTold) await askForMore(organization, row);
  return isTold;
}
