import Joi from 'joi';
import {
  type RightId,
  type DataClass,
  rightIds,
  dataClasses,
  rightsWithoutProof,
} from '../../../config/rights.ts';
import { inCentre, type InCentre } from '../../centre.ts';
import { type Relation, relations } from '../agreements/service.ts';
import { countries, usStates, canadianProvinces } from '../../deadlines/jurisdiction.ts';
import {
  calendarDay,
  clientKey,
  emailAddress,
  line,
  newClientKey,
  objectId,
  prose,
} from '../../wire.ts';
import { Types } from 'mongoose';
import {
  type ExtensionReason,
  extensionReasons,
  type RefusalGround,
  refusalGroundCodes,
} from './grounds.ts';
import type { AnswerItemKind } from '../../../config/right-catalogue.ts';

const TEXT = 10_000;

/** What decides about regime and dates, before anybody says who they are. */
export interface Asked {
  right: RightId;
  country: string;
  /** State of the United States; null elsewhere. */
  state: string | null;
  dataClass: DataClass;
  /** How the person relates to the organisation; `own` when left out. */
  relation?: Relation;
}

export interface NewRequest extends Asked {
  formKey: string;
  name: string;
  /** Empty only for what staff enter for somebody without an address. */
  email: string;
  phone?: string;
  post?: string;
  details: string;
  /** The clinic or company through which the person is known, in their words. */
  customer?: string;
  answers: Record<string, string>;
}

/** The fields that decide about regime and dates. */
export const asked = {
  right: Joi.string()
    .valid(...rightIds)
    .required(),
  country: Joi.string()
    .valid(...countries)
    .required(),
  // A State or province chosen before the country was changed is dropped.
  state: Joi.string()
    .empty(['', null])
    .when('country', {
      switch: [
        { is: 'US', then: Joi.valid(...usStates).required() },
        { is: 'CA', then: Joi.valid(...canadianProvinces).required() },
      ],
      otherwise: Joi.string()
        .custom(() => null)
        .default(null),
    }),
  dataClass: Joi.string()
    .valid(...dataClasses)
    .empty('')
    .default('ordinary'),
  relation: Joi.string()
    .valid(...relations)
    .empty('')
    .default('own'),
};

/** What is asked, in the person's words. */
export const wording = {
  customer: line(120).allow('').default(''),
  details: prose(TEXT).allow('').default(''),
  answers: Joi.object<Record<string, string>>()
    .pattern(/^[a-z-]{1,40}$/u, prose(2000).allow(''))
    .max(20)
    .default({}),
};

export const newRequest = Joi.object<NewRequest>({
  formKey: clientKey.required(),
  ...asked,
  // Who needs to prove nothing need not say a name either.
  name: line(120)
    .min(2)
    .when('right', {
      is: Joi.valid(...rightsWithoutProof),
      then: Joi.string().allow('').default(''),
      otherwise: Joi.required(),
    }),
  email: emailAddress.required(),
  ...wording,
});

/** What staff write to a person in an answer. */
export const answerText = prose(TEXT);

/** The version that somebody saw and acts upon. */
export interface Versioned {
  version: number;
}
const version = Joi.number().integer().min(1).required();
export const versioned = Joi.object<Versioned>({ version });

export interface Assignment extends Versioned {
  /** Account id; null gives the request back. */
  assigneeId: Types.ObjectId | null;
}
export const assignment = Joi.object<Assignment>({
  version,
  assigneeId: objectId.empty('').allow(null).default(null),
});

export interface ExtensionNotice extends Versioned {
  reason: ExtensionReason;
  text: string;
}
export const extensionNotice = Joi.object<ExtensionNotice>({
  version,
  reason: Joi.string()
    .valid(...extensionReasons)
    .required(),
  text: prose(TEXT).min(3).required(),
});

export interface Refusal extends Versioned {
  ground: RefusalGround;
  text: string;
}
export const refusal = Joi.object<Refusal>({
  version,
  ground: Joi.string()
    .valid(...refusalGroundCodes)
    .required(),
  text: prose(TEXT).min(3).required(),
});

export interface Completion extends Versioned {
  /** In part: what is kept is named beforehand, line by line. */
  kind?: 'completed' | 'partial';
  /** Which way it went, for a right that can go several. */
  result?: string | null;
  text: string;
}
export const completion = Joi.object<Completion>({
  version,
  kind: Joi.string().valid('completed', 'partial').default('completed'),
  result: line(40).empty('').allow(null).default(null),
  text: prose(TEXT).min(3).required(),
});

export interface NewAnswerItem {
  formKey: string;
  kind: AnswerItemKind;
  fields: Record<string, string>;
}
/** What a form says of it: the kind is the form's own. */
export type TypedItem = Omit<NewAnswerItem, 'kind'>;
export const typedItem = Joi.object<TypedItem>({
  formKey: clientKey.default(newClientKey),
  fields: Joi.object<Record<string, string>>()
    .pattern(/^[a-z-]{1,40}$/u, prose(2000).allow(''))
    .max(10)
    .required(),
});

export interface Lifting extends Versioned {
  liftsOn: string;
  text: string;
}
export const lifting = Joi.object<Lifting>({
  version,
  liftsOn: calendarDay.required(),
  text: prose(TEXT).min(3).required(),
});

export interface Forwarding extends Versioned {
  agreementId: Types.ObjectId;
}
export const forwarding = Joi.object<Forwarding>({ version, agreementId: objectId.required() });

export interface NewMessage {
  formKey: string;
  text: string;
}
const message = {
  formKey: clientKey.default(newClientKey),
  text: prose(TEXT).min(1).required(),
};
export const newMessage = Joi.object<NewMessage>(message);

export interface MessageToPerson extends NewMessage {
  /** The answer is needed to go on: where the law allows, the clock waits for it. */
  asks: boolean;
}
export const messageToPerson = Joi.object<MessageToPerson>({
  ...message,
  asks: Joi.boolean().truthy('yes').default(false),
});

export interface NewNote {
  formKey: string;
  note: string;
}
export const newNote = Joi.object<NewNote>({
  formKey: clientKey.default(newClientKey),
  note: prose(TEXT).min(1).required(),
});

/** The forms whose text is kept while it is being written. */
export const draftForms = ['complete', 'message', 'extend', 'refuse'] as const;
export type DraftForm = (typeof draftForms)[number];

export interface NewDraft {
  form: DraftForm;
  text: string;
}
export const newDraft = Joi.object<NewDraft>({
  form: Joi.string()
    .valid(...draftForms)
    .required(),
  text: prose(TEXT).allow('').default(''),
}).options({ stripUnknown: true });

/** What the link of a mail names. */
export interface OfLink extends InCentre {
  token: string;
}
export const ofLink = inCentre.append<OfLink>({ token: line(100).required() });

export interface RequestId {
  id: Types.ObjectId;
}
export const requestId = Joi.object<RequestId>({ id: objectId.required() });

export interface RequestFileId extends RequestId {
  file: Types.ObjectId;
}
export const requestFileId = Joi.object<RequestFileId>({
  id: objectId.required(),
  file: objectId.required(),
});

export interface RequestItemId extends RequestId {
  item: Types.ObjectId;
}
export const requestItemId = Joi.object<RequestItemId>({
  id: objectId.required(),
  item: objectId.required(),
});
