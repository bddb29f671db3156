import Joi from 'joi';
import { Types } from 'mongoose';
import { regimeIds, type RegimeId } from '../../../config/regimes.ts';
import {
  channelIds,
  controllerRoles,
  dataClasses,
  rightIds,
  rightsWithoutProof,
  type ChannelId,
  type ControllerRole,
  type DataClass,
  type RightId,
} from '../../../config/rights.ts';
import { answerItemKinds, type AnswerItemKind } from '../../../config/right-catalogue.ts';
import { languageCodes } from '../../language.ts';
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
import { canadianProvinces, countries, usStates } from '../../deadlines/jurisdiction.ts';
import { requestGroups, requestStates, type RequestGroup, type RequestState } from './states.ts';

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

export const askedRight = Joi.object<Asked>(asked);

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
  state?: RequestState;
  tag?: string;
  language?: string;
  channel?: ChannelId;
  role?: ControllerRole;
  /** Keyed hashes of what was searched for, joined by dots. */
  words?: string;
  /** The beginning of a reference. */
  reference?: string;
  /** Where the page goes on, or before what it ends. */
  cursor?: string;
  before?: string;
}

const choiceOf = (values: readonly string[]) =>
  Joi.string()
    .valid(...values)
    .empty('');

const position = Joi.string()
  .empty('')
  .pattern(/^\d{4}-\d{2}-\d{2}~[0-9a-f]{24}$/u);

/** A tag as it is stored: small letters, digits and dashes. */
export const tagName = line(30)
  .lowercase()
  .pattern(/^[\p{Letter}\p{Number}][\p{Letter}\p{Number}-]*$/u);

/** What a view of the queue keeps: never what was searched for. */
export const viewFilters = {
  regime: choiceOf([...regimeIds, 'none']),
  right: choiceOf(rightIds),
  assignee: Joi.string()
    .empty('')
    .pattern(/^(?:me|none|[0-9a-f]{24})$/u),
  due: choiceOf(['overdue', 'soon']),
  state: choiceOf(requestStates),
  tag: tagName.empty(''),
  language: choiceOf(languageCodes),
  channel: choiceOf(channelIds),
  role: choiceOf(controllerRoles),
};

export type ViewFilters = Omit<QueueFilters, 'words' | 'reference' | 'cursor' | 'before'>;

/** What was typed into the search, in a drawer of the queue. */
export interface SearchForm {
  q: string;
  group: RequestGroup;
}

export interface NewView extends ViewFilters {
  name: string;
  shared?: 'yes';
}

/** What is done to the requests of a page that were chosen. */
export interface BulkChange {
  act: 'assign' | 'tag' | 'untag';
  /** Each with the version that was seen. */
  rows: { id: Types.ObjectId; version: number }[];
  assigneeId: Types.ObjectId | null;
  tag?: string;
}

export const requestGroup = Joi.string()
  .valid(...requestGroups)
  .empty('')
  .default('open');
export const queueFilters = Joi.object<QueueFilters>({
  group: requestGroup,
  ...viewFilters,
  words: Joi.string()
    .empty('')
    .pattern(/^[\w-]{16}(?:\.[\w-]{16}){0,5}$/u),
  reference: Joi.string()
    .empty('')
    .pattern(/^[0-9A-Z]{3,4}(?:-[0-9A-Z]{1,4}){0,2}$/u),
  cursor: position,
  before: position,
}).oxor('cursor', 'before');

export const searchForm = Joi.object<SearchForm>({
  q: line(200).allow('').default(''),
  group: requestGroup,
});

export const newView = Joi.object<NewView>({
  name: line(60).min(1).required(),
  shared: Joi.string().valid('yes'),
  group: requestGroup,
  ...viewFilters,
});

const MOST_CHOSEN = 50;

const chosenRow = Joi.string()
  .pattern(/^[0-9a-f]{24}~\d{1,9}$/u)
  .custom((value: string) => {
    const [id = '', version = ''] = value.split('~');
    return { id: new Types.ObjectId(id), version: Number(version) };
  });

export const bulkChange = Joi.object<BulkChange>({
  act: Joi.string().valid('assign', 'tag', 'untag').required(),
  rows: Joi.array().items(chosenRow).single().min(1).max(MOST_CHOSEN).required(),
  assigneeId: objectId.empty('').allow(null).default(null),
  tag: tagName.empty('').when('act', { is: 'assign', otherwise: Joi.required() }),
});

export interface TagForm {
  /** Separated by commas. */
  tags: string[];
  /** Those that the form showed. */
  seen: string[];
}

const tagList = Joi.string()
  .empty('')
  .max(400)
  .custom((value: string, helpers) => {
    const tags = value
      .split(',')
      .map((tag) => tag.trim().toLowerCase().replaceAll(/\s+/gu, '-'))
      .filter((tag) => tag !== '');
    const isBad = tags.some((tag) => tagName.validate(tag).error !== undefined);
    return isBad ? helpers.error('any.invalid') : [...new Set(tags)];
  });
export const tagForm = Joi.object<TagForm>({
  tags: tagList.default(() => []),
  seen: tagList.default(() => []),
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
