import Joi from 'joi';
import { calendarIds, type CalendarId } from '../../../config/law/calendars.ts';
import type { RetentionPeriod } from '../../../config/law/records.ts';
import { regimeIds, type RegimeId } from '../../../config/regimes.ts';
import {
  channelIds,
  controllerRoles,
  dataClasses,
  rightIds,
  type ChannelId,
  type ControllerRole,
  type DataClass,
  type RightId,
} from '../../../config/rights.ts';
import { countries, partsOf } from '../../deadlines/jurisdiction.ts';
import { calendarDay, line } from '../../wire.ts';

/** A case that somebody makes up, as typed: it names nobody, and is not kept. */
export type TypedCase = Partial<Record<CaseField, string>>;

export const caseKinds = ['request', 'breach', 'notice', 'retention'] as const;
/** What is counted: a request, whom to tell of a breach or of a changed notice, or how long to keep. */
export type CaseKind = (typeof caseKinds)[number];

export interface MadeUpCase {
  kind: CaseKind;
  right: RightId;
  /** Absent where the residence is not known: then every law offered may apply. */
  country?: string;
  /** A State of the United States or a province of Canada. */
  part?: string;
  /** Laws instead of those of the residence. */
  regimes?: RegimeId[];
  dataClass: DataClass;
  role: ControllerRole;
  channel: ChannelId;
  /** Received, known since, in effect from, or counted from. */
  receivedOn?: string;
  /** When on that day a breach was known, as `HH:MM`. */
  time?: string;
  affected: number;
  affectedInState: number;
  noticeDays?: number;
  atLeast?: number;
  atMost?: number;
  unit: RetentionPeriod['unit'];
  promiseDays?: number;
  contractDays?: number;
  calendar?: CalendarId;
  isSmallAgent: boolean;
  identityAskedOn?: string;
  identityAnsweredOn?: string;
  clarificationAskedOn?: string;
  clarificationAnsweredOn?: string;
  feeAskedOn?: string;
  feePaidOn?: string;
  extensionNoticeOn?: string;
}
export type CaseField = keyof MadeUpCase;

const day = calendarDay.empty('');
const days = Joi.number().integer().min(1).max(365).empty('');
const people = Joi.number().integer().min(0).max(1e9).empty('').default(0);
const span = Joi.number().integer().min(1).max(3650).empty('');
export const spanUnits = ['day', 'month', 'year'] as const;

/** An answer needs a question, and comes no earlier than it. */
const answerTo = (asked: string) =>
  day
    .when(asked, { is: Joi.exist(), otherwise: Joi.forbidden() })
    .custom((value: string, helpers) => {
      const [of] = helpers.state.ancestors as Record<string, unknown>[];
      const before = of?.[asked];
      return typeof before === 'string' && value < before ? helpers.error('any.invalid') : value;
    });

export const caseFields = {
  kind: Joi.string()
    .valid(...caseKinds)
    .empty('')
    .default('request'),
  right: Joi.string()
    .valid(...rightIds)
    .empty('')
    .default('access'),
  country: Joi.string()
    .valid(...countries)
    .empty(''),
  part: Joi.string()
    .valid(
      ...['US', 'CA'].flatMap((country) => partsOf(country).map((part) => `${country}-${part}`)),
    )
    .empty(''),
  regimes: Joi.array()
    .items(Joi.string().valid(...regimeIds))
    .single()
    .unique()
    .empty(''),
  dataClass: Joi.string()
    .valid(...dataClasses)
    .empty('')
    .default('ordinary'),
  role: Joi.string()
    .valid(...controllerRoles)
    .empty('')
    .default('controller'),
  channel: Joi.string()
    .valid(...channelIds)
    .empty('')
    .default('web'),
  receivedOn: day,
  time: Joi.string()
    .pattern(/^(?:[01]\d|2[0-3]):[0-5]\d$/u)
    .empty(''),
  affected: people,
  affectedInState: people,
  noticeDays: days,
  atLeast: span,
  atMost: span,
  unit: Joi.string()
    .valid(...spanUnits)
    .empty('')
    .default('year'),
  promiseDays: days,
  contractDays: days,
  calendar: Joi.string()
    .valid(...calendarIds)
    .empty(''),
  isSmallAgent: Joi.boolean().truthy('yes').empty('').default(false),
  identityAskedOn: day,
  identityAnsweredOn: answerTo('identityAskedOn'),
  clarificationAskedOn: day,
  clarificationAnsweredOn: answerTo('clarificationAskedOn'),
  feeAskedOn: day,
  feePaidOn: answerTo('feeAskedOn'),
  extensionNoticeOn: day,
} satisfies Record<CaseField, Joi.Schema>;

/** For machines: what cannot be used is refused. */
export const madeUpCase = Joi.object<MadeUpCase>(caseFields);

/** For the page, which says kindly what cannot be used. */
export const typedCase = Joi.object<TypedCase>(
  Object.fromEntries(
    Object.keys(caseFields).map((field) => [
      field,
      Joi.alternatives(line(40).allow(''), Joi.any()),
    ]),
  ),
);
