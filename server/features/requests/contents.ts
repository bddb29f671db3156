import { Types } from 'mongoose';
import { bytesOf, loadDataKey, loadDataKeys } from '../../security/data-keys.ts';
import { sealJson, unsealJson, type DataKey } from '../../security/encryption.ts';
import type { Residence } from '../../deadlines/jurisdiction.ts';
import { maskCardNumbers } from './card-numbers.ts';
import type { MessageRow, NoteRow, OutcomeRow, RequestRow } from './model.ts';

/** What a person wrote in the form. */
export interface RequestContents {
  /** The name as given here; the address is the subject's. */
  name: string;
  residence: Residence;
  details: string;
  /** Answers to the questions that the right asks, by the question's id. */
  answers: Record<string, string>;
}

export type RequestField = 'sealed' | 'extension' | 'outcome' | 'lifting';

const placeOf = (row: Types.ObjectId, field: RequestField) => ({
  collection: 'requests',
  row,
  field,
});
const placeOfMessage = (row: Types.ObjectId) => ({
  collection: 'requestMessages',
  row,
  field: 'sealed',
});

export const sealContents = (key: DataKey, id: Types.ObjectId, contents: RequestContents) =>
  sealJson(key, placeOf(id, 'sealed'), contents);

export const openContents = (key: DataKey, row: Pick<RequestRow, '_id' | 'sealed'>) =>
  unsealJson(key, placeOf(row._id, 'sealed'), bytesOf(row.sealed)) as RequestContents;

/** Seals what the person is told in an extension or an outcome, without card numbers. */
export async function sealText(
  { _id, keyId }: RequestRow,
  field: Exclude<RequestField, 'sealed'>,
  text: string,
): Promise<Buffer> {
  return sealJson(await loadDataKey(keyId), placeOf(_id, field), maskCardNumbers(text));
}

/** How a request ends now, with what the person is told. */
export async function outcomeOf(
  row: RequestRow,
  text: string,
  {
    kind,
    ground = null,
    result = null,
  }: Pick<OutcomeRow, 'kind'> & Partial<Pick<OutcomeRow, 'ground' | 'result'>>,
): Promise<OutcomeRow> {
  return { at: new Date(), kind, ground, result, sealed: await sealText(row, 'outcome', text) };
}

export const openText = (
  key: DataKey,
  id: Types.ObjectId,
  field: Exclude<RequestField, 'sealed'>,
  sealed: Buffer,
) => unsealJson(key, placeOf(id, field), bytesOf(sealed)) as string;

export const sealMessage = (key: DataKey, id: Types.ObjectId, text: string) =>
  sealJson(key, placeOfMessage(id), text);

export const openMessage = (key: DataKey, { _id, sealed }: MessageRow) =>
  unsealJson(key, placeOfMessage(_id), bytesOf(sealed)) as string;

const placeOfNote = (row: Types.ObjectId) => ({
  collection: 'requestNotes',
  row,
  field: 'sealedNote',
});

export const sealNote = (key: DataKey, id: Types.ObjectId, note: string) =>
  sealJson(key, placeOfNote(id), note);

export const openNote = (key: DataKey, { _id, sealedNote }: NoteRow) =>
  unsealJson(key, placeOfNote(_id), bytesOf(sealedNote)) as string;

/** The keys of many requests by request id, in one query; those of erased requests are missing. */
export async function keysOfRequests(
  rows: readonly Pick<RequestRow, '_id' | 'keyId'>[],
): Promise<Map<string, DataKey>> {
  const keys = await loadDataKeys(rows.map(({ keyId }) => keyId));
  return new Map(
    rows.flatMap(({ _id, keyId }) => {
      const key = keys.get(keyId.toHexString());
      return key ? [[_id.toHexString(), key] as const] : [];
    }),
  );
}
