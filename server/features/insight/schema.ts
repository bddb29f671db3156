import Joi from 'joi';
import type { Types } from 'mongoose';
import { calendarDay, objectId } from '../../wire.ts';

/** What the figures can be split by. */
export const splits = ['day', 'region', 'device', 'language', 'version'] as const;
export type Split = (typeof splits)[number];

export interface SiteParams {
  site: Types.ObjectId;
}
export const siteParams = Joi.object<SiteParams>({ site: objectId.required() });

export interface InsightQuery {
  from?: string;
  to?: string;
  by?: Split;
}
const period = { from: calendarDay.empty(''), to: calendarDay.empty('') };
export const insightQuery = Joi.object<InsightQuery>({
  ...period,
  by: Joi.string()
    .valid(...splits)
    .empty(''),
});

export interface ComparisonQuery {
  from?: string;
  to?: string;
  one?: number;
  other?: number;
}
const version = Joi.number().integer().min(1).empty('');
export const comparisonQuery = Joi.object<ComparisonQuery>({
  ...period,
  one: version,
  other: version,
});
