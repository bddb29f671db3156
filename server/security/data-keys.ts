import { randomBytes } from 'node:crypto';
import { model, Schema, Types } from 'mongoose';
import { currentSession } from '../database/transaction.ts';
import { seal, unseal, type DataKey, type Place } from './encryption.ts';
import { installationKey } from './installation-key.ts';

/** What one data key protects. Destroying it erases exactly that. */
export type KeyOwner =
  | 'subject'
  | 'request'
  | 'file'
  | 'staff'
  | 'mail'
  | 'blind-index'
  | 'agreement'
  | 'check'
  | 'identity';

interface StoredKey {
  _id: Types.ObjectId;
  /** Null for what belongs to the installation: staff accounts and their mail. */
  organizationId: Types.ObjectId | null;
  owner: KeyOwner;
  wrapped: Buffer;
}

const dataKeySchema = new Schema<StoredKey>(
  {
    organizationId: { type: Schema.Types.ObjectId, default: null },
    owner: { type: String, required: true },
    wrapped: { type: Buffer, required: true },
  },
  { collection: 'dataKeys', timestamps: { createdAt: true, updatedAt: false }, strict: 'throw' },
);
const DataKeyModel = model('DataKey', dataKeySchema);

/** The id under which the installation key itself appears in wrapped keys. */
const WRAPPING = new Types.ObjectId('000000000000000000000000');

const wrappingKey = (): DataKey => ({ id: WRAPPING, secret: installationKey() });
const placeOf = (id: Types.ObjectId): Place => ({
  collection: 'dataKeys',
  row: id,
  field: 'wrapped',
});

/** Makes a data key and stores it wrapped by the installation key. */
export async function createDataKey(
  organizationId: Types.ObjectId | null,
  owner: KeyOwner,
): Promise<DataKey> {
  const key = { id: new Types.ObjectId(), secret: randomBytes(32) };
  const wrapped = seal(wrappingKey(), placeOf(key.id), key.secret);
  await DataKeyModel.create({ _id: key.id, organizationId, owner, wrapped });
  return key;
}

/**
 * Unwraps data keys, in one query; destroyed ones are missing from the answer.
 * @throws SealBroken when the installation key is not the one that wrapped them.
 */
export async function loadDataKeys(ids: readonly Types.ObjectId[]): Promise<Map<string, DataKey>> {
  const rows = await DataKeyModel.find({ _id: { $in: [...new Set(ids)] } })
    .session(currentSession())
    .lean();
  return new Map(
    rows.map(({ _id, wrapped }) => {
      const secret = unseal(wrappingKey(), placeOf(_id), new Uint8Array(bytesOf(wrapped)));
      return [_id.toString(), { id: _id, secret }];
    }),
  );
}

/** Lean rows carry BSON binaries where documents carry buffers. */
export function bytesOf(value: Uint8Array | { buffer: Uint8Array }): Uint8Array {
  return value instanceof Uint8Array ? value : value.buffer;
}

/** @throws Erased when the key was destroyed. */
export async function loadDataKey(id: Types.ObjectId): Promise<DataKey> {
  const key = (await loadDataKeys([id])).get(id.toString());
  if (!key) throw new Erased('This data was erased: its key is destroyed.');
  return key;
}

/** What a destroyed key protected is gone. */
export class Erased extends Error {}

/** Destroys a data key: everything sealed under it can never be read again. */
export async function destroyDataKey(id: Types.ObjectId): Promise<void> {
  await DataKeyModel.deleteOne({ _id: id });
}
