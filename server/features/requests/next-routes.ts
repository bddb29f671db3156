import type { OutcomeKind } from '../../../config/right-catalogue.ts';
import type { Regulator } from '../../../config/regulators.ts';
import type { Organization } from '../organizations/service.ts';
import { groundByCode, type RefusalGround } from './grounds.ts';
import { RequestModel, type RequestRow } from './model.ts';

/** One line that says how to reach an authority. */
export const contactOf = ({ website, phone, address }: Regulator): string =>
  [website.replace(/^https:\/\/(?:www\.)?/u, ''), phone, address].filter(Boolean).join(', ');

/**
 * Whether an answer can be looked at again here: one that does not give all that was asked for,
 * where the organisation takes appeals; of health records only what the law opens to a review
 * (45 CFR 164.524(a)(4)).
 */
export function isAppealable(
  { rights }: Organization,
  { right, regimes }: Pick<RequestRow, 'regimes' | 'right'>,
  answer: { kind: OutcomeKind; ground: RefusalGround | null },
): boolean {
  if (!rights.includes('appeal') || right === 'appeal') return false;
  if (!['refused', 'partial', 'not-verifiable'].includes(answer.kind)) return false;
  const isHealthOnly = regimes.length === 1 && regimes[0] === 'hipaa';
  const ground = answer.ground === null ? undefined : groundByCode.get(answer.ground);
  return !(isHealthOnly && right === 'access' && ground && ground.isReviewable !== true);
}

/** Whether the person may have the answer looked at again: once. */
export async function mayAppeal(organization: Organization, row: RequestRow): Promise<boolean> {
  const { outcome, organizationId, _id } = row;
  if (outcome === null || !isAppealable(organization, row, outcome)) return false;
  return (await RequestModel.exists({ organizationId, appealOf: _id })) === null;
}
