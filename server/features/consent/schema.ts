import Joi from 'joi';
import type { Types } from 'mongoose';
import {
  categoryIds,
  choiceActions,
  consentModels,
  optionalCategoryIds,
  type ChoiceAction,
  type ConsentModel,
  type OptionalCategoryId,
} from '../../../config/consent.ts';
import { calendarDay, line, objectId } from '../../wire.ts';
import type { Choices, ConsentRecordRow } from './model.ts';
import { modulePieces, type ModulePiece } from './pieces.ts';

/** What the widget reports, as `client-widget/types.ts` (ChoiceRecord) describes it. */
export interface SentChoice {
  clientKey: string;
  visitorId: string;
  configurationHash: string;
  action: ChoiceAction;
  choices: Choices;
  services: Record<string, boolean>;
  model: ConsentModel;
  regime: string;
  language: string;
  signals: { gpc: boolean; dnt: boolean; tcf: string | null; gpp: string | null };
  page: string;
  chosenAt: Date;
  previousKey: string | null;
}

/**
 * Made by a browser: new ones begin with their time, older ones are wholly random. One spelling only, so that a choice
 * is not recorded twice and a visitor is found.
 */
const browserKey = Joi.string()
  .lowercase()
  .guid({ version: ['uuidv4', 'uuidv7'], separator: '-', wrapper: false });

const strictBoolean = Joi.boolean().strict();

/** Origin and path of a web page: what follows may tell more about the visitor than the record needs. */
const page = Joi.string()
  .max(2048)
  .custom((value: string, helpers) => {
    if (!URL.canParse(value) || /[?#]/u.test(value)) return helpers.error('string.uri');
    const { protocol, username, password, href } = new URL(value);
    return /^https?:$/u.test(protocol) && username === '' && password === ''
      ? href
      : helpers.error('string.uri');
  });

const choicesWith = (granted: Joi.Schema) =>
  Joi.object<Choices>({
    necessary: Joi.valid(true).required(),
    ...Object.fromEntries(optionalCategoryIds.map((id) => [id, granted])),
  }).required();

const serviceId = Joi.string().pattern(/^[a-z\d][a-z\d-]{0,39}$/u);
/** So many services a choice can name. */
export const MOST_SERVICES = 200;
const serviceChoices = Joi.object<Record<string, boolean>>()
  .pattern(serviceId, strictBoolean)
  .max(MOST_SERVICES);
/** What an IAB framework says, in its own encoding. */
const frameworkString = Joi.string()
  .pattern(/^[\w~.-]+$/u)
  .max(4000)
  .allow(null);

export const sentChoice = Joi.object<SentChoice>({
  clientKey: browserKey.required(),
  visitorId: browserKey.required(),
  configurationHash: Joi.string().hex().length(64).required(),
  action: Joi.string()
    .valid(...choiceActions)
    .required(),
  choices: choicesWith(strictBoolean.required()),
  services: serviceChoices.required(),
  model: Joi.string()
    .valid(...consentModels)
    .required(),
  regime: line(40).required(),
  language: line(35).required(),
  signals: Joi.object({
    gpc: strictBoolean.required(),
    dnt: strictBoolean.required(),
    tcf: frameworkString.required(),
    gpp: frameworkString.required(),
  }).required(),
  page: page.required(),
  chosenAt: Joi.date().iso().required(),
  previousKey: browserKey.allow(null).required(),
});

/** That a banner was shown, as `client-widget/types.ts` (PromptReport) describes it. */
export type SentPrompt = Pick<SentChoice, 'configurationHash' | 'model' | 'regime' | 'language'>;

export const sentPrompt = Joi.object<SentPrompt>({
  configurationHash: Joi.string().hex().length(64).required(),
  model: Joi.string()
    .valid(...consentModels)
    .required(),
  regime: line(40).required(),
  language: line(35).required(),
});
export const promptReply = Joi.object({ status: Joi.valid('ok').required() });

/** Whose browser it is, as `client-widget/types.ts` (Identification) describes it. */
export interface SentIdentification {
  token: string;
  visitorId: string;
}
export const sentIdentification = Joi.object<SentIdentification>({
  token: Joi.string().max(16_384).required(),
  visitorId: browserKey.required(),
});
export const identificationReply = Joi.object({
  choice: Joi.object({
    choices: choicesWith(strictBoolean.required()),
    services: serviceChoices.required(),
    chosenAt: Joi.string().isoDate().required(),
  })
    .allow(null)
    .required(),
});

export const gpcView = Joi.object({
  gpc: Joi.boolean().required(),
  lastUpdate: calendarDay.required(),
});

export const siteKeyParams = Joi.object<{ siteKey: string }>({
  siteKey: Joi.string()
    .pattern(/^[\w-]{1,40}$/u)
    .required(),
});
export interface ModuleParams {
  siteKey: string;
  /** Number of the version and build of the widget. */
  version: { number: number; build: string };
  language: string;
  regime: string;
  piece: ModulePiece;
}
export const moduleParams = Joi.object<ModuleParams>({
  siteKey: siteKeyParams.extract('siteKey'),
  version: Joi.string()
    .custom((value: string, helpers) => {
      const [, number, build = ''] = /^(\d{1,6})-([\da-f]{8})$/u.exec(value) ?? [];
      return number === undefined
        ? helpers.error('any.invalid')
        : { number: Number(number), build };
    })
    .required(),
  language: Joi.string().max(35).required(),
  regime: line(40).required(),
  piece: Joi.string()
    .valid(...modulePieces)
    .required(),
});
export const bannerQuery = Joi.object<{ lang?: string }>({ lang: Joi.string().max(35) });
export const rulesQuery = Joi.object<{ region?: string }>({
  region: Joi.string().pattern(/^[A-Z]{2}(?:-[A-Z\d]{1,3})?$/u),
});
export const rulesReply = Joi.object({
  model: Joi.string()
    .valid(...consentModels)
    .required(),
  regime: Joi.string().required(),
  honoursGpc: Joi.boolean().required(),
  categories: Joi.array().items(Joi.string()).required(),
  services: Joi.array()
    .items(
      Joi.object({
        id: Joi.string().required(),
        category: Joi.string().required(),
        domains: Joi.array().items(Joi.string()).required(),
      }),
    )
    .required(),
  allowed: Joi.array().items(Joi.string()).required(),
  purposesHash: Joi.string().required(),
  renewAfterDays: Joi.number().integer().required(),
  refusalDays: Joi.number().integer().required(),
});
export const choiceReply = Joi.object({
  clientKey: browserKey.required(),
  recordedAt: Joi.string().isoDate().required(),
});

export type CategoryAnswer = `${OptionalCategoryId}-${'granted' | 'refused'}`;
export const categoryAnswers = optionalCategoryIds.flatMap((id): CategoryAnswer[] => [
  `${id}-granted`,
  `${id}-refused`,
]);

/** How staff narrow a list of records. Days are days of the organisation's time zone. */
export interface RecordFilter {
  from?: string;
  to?: string;
  action?: ChoiceAction;
  /** Such as `analytics-granted`. */
  answer?: CategoryAnswer;
  gpc?: boolean;
  language?: string;
  visitor?: string;
}

const filterFields = {
  from: calendarDay.empty(''),
  to: calendarDay.empty(''),
  action: Joi.string()
    .valid(...choiceActions)
    .empty(''),
  answer: Joi.string()
    .valid(...categoryAnswers)
    .empty(''),
  gpc: Joi.boolean().empty(''),
  language: Joi.string()
    .pattern(/^[a-z]{2,3}(?:-[a-z\d]{2,8})*$/iu)
    .empty(''),
  visitor: browserKey.trim().empty(''),
};

/** Where a page of a list begins: just before the record at this time with this id. */
export interface RecordCursor {
  recordedAt: Date;
  id: string;
}

const cursor = Joi.string().custom((value: string, helpers) => {
  const [, millis = '', id = ''] = /^(\d{1,15})-([0-9a-f]{24})$/u.exec(value) ?? [];
  return id === '' ? helpers.error('any.invalid') : { recordedAt: new Date(Number(millis)), id };
});

export const cursorOf = ({ recordedAt, _id }: ConsentRecordRow) =>
  `${recordedAt.getTime()}-${_id.toHexString()}`;

export type RecordQuery = RecordFilter & { before?: RecordCursor; after?: RecordCursor };
export const recordFilter = Joi.object<RecordFilter>(filterFields);
export const recordQuery = Joi.object<RecordQuery>({
  ...filterFields,
  before: cursor,
  after: cursor,
}).oxor('before', 'after');

export const siteParams = Joi.object<{ site: Types.ObjectId }>({ site: objectId.required() });
export const recordParams = Joi.object<{ site: Types.ObjectId; record: Types.ObjectId }>({
  site: objectId.required(),
  record: objectId.required(),
});
const choicesView = choicesWith(Joi.boolean().required());
/** A category that the site left out has none. */
const legalBasisView = Joi.object(
  Object.fromEntries(categoryIds.map((id) => [id, Joi.string()])),
).required();
const moment = Joi.string().isoDate().required();

export const recordView = Joi.object({
  id: objectIdText(),
  siteId: objectIdText(),
  clientKey: browserKey.required(),
  visitorId: browserKey.required(),
  action: Joi.string()
    .valid(...choiceActions)
    .required(),
  choices: choicesView,
  services: serviceChoices.required(),
  legalBasis: legalBasisView,
  model: Joi.string()
    .valid(...consentModels)
    .required(),
  regime: Joi.string().required(),
  region: Joi.string().allow(null).required(),
  configurationHash: Joi.string().required(),
  configurationVersion: Joi.number().integer().required(),
  textsHash: Joi.string().allow('').required(),
  language: Joi.string().required(),
  gpc: Joi.boolean().required(),
  dnt: Joi.boolean().required(),
  tcf: Joi.string().allow(null).required(),
  gpp: Joi.string().allow(null).required(),
  page: Joi.string().required(),
  browser: Joi.string().required(),
  device: Joi.string().required(),
  chosenAt: moment,
  recordedAt: moment,
  inForceAt: moment,
  previousKey: browserKey.allow(null).required(),
  receivedVia: Joi.string().required(),
});

function objectIdText() {
  return Joi.string().hex().length(24).required();
}

export const recordListView = Joi.object({
  records: Joi.array().items(recordView).required(),
  /** Give it as `before` to read on; null at the end. */
  next: Joi.string().allow(null).required(),
});

/** By whom and when a machine asks: one of visitor, receipt and subject. */
export const standingQuery = Joi.object<{
  visitor?: string;
  receipt?: string;
  subject?: Types.ObjectId;
  at?: Date;
}>({
  visitor: browserKey,
  receipt: browserKey,
  subject: objectId,
  at: Joi.date().iso(),
}).xor('visitor', 'receipt', 'subject');
/** What staff type: a key or id of any kind, and a moment of the organisation's time zone. */
export const typedStanding = Joi.object<{ of?: string; at?: string }>({
  of: line(100).empty(''),
  at: line(40).empty(''),
});
export const isBrowserKey = (text: string): boolean => !browserKey.validate(text).error;

export const standingView = Joi.object({
  at: moment,
  record: recordView.allow(null).required(),
  isOutdated: Joi.boolean().required(),
});

export const siteListView = Joi.object({
  sites: Joi.array()
    .items(
      Joi.object({
        id: objectIdText(),
        siteKey: Joi.string().required(),
        name: Joi.string().required(),
        origins: Joi.array().items(Joi.string()).required(),
        configurationVersion: Joi.number().integer().required(),
        configurationHash: Joi.string().required(),
        script: Joi.string().uri().required(),
      }),
    )
    .required(),
});

/** What a caller sees of a record: everything but the organisation, whose URL this is. */
export const toRecordView = (row: ConsentRecordRow) => ({
  id: row._id.toHexString(),
  siteId: row.siteId.toHexString(),
  clientKey: row.clientKey,
  visitorId: row.visitorId,
  action: row.action,
  choices: row.choices,
  services: row.services,
  legalBasis: row.legalBasis,
  model: row.model,
  regime: row.regime,
  region: row.region,
  configurationHash: row.configurationHash,
  configurationVersion: row.configurationVersion,
  textsHash: row.textsHash,
  language: row.language,
  gpc: row.gpc,
  dnt: row.dnt,
  tcf: row.tcf,
  gpp: row.gpp,
  page: row.page,
  browser: row.browser,
  device: row.device,
  chosenAt: row.chosenAt.toISOString(),
  recordedAt: row.recordedAt.toISOString(),
  inForceAt: row.inForceAt.toISOString(),
  previousKey: row.previousKey,
  receivedVia: row.receivedVia,
});
