import Joi from 'joi';
import type { Types } from 'mongoose';
import { objectId } from '../../wire.ts';
import { scanIntervals, type ScanInterval } from './model.ts';

export interface SiteParams {
  site: Types.ObjectId;
}
export const siteParams = Joi.object<SiteParams>({ site: objectId.required() });
export const scanParams = Joi.object<SiteParams & { scan: Types.ObjectId }>({
  site: objectId.required(),
  scan: objectId.required(),
});

export interface ScanOrder {
  url: string;
  everyDays: ScanInterval;
}
export const scanOrder = Joi.object<ScanOrder>({
  url: Joi.string()
    .trim()
    .uri({ scheme: ['http', 'https'] })
    .max(500)
    .required(),
  everyDays: Joi.number()
    .valid(...scanIntervals)
    .required(),
});
