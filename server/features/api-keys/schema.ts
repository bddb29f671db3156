import Joi from 'joi';
import type { Types } from 'mongoose';
import { machineScopes, type MachineScope } from '../../../config/permissions.ts';
import { calendarDay, line, objectId } from '../../wire.ts';

export interface NewApiKey {
  name: string;
  scopes: MachineScope[];
  lastOn: string | null;
}

export const newApiKey = Joi.object<NewApiKey>({
  name: line(80).min(2).required(),
  scopes: Joi.array()
    .items(Joi.string().valid(...machineScopes))
    .single()
    .unique()
    .min(1)
    .required(),
  lastOn: calendarDay.empty('').allow(null).default(null),
});

export const apiKeyId = Joi.object<{ key: Types.ObjectId }>({ key: objectId.required() });
