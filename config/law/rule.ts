import type { RegimeId } from '../regimes.ts';
import type { ChannelId, ControllerRole, DataClass, RightId } from '../rights.ts';
import type { CalendarId } from './calendars.ts';

/** A span counted in calendar days, months or business days. Zero days is "at once". */
export interface CalendarPeriod {
  readonly n: number;
  readonly unit: 'day' | 'businessDay' | 'month';
}

/** A span counted from an instant; such a period never rolls (Reg. 1182/71 Art. 3(4)). */
export interface HourPeriod {
  readonly n: number;
  readonly unit: 'hour';
}

/** One longer period, told to the person with reasons within the first one. */
export interface Extension {
  /** Added to the first period; both count together from the clock's start, in the same unit. */
  readonly add: CalendarPeriod;
  readonly anchor: 'clockStart';
  readonly once: true;
  readonly noticeWithin: 'respond';
  readonly reasonRequired: true;
}

/** H: primary text or regulator's page read. M: well known, text not read. L: assumption. */
export type Confidence = 'H' | 'M' | 'L';

/** What one law says about one kind of request: a version of it, never edited once published. */
export interface DeadlineRule {
  readonly id: string;
  readonly version: number;
  readonly regime: RegimeId;
  /** Residences: ISO 3166-1 countries, ISO 3166-2 subdivisions, or `*` where it is irrelevant. */
  readonly jurisdictions: readonly string[];
  /** Subdivisions of these that have a law of their own instead. */
  readonly notIn?: readonly string[];
  readonly requestTypes: readonly RightId[];
  readonly roles: readonly ControllerRole[];
  readonly dataClasses: readonly DataClass[];
  /** Only for these channels, before a rule of the same law that names none. */
  readonly channels?: readonly ChannelId[];
  /** First and last day of receipt to which the rule applies. */
  readonly effectiveFrom: string;
  readonly effectiveTo?: string;
  readonly clockStart: 'receipt' | 'latestOf(receipt,identity,fee)';
  /** `receiptIsDayOne`: the text can be read so; alarms then run one day earlier. */
  readonly firstDay: 'afterReceipt' | 'receiptIsDayOne';
  readonly acknowledge?: CalendarPeriod;
  /** By when the processing has to end; `respond` is then the confirmation. */
  readonly stop?: CalendarPeriod;
  readonly respond?: CalendarPeriod;
  /** A short form of the answer that the law also knows. */
  readonly simplified?: CalendarPeriod;
  /** The longer periods of small agents. */
  readonly smallAgent?: { readonly respond: CalendarPeriod; readonly simplified: CalendarPeriod };
  /** The wording that makes the period an outer limit; a code, put into words by the templates. */
  readonly outerText?: 'without-undue-delay' | 'as-soon-as-feasible';
  readonly extension?: Extension;
  readonly identityPause: 'none' | 'restart' | 'suspend';
  readonly clarificationPause: 'none' | 'suspend' | 'excludeDaysInclusive';
  /** The rights to which the clarification pause is limited; absent where it holds for all. */
  readonly clarificationRights?: readonly RightId[];
  readonly roll: 'none' | 'nextWorkingDay';
  /** General law of time that may give a working day more; slack, never counted upon. */
  readonly mayRoll?: {
    readonly over: 'weekendAndHoliday' | 'sundayAndHoliday';
    readonly source: string;
  };
  /** Alarms ask for it at once, whatever the outer limit. */
  readonly isSafeAtOnceOnly?: true;
  /**
   * Whose holidays count: those of the establishment if it is one of these, otherwise the first;
   * absent for those of the establishment wherever it is.
   */
  readonly calendars?: readonly CalendarId[];
  /** For how long the person must not be asked to opt in again. */
  readonly noReprompt?: CalendarPeriod;
  /** How far back an answer reaches by default, and how far if more is asked for. */
  readonly lookBack?: { readonly period: CalendarPeriod; readonly floor?: string };
  /** Until when copies in archives may outlive a deletion. */
  readonly archives?: CalendarPeriod;
  /** No answer in time is a refusal in law. */
  readonly silence?: 'refusal';
  readonly sources: readonly string[];
  readonly confidence: Confidence;
}

/** The part of an extension that every law known here has in common. */
export const onceWithReasons = {
  anchor: 'clockStart',
  once: true,
  noticeWithin: 'respond',
  reasonRequired: true,
} as const;

/** A clock that runs from receipt, whatever happens: no pause and no roll. */
export const plainClock = {
  version: 1,
  roles: ['controller', 'coveredEntity'],
  clockStart: 'receipt',
  firstDay: 'afterReceipt',
  identityPause: 'none',
  clarificationPause: 'none',
  roll: 'none',
} as const satisfies Partial<DeadlineRule>;

/** Rights that are answered, as opposed to granted at once or handled as a report. */
export const answeredRights = [
  'access',
  'access-categories',
  'correction',
  'deletion',
  'portability',
  'restriction',
  'objection',
  'automated-review',
] as const satisfies readonly RightId[];

export const accessRights = ['access', 'access-categories', 'portability'] as const;

export const everyDataClass = ['ordinary', 'sensitive', 'phi'] as const;

/** Data that HIPAA does not take out of a State's privacy law. */
export const outsideHipaa = ['ordinary', 'sensitive'] as const;

export const days = (n: number) => ({ n, unit: 'day' }) as const;
export const months = (n: number) => ({ n, unit: 'month' }) as const;
export const businessDays = (n: number) => ({ n, unit: 'businessDay' }) as const;
