import { breachRules, type BreachDuty, type BreachRule } from '../../config/law/breaches.ts';
import type { CalendarId } from '../../config/law/calendars.ts';
import type { HourPeriod } from '../../config/law/rule.ts';
import type { RegimeId } from '../../config/regimes.ts';
import type { ControllerRole } from '../../config/rights.ts';
import { addBusinessDays, addPeriod, asCalendar, type Calendar } from './calendars.ts';
import { addDays, earliestOf, endOfDay, localDay, type CalendarDay } from './days.ts';
import { wordsOf } from './rule-dates.ts';
import { referenceOf, type RuleReference } from './rules.ts';
import { noteOf, type Reading, type Step } from './trace.ts';

export interface BreachInput {
  readonly regimes: readonly RegimeId[];
  readonly role: ControllerRole;
  /** When the breach was known, or should have been. */
  readonly awareAt: Date;
  readonly timeZone: string;
  /** People concerned in all, and in the one State where they are most. */
  readonly affected: number;
  readonly affectedInState: number;
  /** Days in which an agreement asks a business associate or processor to tell its principal. */
  readonly contractDays?: number | null;
  readonly isSmallAgent?: boolean;
  readonly calendar?: CalendarId | Calendar;
}

/** Whom to tell by when under one rule. */
export interface BreachNotice {
  readonly duty: BreachDuty;
  readonly regime: RegimeId;
  readonly rule: RuleReference;
  readonly isRequired: boolean;
  /** Null where the law names no end, or nothing is required. */
  readonly by: CalendarDay | null;
  /** The instant, for periods counted in hours. */
  readonly at: Date | null;
  readonly alternates: readonly { reading: Reading; at: Date; source: string }[];
}

export interface BreachResult {
  readonly awareOn: CalendarDay;
  readonly notices: readonly BreachNotice[];
  /** What the agreement with the principal asks; the earlier of law and agreement counts. */
  readonly contractBy: CalendarDay | null;
  readonly principalBy: CalendarDay | null;
  readonly trace: readonly Step[];
}

/** Whom to tell of a breach, and by when. Hours run through weekends and never roll. */
export function computeBreachClocks(input: BreachInput): BreachResult {
  const awareOn = localDay(input.awareAt, input.timeZone);
  const trace: Step[] = [{ code: 'aware', params: { timeZone: input.timeZone }, on: awareOn }];
  const rules = breachRules.filter(
    (rule) =>
      !rule.isProposed &&
      input.regimes.includes(rule.regime) &&
      rule.roles.includes(input.role) &&
      rule.effectiveFrom <= awareOn,
  );
  const notices: BreachNotice[] = [];
  for (const rule of rules) notices.push(noticeUnder(rule, input, awareOn, notices, trace));
  const passesOn = input.role === 'processor' || input.role === 'businessAssociate';
  const contractBy =
    passesOn && input.contractDays != null ? addDays(awareOn, input.contractDays) : null;
  if (contractBy !== null) {
    trace.push({
      code: 'contract',
      params: { n: `${input.contractDays}`, unit: 'day' },
      on: contractBy,
    });
  }
  const principal = notices
    .filter(({ duty }) => duty === 'covered-entity' || duty === 'controller')
    .map(({ by }) => by);
  return {
    awareOn,
    notices,
    contractBy,
    principalBy: passesOn ? earliestOf([contractBy, ...principal]) : null,
    trace,
  };
}

function noticeUnder(
  rule: BreachRule,
  input: BreachInput,
  awareOn: CalendarDay,
  earlier: readonly BreachNotice[],
  trace: Step[],
): BreachNotice {
  const note = noteOf(rule, trace);
  const calendar = calendarFor(rule, input.calendar);
  const { duty, regime } = rule;
  const shared = { duty, regime, rule: referenceOf(rule), alternates: [] };
  if (!reaches(rule, input)) {
    note('below-threshold', awareOn, { duty });
    return { ...shared, isRequired: false, by: null, at: null };
  }
  const within = (input.isSmallAgent ? rule.smallAgentWithin : undefined) ?? rule.within;
  if (!within) {
    note('tell-without-delay', awareOn, { duty });
    return { ...shared, isRequired: true, by: null, at: null };
  }
  if (within.unit === 'hour') return inHours(rule, within, input, calendar, trace);
  const from = startOf(rule, awareOn, earlier);
  const by = addPeriod(from, within, calendar);
  note('tell-within', by, { duty, from, ...wordsOf(within, calendar) });
  return { ...shared, isRequired: true, by, at: null };
}

function startOf(
  rule: BreachRule,
  awareOn: CalendarDay,
  earlier: readonly BreachNotice[],
): CalendarDay {
  switch (rule.from) {
    case 'awareness':
      return awareOn;
    case 'end-of-calendar-year':
      return `${awareOn.slice(0, 4)}-12-31`;
    case 'authority-notice': {
      const notice = earlier.find(
        ({ duty, regime }) => duty === 'authority' && regime === rule.regime,
      );
      return notice?.by ?? awareOn;
    }
  }
}

function reaches({ when }: BreachRule, { affected, affectedInState }: BreachInput): boolean {
  if (!when) return true;
  if ('affectedInState' in when) return affectedInState > 500;
  return when.affected === '500-or-more' ? affected >= 500 : affected < 500;
}

/** The strict reading counts every hour; the two others are shown because authors hold them. */
function inHours(
  rule: BreachRule,
  within: HourPeriod,
  { awareAt, timeZone }: BreachInput,
  calendar: Calendar,
  trace: Step[],
): BreachNotice {
  const length = within.n * 3_600_000;
  const at = new Date(awareAt.getTime() + length);
  const by = localDay(at, timeZone);
  noteOf(rule, trace)(
    'tell-within',
    by,
    { duty: rule.duty, n: `${within.n}`, unit: within.unit },
    'strict-hours',
  );
  const nextHour = (Math.floor(awareAt.getTime() / 3_600_000) + 1) * 3_600_000;
  const secondDay = endOfDay(addBusinessDays(localDay(awareAt, timeZone), 2, calendar), timeZone);
  return {
    duty: rule.duty,
    regime: rule.regime,
    rule: referenceOf(rule),
    isRequired: true,
    by,
    at,
    alternates: [
      {
        reading: 'whole-hours',
        at: new Date(nextHour + length),
        source: 'Reg. 1182/71 Art. 3(1)',
      },
      ...(secondDay > at
        ? [
            {
              reading: 'two-working-days' as const,
              at: secondDay,
              source: 'Reg. 1182/71 Art. 3(5)',
            },
          ]
        : []),
    ],
  };
}

const calendarFor = ({ regime }: BreachRule, calendar: BreachInput['calendar']): Calendar =>
  asCalendar(regime === 'lgpd' ? 'BR' : calendar);
