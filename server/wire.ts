import { randomUUID } from 'node:crypto';
import Joi from 'joi';
import { Types } from 'mongoose';
import { isCalendarDay } from './deadlines/days.ts';

/** The building blocks of every `schema.ts`: what a value from outside may look like. */

// Control characters have no place in what people type; a lone surrogate is not text at all.
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]|\p{Surrogate}/u;
const LINE_BREAK = /[\r\n\u2028\u2029]/u;

const isPlain: Joi.CustomValidator<string> = (value, helpers) =>
  CONTROL.test(value) ? helpers.error('string.plain') : value;

const isOneLine: Joi.CustomValidator<string> = (value, helpers) =>
  LINE_BREAK.test(value) ? helpers.error('string.plain') : value;

/** One line of text, trimmed. */
export const line = (max: number) =>
  Joi.string().trim().max(max).custom(isPlain).custom(isOneLine).messages(plainMessage);

/** Text of several lines, trimmed. */
export const prose = (max: number) =>
  Joi.string().trim().max(max).custom(isPlain).messages(plainMessage);

const plainMessage = { 'string.plain': '{{#label}} contains signs that are not text' };

export const emailAddress = Joi.string()
  .trim()
  .max(254)
  .custom(isPlain)
  .email({ tlds: false, minDomainSegments: 1 })
  .messages(plainMessage);

/** An id of ours, turned into an ObjectId. */
export const objectId = Joi.string()
  .hex()
  .length(24)
  .custom((value: string) => new Types.ObjectId(value));

/** An address that names one row of ours. */
export interface OfId {
  id: Types.ObjectId;
}
export const ofId = Joi.object<OfId>({ id: objectId.required() });

/** A legal day of the calendar, `YYYY-MM-DD`. */
export const calendarDay = Joi.string()
  .pattern(/^\d{4}-\d{2}-\d{2}$/u)
  .custom((value: string, helpers) =>
    isCalendarDay(value) ? value : helpers.error('any.invalid'),
  );

/** A country (ISO 3166-1 alpha-2). */
export const countryCode = Joi.string().pattern(/^[A-Z]{2}$/u);

/** A key made by the caller, under which the same post counts once. */
export const clientKey = Joi.string().guid({ version: 'uuidv4' });

export const newClientKey = (): string => randomUUID();
