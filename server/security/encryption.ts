import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { Types } from 'mongoose';

/** An unwrapped data key. It lives in memory only. */
export interface DataKey {
  readonly id: Types.ObjectId;
  readonly secret: Buffer;
}

/** Where a ciphertext belongs. It opens nowhere else. */
export interface Place {
  collection: string;
  row: Types.ObjectId | string;
  field: string;
}

/** The ciphertext is not one of ours, belongs elsewhere, was altered, or its key is another one. */
export class SealBroken extends Error {}

const FORMAT = 1;
const HEADER = 1 + 12;

const associatedData = (header: Buffer, { collection, row, field }: Place) =>
  Buffer.concat([header, Buffer.from(`${collection}/${row.toString()}/${field}`)]);

/**
 * Encrypts with AES-256-GCM. Layout: format (1), key id (12), nonce (12), tag (16), ciphertext.
 * Format, key id, collection, row and field are authenticated.
 */
export function seal(key: DataKey, place: Place, plain: Uint8Array): Buffer {
  const header = Buffer.concat([Buffer.from([FORMAT]), Buffer.from(key.id.id)]);
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key.secret, nonce);
  cipher.setAAD(associatedData(header, place));
  const body = cipher.update(plain);
  // In this mode nothing is left for the end.
  cipher.final();
  return Buffer.concat([header, nonce, cipher.getAuthTag(), body]);
}

/** @throws SealBroken */
export function unseal(key: DataKey, place: Place, sealed: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const header = bytes.subarray(0, HEADER);
  if (bytes.length < HEADER + 28 || header[0] !== FORMAT || !keyIdOf(bytes).equals(key.id)) {
    throw new SealBroken('Not a ciphertext of this key.');
  }
  const decipher = createDecipheriv('aes-256-gcm', key.secret, bytes.subarray(HEADER, HEADER + 12));
  decipher.setAAD(associatedData(header, place));
  decipher.setAuthTag(bytes.subarray(HEADER + 12, HEADER + 28));
  try {
    const plain = decipher.update(bytes.subarray(HEADER + 28));
    decipher.final();
    return plain;
  } catch {
    throw new SealBroken('The ciphertext was altered or belongs elsewhere.');
  }
}

/** The id of the data key under which something was sealed. */
export function keyIdOf(sealed: Uint8Array): Types.ObjectId {
  return new Types.ObjectId(Buffer.from(sealed.subarray(1, HEADER)));
}

export function sealJson(key: DataKey, place: Place, value: unknown): Buffer {
  return seal(key, place, Buffer.from(JSON.stringify(value)));
}

/** @throws SealBroken */
export function unsealJson(key: DataKey, place: Place, sealed: Uint8Array): unknown {
  return JSON.parse(unseal(key, place, sealed).toString('utf8'));
}

/** A value to look rows up by without storing it: the same address gives the same index under one key only. */
export function blindIndex(key: DataKey, purpose: string, value: string): string {
  const normal = value.normalize('NFKC').trim().toLowerCase();
  return createHmac('sha256', key.secret).update(`${purpose}\0${normal}`).digest('base64url');
}
