import type { IdentityLevel } from '../../../config/rights.ts';
import { Problem } from '../../problem.ts';
import type { OrganizationActor } from '../audit/service.ts';
import {
  addEvidence,
  beginAsking,
  caseStanding,
  changeCircumstances,
  identityCase,
  type ChangedCircumstances,
  type Proof,
} from '../identity/service.ts';
import { organizationById } from '../organizations/service.ts';
import { tellStaff } from './mails.ts';
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

/** From now on the person is reminded of what only they can do; in the caller's transaction. */
export async function askForMore(row: RequestRow): Promise<void> {
  if ((await whoProves(row)) === 'person') await beginAsking(row.organizationId, row._id);
}
