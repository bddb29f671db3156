import { policyNoticeDays } from '../../../config/law/records.ts';
import type { RegimeId } from '../../../config/regimes.ts';
import { computeBreachClocks } from '../../deadlines/breaches.ts';
import { instantAt, localDay, type CalendarDay } from '../../deadlines/days.ts';
import { policyNotice, retentionDates } from '../../deadlines/retention.ts';
import type { Reading, Step } from '../../deadlines/trace.ts';
import type { Organization } from '../organizations/service.ts';
import { regimesOf } from './explanation.ts';
import type { CaseKind, MadeUpCase } from './schema.ts';

export interface ClockDate {
  /** A duty in a breach, or a field such as `keepUntil`. */
  name: string;
  regime: RegimeId | null;
  /** Null where nothing is required, or the law names no end. */
  on: CalendarDay | null;
  /** The instant, for what is counted in hours. */
  at: string | null;
  isRequired: boolean;
}

/** The dates of what is no request: a breach, a changed privacy notice, or the keeping of something. */
export interface ClockExplanation {
  kind: Exclude<CaseKind, 'request'>;
  regimes: readonly RegimeId[];
  dates: readonly ClockDate[];
  alternates: readonly {
    reading: Reading;
    name: string;
    on: CalendarDay;
    at: string | null;
    source: string | null;
  }[];
  trace: readonly Step[];
}

const plain = (name: string, on: CalendarDay | null): ClockDate[] =>
  on === null ? [] : [{ name, regime: null, on, at: null, isRequired: true }];

/** Every date of a made-up case that is no request. Nothing is stored. */
export function explainClock(
  organization: Organization,
  given: MadeUpCase & { kind: ClockExplanation['kind'] },
): ClockExplanation {
  const startOn = given.receivedOn ?? localDay(new Date(), organization.timeZone);
  switch (given.kind) {
    case 'breach':
      return breach(organization, given, startOn);
    case 'notice': {
      const days = given.noticeDays ?? organization.noticePolicy.daysAhead ?? policyNoticeDays;
      const { noticeBy, safeNoticeBy, alternates, trace } = policyNotice(startOn, days);
      const dates = [...plain('noticeBy', noticeBy), ...plain('safeNoticeBy', safeNoticeBy)];
      return { kind: 'notice', regimes: [], dates, alternates: alternates.map(named), trace };
    }
    case 'retention': {
      const { atLeast, atMost, unit } = given;
      const { keepUntil, deleteBy, alternates, trace } = retentionDates(startOn, {
        ...(atLeast !== undefined && { atLeast: [{ n: atLeast, unit }] }),
        ...(atMost !== undefined && { atMost: { n: atMost, unit } }),
      });
      const dates = [...plain('keepUntil', keepUntil), ...plain('deleteBy', deleteBy)];
      return { kind: 'retention', regimes: [], dates, alternates: alternates.map(named), trace };
    }
  }
}

const named = ({ reading, field, on }: { reading: Reading; field: string; on: CalendarDay }) => ({
  reading,
  name: field,
  on,
  at: null,
  source: null,
});

function breach(
  organization: Organization,
  given: MadeUpCase,
  knownOn: CalendarDay,
): ClockExplanation {
  const { timeZone } = organization;
  const calendar = given.calendar ?? organization.calendar;
  const regimes = regimesOf(organization, given);
  const [hour = 0, minute = 0] = (given.time ?? '09:00').split(':').map(Number);
  const { notices, contractBy, principalBy, trace } = computeBreachClocks({
    regimes,
    role: given.role,
    awareAt: new Date(instantAt(knownOn, hour, timeZone).getTime() + minute * 60_000),
    timeZone,
    affected: Math.max(given.affected, given.affectedInState),
    affectedInState: given.affectedInState,
    contractDays: given.contractDays ?? null,
    isSmallAgent: given.isSmallAgent,
    ...(calendar && { calendar }),
  });
  return {
    kind: 'breach',
    regimes,
    dates: [
      ...notices.map(({ duty, regime, by, at, isRequired }) => ({
        name: duty,
        regime,
        on: by,
        at: at?.toISOString() ?? null,
        isRequired,
      })),
      ...plain('contractBy', contractBy),
      ...plain('principalBy', principalBy),
    ],
    alternates: notices.flatMap(({ duty, alternates }) =>
      alternates.map(({ reading, at, source }) => ({
        reading,
        name: duty,
        on: localDay(at, timeZone),
        at: at.toISOString(),
        source,
      })),
    ),
    trace,
  };
}
