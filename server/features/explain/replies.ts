import Joi from 'joi';
import { regimeIds } from '../../../config/regimes.ts';
import { caseKinds } from './schema.ts';
import { readings, stepCodes } from '../../deadlines/trace.ts';

/** What JSON doors say of dates. */
const required = (members: Joi.SchemaMap) => Joi.object(members).options({ presence: 'required' });
const day = Joi.string().pattern(/^\d{4}-\d{2}-\d{2}$/u);
const maybeDay = day.allow(null);
const oneOf = (values: readonly string[]) => Joi.string().valid(...values);

const reading = oneOf(readings);

/** Requests from before these were counted do not have them. */
const newer = Object.fromEntries(
  Object.entries({
    clockStart: day,
    pausedDays: Joi.number().integer(),
    isPaused: Joi.boolean(),
    baseEnd: maybeDay,
    refusalBy: maybeDay,
    stopBy: maybeDay,
    confirmBy: maybeDay,
    acknowledgeSafe: maybeDay,
    simplifiedDue: maybeDay,
    smallAgentDue: maybeDay,
    forwardBy: maybeDay,
    principalDue: maybeDay,
    extensionAccepted: Joi.boolean().allow(null),
    lawfulDue: maybeDay,
    lookBackFrom: maybeDay,
    lookBackFloor: maybeDay,
    noRepromptBefore: maybeDay,
    archivesUntil: maybeDay,
    underRules: Joi.array().items(
      required({
        rule: Joi.string(),
        regime: oneOf(regimeIds),
        due: maybeDay,
        safeDue: maybeDay,
        extendedDue: maybeDay,
      }),
    ),
    alternates: Joi.array().items(
      required({
        reading,
        field: Joi.string(),
        on: day,
        rule: Joi.string(),
        source: Joi.string().optional(),
        calendar: Joi.string().optional(),
      }),
    ),
  }).map(([name, schema]) => [name, schema.optional()]),
);

const dates = {
  receivedOn: day,
  statutoryEnd: maybeDay,
  due: maybeDay,
  safeDue: maybeDay,
  promiseDue: maybeDay,
  effectiveDue: day,
  alarmOn: day,
  acknowledgeBy: maybeDay,
  extensionNoticeBy: maybeDay,
  extendedStatutoryEnd: maybeDay,
  extendedDue: maybeDay,
  isExtended: Joi.boolean(),
  expiresOn: day,
  rules: Joi.array().items(Joi.string()),
  trace: Joi.array().items(
    required({
      code: oneOf(stepCodes),
      params: Joi.object().unknown(),
      on: day,
      source: Joi.string().optional(),
      reading: reading.optional(),
    }),
  ),
  ...newer,
};

/** All dates of a request. */
export const deadlinesReply = required(dates);

const maybe = (schema: Joi.Schema) => schema.allow(null);

/** All dates of what is no request. */
const clockReply = required({
  kind: oneOf(caseKinds.filter((kind) => kind !== 'request')),
  regimes: Joi.array().items(oneOf(regimeIds)),
  dates: Joi.array().items(
    required({
      name: Joi.string(),
      regime: maybe(oneOf(regimeIds)),
      on: maybeDay,
      at: maybe(Joi.string().isoDate()),
      isRequired: Joi.boolean(),
    }),
  ),
  alternates: Joi.array().items(
    required({
      reading,
      name: Joi.string(),
      on: day,
      at: maybe(Joi.string().isoDate()),
      source: maybe(Joi.string()),
    }),
  ),
  trace: dates.trace,
});

/** All dates of a made-up case, and the laws that it falls under. */
const requestReply = required({
  ...dates,
  regimes: Joi.array().items(oneOf(regimeIds)),
});

/** What the explanation of a case says, whatever its kind. */
export const explanationReply = Joi.alternatives().try(requestReply, clockReply);
