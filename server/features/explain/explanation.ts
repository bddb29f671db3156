import { productDefaults } from '../../../config/regimes.ts';
import type { RegimeId } from '../../../config/regimes.ts';
import { computeDeadlines, type DeadlineResult } from '../../deadlines/deadlines.ts';
import { instantAt, localDay } from '../../deadlines/days.ts';
import { regimesFor } from '../../deadlines/jurisdiction.ts';
import type { Pause, PauseKind } from '../../deadlines/pauses.ts';
import type { Organization } from '../organizations/service.ts';
import type { MadeUpCase } from './schema.ts';

export interface Explanation extends DeadlineResult {
  regimes: readonly string[];
}

/** Every date of a made-up case, as the organisation would have to keep it. Nothing is stored. */
export function explainCase(organization: Organization, given: MadeUpCase): Explanation {
  const { timeZone, promiseDays, promiseYields, closingDays } = organization;
  const { right, role, channel, isSmallAgent, extensionNoticeOn } = given;
  const calendar = given.calendar ?? organization.calendar;
  const regimes = regimesOf(organization, given);
  const receivedOn = given.receivedOn ?? localDay(new Date(), timeZone);
  const result = computeDeadlines({
    right,
    regimes,
    receivedAt: instantAt(receivedOn, productDefaults.reminderHour, timeZone),
    timeZone,
    promiseDays: given.promiseDays ?? promiseDays,
    promiseYields,
    role,
    channel,
    isSmallAgent,
    contractDays: given.contractDays ?? null,
    pauses: pausesOf(given),
    closingDays,
    ...(calendar && { calendar }),
    ...(extensionNoticeOn !== undefined && { extensionNoticeOn }),
  });
  return { ...result, regimes };
}

/** The laws that a case falls under: those named, or those of the residence. */
export const regimesOf = ({ regimes: offered }: Organization, given: MadeUpCase): RegimeId[] =>
  given.regimes ?? regimesFor(residenceOf(given), given.dataClass, offered, given.right);

function residenceOf({ country, part }: MadeUpCase) {
  if (country === undefined) return null;
  const isOfCountry = part?.startsWith(`${country}-`) ?? false;
  return { country, state: isOfCountry ? (part?.slice(3) ?? null) : null };
}

function pausesOf(given: MadeUpCase): Pause[] {
  const pause = (kind: PauseKind, askedOn?: string, answeredOn?: string): Pause[] =>
    askedOn === undefined ? [] : [{ kind, askedOn, answeredOn: answeredOn ?? null }];
  return [
    ...pause('identity', given.identityAskedOn, given.identityAnsweredOn),
    ...pause('clarification', given.clarificationAskedOn, given.clarificationAnsweredOn),
    ...pause('fee', given.feeAskedOn, given.feePaidOn),
  ];
}
