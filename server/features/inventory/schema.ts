import Joi from 'joi';
import {
  legalBases,
  retentionAnchors,
  sourceKinds,
  transferMechanisms,
} from '../../../config/inventory.ts';
import { controllerRoles, dataClasses } from '../../../config/rights.ts';
import { languageCodes } from '../../language.ts';
import { calendarDay, countryCode, line, prose } from '../../wire.ts';
import type { Category, Purpose, Recipient, Words } from './model.ts';

/** The three lists of an inventory, as addresses name them. */
export const itemKinds = ['categories', 'purposes', 'recipients'] as const;
export type ItemKind = (typeof itemKinds)[number];

export interface ItemOf {
  categories: Category;
  purposes: Purpose;
  recipients: Recipient;
}

/** Texts per language; empty ones are left out. */
const words = (text: Joi.StringSchema) =>
  Joi.object<Words>()
    .pattern(Joi.valid(...languageCodes), text.empty(''))
    .default({});
const requiredWords = (text: Joi.StringSchema) => words(text).min(1).required();

const oneOf = (values: readonly string[]) => Joi.string().valid(...values);
const listOf = (item: Joi.Schema) => Joi.array().items(item).single().unique().max(100).default([]);
const box = Joi.boolean().truthy('yes').default(false);
const months = Joi.number().integer().min(1).max(1200).empty('').allow(null).default(null);
const itemId = Joi.string().pattern(/^[a-z0-9-]{1,40}$/u);

/** Typed as one name a line. */
const names = Joi.string()
  .trim()
  .max(2000)
  .empty('')
  .default([])
  .custom((value: string) => [
    ...new Set(
      value
        .split(/\r?\n/u)
        .map((one) => one.trim())
        .filter((one) => one !== ''),
    ),
  ]);

/** Rows of a form; one without a country is not filled in. */
const transfers = Joi.array()
  .items(
    Joi.object({
      country: countryCode.uppercase().empty('').default(null),
      mechanism: oneOf(transferMechanisms).empty('').default('undocumented'),
    }),
  )
  .max(30)
  .default([])
  .custom((rows: { country: string | null }[]) => rows.filter(({ country }) => country !== null));

/** The version that the form was made from: another one meanwhile is a conflict. */
interface Seen {
  version: number;
}
const version = Joi.number().integer().min(0).required();
export const seen = Joi.object<Seen>({ version });

type Form<T> = Seen & Omit<T, 'id'>;

export const purposeForm = Joi.object<Form<Purpose>>({
  version,
  name: requiredWords(line(120)),
  basis: oneOf(legalBases).required(),
  // GDPR Art. 6(1)(f): without a balancing of interests this basis does not carry.
  balancing: line(500)
    .empty('')
    .default('')
    .when('basis', { is: 'legitimate-interests', then: Joi.required() }),
  isDirectMarketing: box,
});

export const recipientForm = Joi.object<Form<Recipient>>({
  version,
  name: requiredWords(line(120)),
  contractOn: calendarDay.empty('').allow(null).default(null),
  hasSubcontractorAgreement: box,
  use: words(line(300)),
});

export const categoryForm = Joi.object<Form<Category>>({
  version,
  name: requiredWords(line(120)),
  description: words(prose(1000)),
  dataClass: oneOf(dataClasses).required(),
  isDesignatedRecordSet: box,
  role: oneOf(controllerRoles).required(),
  sources: listOf(oneOf(sourceKinds)).min(1).required(),
  sourceNames: names,
  purposeIds: listOf(itemId).min(1).required(),
  recipientIds: listOf(itemId),
  retention: Joi.object({
    anchor: oneOf(retentionAnchors).required(),
    atLeastMonths: months,
    atMostMonths: months.when('atLeastMonths', {
      is: Joi.number().required(),
      then: Joi.number().min(Joi.ref('atLeastMonths')),
    }),
  }).required(),
  transfers,
});

export interface ItemParams {
  /** `new` for one that is not there yet. */
  item: string;
}
export const itemParams = Joi.object<ItemParams>({ item: itemId.required() });

export interface VersionQuery {
  version?: number;
}
export const versionQuery = Joi.object<VersionQuery>({ version: Joi.number().integer().min(1) });
