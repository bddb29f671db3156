import Joi from 'joi';
import type { ChannelId, IdentityLevel } from '../../../config/rights.ts';
import { calendarDay, clientKey, emailAddress, line, prose } from '../../wire.ts';
import { asked, wording, type NewRequest } from './schema.ts';

/** The ways in that only staff can write down. */
export const staffChannels = ['email', 'phone', 'post', 'in-person'] as const;
export type StaffChannel = Extract<ChannelId, (typeof staffChannels)[number]>;

/** Why something is entered on a later day than it came in. */
export const lateReasons = [
  'found-late',
  'passed-on-late',
  'office-closed',
  'system-failure',
  'other',
] as const;
export type LateReason = (typeof lateReasons)[number];

/** How staff made sure who somebody is; what they looked at is not kept. */
export const checkMethods = [
  'known-in-person',
  'document-seen',
  'called-back',
  'details-matched',
  'signed-letter',
] as const;
export type CheckMethod = (typeof checkMethods)[number];

/** How surely staff know a person; level 0 where nothing was checked. */
export interface IdentityCheck {
  level: IdentityLevel;
  method: CheckMethod | null;
}

/** What staff write down of a request that reached them outside of the house's own forms. */
export interface Entry extends Required<NewRequest>, IdentityCheck {
  channel: StaffChannel;
  /** The day of receipt, by the organisation's calendar. */
  receivedOn: string;
  lateReason: LateReason | null;
  /** The language that the person is written to. */
  language: string;
  /** Enters it although the same person has the same request open. */
  despite: boolean;
}

const method = Joi.string()
  .valid(...checkMethods)
  .empty('')
  .when('level', {
    is: Joi.valid(0),
    then: Joi.any().custom(() => null),
    otherwise: Joi.required(),
  })
  .default(null);
const level = Joi.number().integer().min(0).max(3);

export const entry = Joi.object<Entry>({
  formKey: clientKey.required(),
  ...asked,
  ...wording,
  channel: Joi.string()
    .valid(...staffChannels)
    .required(),
  receivedOn: calendarDay.required(),
  lateReason: Joi.string()
    .valid(...lateReasons)
    .empty('')
    .default(null),
  name: line(120).min(2).required(),
  email: emailAddress.allow('').default(''),
  phone: line(40).allow('').default(''),
  post: prose(300).allow('').default(''),
  language: line(2).required(),
  level: level.empty('').default(0),
  method,
  despite: Joi.boolean().truthy('yes').default(false),
});

/** What the first step of the form chose; anything goes in, and is asked again when it cannot be used. */
export interface EntryChoice {
  right: string;
  country: string | null;
  state: string;
  dataClass: string;
  relation: string;
}

export const entryChoice = Joi.object<EntryChoice>({
  right: line(30).allow('').default(''),
  country: line(30).allow('').default(null),
  state: line(30).allow('').default(''),
  dataClass: line(30).allow('').default('ordinary'),
  relation: line(30).allow('').default(''),
});
