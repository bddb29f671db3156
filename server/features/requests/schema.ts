import Joi from 'joi';
import type { Types } from 'mongoose';
import { regimeIds, type RegimeId } from '../../../config/regimes.ts';
import {
  dataClasses,
  rightIds,
  rightsWithoutProof,
  type DataClass,
  type RightId,
} from '../../../config/rights.ts';
import { answerItemKinds, type AnswerItemKind } from '../../../config/right-catalogue.ts';
import { relations, type Relation } from '../agreements/service.ts';
import {
  calendarDay,
  clientKey,
  emailAddress,
  line,
  newClientKey,
  objectId,
  prose,
} from '../../wire.ts';
import {
  extensionReasons,
  refusalGroundCodes,
  type ExtensionReason,
  type RefusalGround,
} from './grounds.ts';
import { countries, usStates } from '../../deadlines/jurisdiction.ts';
import { requestGroups, type RequestGroup } from './states.ts';

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
  // A State chosen before the country was changed is dropped.
  state: Joi.string()
    .empty(['', null])
    .when('country', {
      is: 'US',
      then: Joi.valid(...usStates).required(),
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

export const askedRight = Joi.object<Asked>(asked);

/** What is asked, in the person's words. */
export const wording = {
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
export const newAnswerItem = Joi.object<NewAnswerItem>({
  formKey: clientKey.default(newClientKey),
  kind: Joi.string()
    .valid(...answerItemKinds)
    .required(),
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

export interface QueueFilters {
  group: RequestGroup;
  /** `none`: under no law, only under the promise. */
  regime?: RegimeId | 'none';
  right?: RightId;
  /** `me`, `none` or an account id. */
  assignee?: string;
  /** `overdue`: the last day has passed; `soon`: it is at most a week away. */
  due?: 'overdue' | 'soon';
  cursor?: string;
}
export const queueFilters = Joi.object<QueueFilters>({
  group: Joi.string()
    .valid(...requestGroups)
    .empty('')
    .default('open'),
  regime: Joi.string()
    .valid(...regimeIds, 'none')
    .empty(''),
  right: Joi.string()
    .valid(...rightIds)
    .empty(''),
  assignee: Joi.string()
    .empty('')
    .pattern(/^(?:me|none|[0-9a-f]{24})$/u),
  due: Joi.string().valid('overdue', 'soon').empty(''),
  cursor: Joi.string()
    .empty('')
    .pattern(/^(?:\d{4}-\d{2}-\d{2})?~[0-9a-f]{24}$/u),
});

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
