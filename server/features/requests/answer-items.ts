import { Types } from 'mongoose';
import {
  answerItemFields,
  rightCatalogue,
  type AnswerItemKind,
} from '../../../config/right-catalogue.ts';
import type { RightId } from '../../../config/rights.ts';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { invalidField, Problem, type FieldError } from '../../problem.ts';
import { bytesOf, loadDataKey } from '../../security/data-keys.ts';
import { sealJson, unsealJson, type DataKey } from '../../security/encryption.ts';
import { isCalendarDay } from '../../deadlines/days.ts';
import { recordAudit, type Actor } from '../audit/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { AnswerItemModel, type AnswerItemRow } from './answer-item-model.ts';
import { maskCardNumbers } from './card-numbers.ts';
import { groundsFor } from './grounds.ts';
import { RequestModel, type RequestRow } from './model.ts';
import { liveRequest, movedOn, openRequestRow } from './live-request.ts';
import { standingOf, type Standing } from './standing.ts';
import type { Person } from './person.ts';
import type { NewAnswerItem, NewMessage } from './schema.ts';

const placeOf = (row: Types.ObjectId) => ({ collection: 'answerItems', row, field: 'sealed' });

export interface AnswerItem {
  id: string;
  kind: AnswerItemKind;
  at: Date;
  fields: Record<string, string>;
}

/** What an answer lists, in the order in which it was written. */
export async function answerItemsOf(
  { organizationId, _id }: Pick<RequestRow, 'organizationId' | '_id'>,
  key: DataKey,
): Promise<AnswerItem[]> {
  const rows = await AnswerItemModel.find({ organizationId, requestId: _id })
    .sort({ _id: 1 })
    .lean();
  return rows.map(({ _id: id, kind, at, sealed }) => ({
    id: id.toHexString(),
    kind,
    at,
    fields: unsealJson(key, placeOf(id), bytesOf(sealed)) as Record<string, string>,
  }));
}

/** The kinds of line that an answer to a right may have. */
export const itemKindsOf = ({ right }: Pick<RequestRow, 'right'>): AnswerItemKind[] => {
  const { items, outcomes } = rightCatalogue[right];
  return [...(items ? [items] : []), ...(outcomes.includes('partial') ? (['kept'] as const) : [])];
};

async function storeItem(
  actor: Actor,
  row: RequestRow,
  { kind, formKey, fields }: Pick<AnswerItemRow, 'kind' | 'formKey'> & { fields: object },
): Promise<void> {
  const { _id: requestId, organizationId } = row;
  if (await AnswerItemModel.exists({ organizationId, requestId, formKey })) return;
  const _id = new Types.ObjectId();
  const sealed = sealJson(await loadDataKey(row.keyId), placeOf(_id), fields);
  const item = { _id, organizationId, requestId, formKey, kind, at: new Date(), sealed };
  await AnswerItemModel.create(item);
  await RequestModel.updateOne({ _id: requestId, organizationId }, { $inc: { version: 1 } });
  const target = { kind: 'request', id: requestId };
  await recordAudit(actor, 'request.item-added', target, { item: kind });
}

/** What a line must say here: of data kept from a deletion also the day on which they go. */
export const itemFieldsOf = (kind: AnswerItemKind, right: RightId) =>
  answerItemFields[kind].map((field) => ({
    ...field,
    required: field.required === true || (right === 'deletion' && field.id === 'deleted-on'),
  }));

/** @throws Problem invalid, naming each field that cannot be used */
function readFields(row: RequestRow, { kind, fields }: NewAnswerItem): Record<string, string> {
  const known = itemFieldsOf(kind, row.right);
  const grounds: readonly string[] = groundsFor(row);
  const errors = known.flatMap((field): FieldError[] => {
    const value = fields[field.id] ?? '';
    const isFine =
      value === ''
        ? !field.required
        : (field.kind !== 'date' || isCalendarDay(value)) &&
          (field.kind !== 'ground' || grounds.includes(value));
    const pointer = `/fields/${field.id}`;
    return isFine ? [] : [{ pointer, code: 'any.required', detail: `${field.id} cannot be used` }];
  });
  if (errors.length > 0) throw new Problem('invalid', 'See errors.', { errors });
  return Object.fromEntries(known.map(({ id }) => [id, maskCardNumbers(fields[id] ?? '')]));
}

/** Adds a line to the answer; the person sees it with the answer. @throws Problem invalid, not-allowed-now */
export async function addAnswerItem(
  staff: StaffMember,
  id: Types.ObjectId,
  item: NewAnswerItem,
): Promise<Standing> {
  return againstDuplicates(() =>
    inTransaction(async () => {
      const row = await openRequestRow(staff.organizationId, id);
      if (!itemKindsOf(row).includes(item.kind)) {
        throw invalidField('kind', 'any.only', 'kind does not fit');
      }
      await storeItem(staff, row, { ...item, fields: readFields(row, item) });
      return standingOf(await liveRequest(staff.organizationId, id));
    }),
  );
}

/** @throws Problem not-found, not-allowed-now */
export async function removeAnswerItem(
  staff: StaffMember,
  id: Types.ObjectId,
  itemId: Types.ObjectId,
): Promise<Standing> {
  const { organizationId } = staff;
  return inTransaction(async () => {
    await openRequestRow(organizationId, id);
    const item = await AnswerItemModel.findOneAndDelete({
      _id: itemId,
      organizationId,
      requestId: id,
    }).lean();
    if (!item) throw new Problem('not-found', 'There is no such line.');
    await RequestModel.updateOne({ _id: id, organizationId }, { $inc: { version: 1 } });
    const target = { kind: 'request', id };
    await recordAudit(staff, 'request.item-removed', target, { item: item.kind });
    return standingOf(await liveRequest(organizationId, id));
  });
}

/** Whether a statement of disagreement may be added (45 CFR 164.526(d)(2)). */
export const mayDisagree = ({ right, regimes, outcome }: RequestRow): boolean =>
  regimes.includes('hipaa') &&
  (right === 'amendment' || right === 'correction') &&
  outcome?.kind === 'refused';

/** The person's words against a refused amendment: they stay with the record. @throws Problem not-allowed-now */
export async function addStatement(
  person: Person,
  { text, formKey }: NewMessage,
): Promise<RequestRow> {
  return againstDuplicates(() =>
    inTransaction(async () => {
      const row = await liveRequest(person.organizationId, person.requestId);
      if (!mayDisagree(row)) {
        throw movedOn('A statement is for a refused amendment.');
      }
      const fields = { text: maskCardNumbers(text) };
      await storeItem(person, row, { kind: 'statement', formKey, fields });
      return row;
    }),
  );
}

export const eraseAnswerItems = (organizationId: Types.ObjectId, requestId: Types.ObjectId) =>
  AnswerItemModel.deleteMany({ organizationId, requestId });
