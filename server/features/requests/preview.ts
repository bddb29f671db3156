import type { RegimeId } from '../../../config/regimes.ts';
import { rightsWithoutProof, type ChannelId, type ControllerRole } from '../../../config/rights.ts';
import { computeDeadlines, type DeadlineResult } from '../../deadlines/deadlines.ts';
import { regimesFor } from '../../deadlines/jurisdiction.ts';
import { invalidField } from '../../problem.ts';
import { roleFor } from '../agreements/service.ts';
import type { Organization } from '../organizations/service.ts';
import type { Asked } from './schema.ts';

export interface Preview {
  regimes: RegimeId[];
  /** In which part the organisation holds the data. */
  role: ControllerRole;
  needsProof: boolean;
  deadlines: DeadlineResult;
}

/**
 * Under which regime and until when a request would be answered if it were sent now. Opting out
 * of sale or sharing, and limiting sensitive data, must be granted to a Californian without proof
 * of identity (11 CCR 7026(d), 7027(e), 7060(b)).
 * @throws Problem invalid for a right that the organisation does not offer.
 */
export function previewRequest(
  organization: Organization,
  { right, country, state, dataClass, relation = 'own' }: Asked,
  receivedAt = new Date(),
  channel?: ChannelId,
  contractDays: number | null = null,
): Preview {
  const { rights, roles, regimes: offered, timeZone, calendar, closingDays } = organization;
  const { promiseDays, promiseYields } = organization;
  if (!rights.includes(right)) {
    throw invalidField('right', 'any.only', 'right is not offered here');
  }
  const regimes = regimesFor({ country, state }, dataClass, offered, right);
  const role = roleFor({ roles }, dataClass, relation);
  const deadlines = computeDeadlines({
    right,
    regimes,
    receivedAt,
    timeZone,
    promiseDays,
    promiseYields,
    role,
    contractDays,
    closingDays,
    ...(calendar && { calendar }),
    ...(channel && { channel }),
  });
  const isOptOut = deadlines.rules.some((rule) => /^ccpa-(opt-out|signal)@/u.test(rule));
  const needsProof = !isOptOut && !rightsWithoutProof.includes(right);
  return { regimes, role, needsProof, deadlines };
}
