import Joi from 'joi';
import { type RequestGroup, type RequestState, requestStates, requestGroups } from './states.ts';
import { type RegimeId, regimeIds } from '../../../config/regimes.ts';
import {
  type RightId,
  type ChannelId,
  type ControllerRole,
  rightIds,
  channelIds,
  controllerRoles,
} from '../../../config/rights.ts';
import { line, objectId } from '../../wire.ts';
import { languageCodes } from '../../language.ts';
import { Types } from 'mongoose';

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
const tagName = line(30)
  .lowercase()
  .pattern(/^[\p{Letter}\p{Number}][\p{Letter}\p{Number}-]*$/u);

/** What a view of the queue keeps: never what was searched for. */
const viewFilters = {
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

const requestGroup = Joi.string()
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
