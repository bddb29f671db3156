import type { Regulator } from '../../../config/regulators.ts';
import type { Organization } from '../organizations/service.ts';
import { groundByCode } from './grounds.ts';
import { RequestModel, type RequestRow } from './model.ts';

/** One line that says how to reach an authority. */
export const contactOf = ({ website, phone, address }: Regulator): string =>
  [website.replace(/^https:\/\/(?:www\.)?/u, ''), phone, address].filter(Boolean).join(', ');

/**
 * Whether the person may have an answer looked at again here: one that did not give all that was
 * asked for, once, where the organisation takes appeals; of health records only what the law opens
 * to a review (45 CFR 164.524(a)(4)).
 */
export async function mayAppeal({ rights }: Organization, row: RequestRow): Promise<boolean> {
  const { outcome, right, organizationId, _id, regimes } = row;
  if (!rights.includes('appeal') || right === 'appeal' || outcome === null) return false;
  if (!['refused', 'partial', 'not-verifiable'].includes(outcome.kind)) return false;
  const isHealthOnly = regimes.length === 1 && regimes[0] === 'hipaa';
  const ground = outcome.ground === null ? undefined : groundByCode.get(outcome.ground);
  if (isHealthOnly && right === 'access' && ground && ground.isReviewable !== true) return false;
  return (await RequestModel.exists({ organizationId, appealOf: _id })) === null;
}
