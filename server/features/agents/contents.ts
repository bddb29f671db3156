import type { Types } from 'mongoose';
import { bytesOf } from '../../security/data-keys.ts';
import { sealJson, unsealJson, type DataKey } from '../../security/encryption.ts';
import type { MandateRow } from './model.ts';
import type { Agent } from './schema.ts';

const placeOf = (row: Types.ObjectId) => ({ collection: 'agentMandates', row, field: 'sealed' });

export const sealAgent = (key: DataKey, id: Types.ObjectId, agent: Agent): Buffer =>
  sealJson(key, placeOf(id), agent);

export const openAgent = (key: DataKey, { _id, sealed }: MandateRow): Agent =>
  unsealJson(key, placeOf(_id), bytesOf(sealed)) as Agent;
