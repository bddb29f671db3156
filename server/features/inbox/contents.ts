import type { Types } from 'mongoose';
import { bytesOf } from '../../security/data-keys.ts';
import { sealJson, unsealJson, type DataKey } from '../../security/encryption.ts';
import type { Letter } from './letter.ts';
import type { DraftRow } from './model.ts';

const placeOf = (row: Types.ObjectId) => ({ collection: 'mailDrafts', row, field: 'sealed' });

export const sealLetter = (key: DataKey, id: Types.ObjectId, letter: Letter): Buffer =>
  sealJson(key, placeOf(id), letter);

export const openLetter = (key: DataKey, { _id, sealed }: DraftRow): Letter =>
  unsealJson(key, placeOf(_id), bytesOf(sealed)) as Letter;
