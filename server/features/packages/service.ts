import { text } from 'node:stream/consumers';
import { Types } from 'mongoose';
import { defaults } from '../../../config/defaults.ts';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { Problem } from '../../problem.ts';
import { bytesOf, createDataKey, loadDataKey } from '../../security/data-keys.ts';
import { sealJson, unsealJson, type DataKey } from '../../security/encryption.ts';
import { recordAudit, type OrganizationActor } from '../audit/service.ts';
import {
  attachFiles,
  eraseFile,
  filesAbout,
  openFile,
  openStagedFile,
  stageFiles,
  type OpenedFile,
} from '../files/service.ts';
import { archiveOf, type ArchiveItem } from './archive.ts';
import { PackageModel, type ItemRow, type PackageRow } from './model.ts';
import { readRecords, stripUndisclosed } from './records.ts';
import type { NewItem, PackageFrame, Review } from './schema.ts';

export { erasePackage, limitUnreleased, sweepPackages } from './ending.ts';
export { itemKinds } from './model.ts';
export {
  newItem,
  removal,
  review,
  type NewItem,
  type PackageFrame,
  type PackageSection,
  type Removal,
  type Review,
} from './schema.ts';

const { recordsBytes, lifeDays, remindDays } = defaults.packages;
const DAY_MS = 86_400_000;

const placeOf = (id: Types.ObjectId, field: string) => ({ collection: 'packages', row: id, field });

export interface PackageItem extends Omit<ItemRow, 'sealedReason'> {
  name: string;
  /** Bytes. */
  size: number;
  reason: string | null;
}

export interface Package extends Omit<PackageRow, 'items'> {
  items: PackageItem[];
}

const rowOf = (organizationId: Types.ObjectId, requestId: Types.ObjectId) =>
  PackageModel.findOne({ organizationId, requestId }).lean();

/** The package of a request; null where none was begun. */
export async function packageOf(
  organizationId: Types.ObjectId,
  requestId: Types.ObjectId,
): Promise<Package | null> {
  const row = await rowOf(organizationId, requestId);
  if (!row) return null;
  if (row.state === 'deleted') return { ...row, items: [] };
  const key = await loadDataKey(row.keyId);
  const files = new Map((await filesAbout(organizationId, row._id)).map((file) => [file.id, file]));
  return {
    ...row,
    items: row.items.map(({ sealedReason, ...item }) => {
      const file = files.get(item.fileId.toHexString());
      const reason =
        sealedReason &&
        (unsealJson(
          key,
          placeOf(row._id, `reason-${item._id.toHexString()}`),
          bytesOf(sealedReason),
        ) as string);
      return { ...item, name: file?.name ?? '', size: file?.size ?? 0, reason };
    }),
  };
}

/** What an item holds, as it is handed over. @throws Problem not-found */
export async function openItem(
  organizationId: Types.ObjectId,
  requestId: Types.ObjectId,
  fileId: Types.ObjectId,
): Promise<OpenedFile> {
  const row = await rowOf(organizationId, requestId);
  if (!row) throw new Problem('not-found', 'There is no such file.');
  return openFile(organizationId, row._id, fileId);
}

const notOpen = () =>
  new Problem('not-allowed-now', 'The package was handed over, or does not exist.', {
    code: 'package-not-open',
  });

/** Changes an open package in the caller's transaction. @throws Problem not-allowed-now */
async function changeOpen(
  { organizationId }: OrganizationActor,
  requestId: Types.ObjectId,
  filter: object,
  change: object,
): Promise<PackageRow> {
  const row = await PackageModel.findOneAndUpdate(
    { organizationId, requestId, state: 'open', ...filter },
    change,
    { returnDocument: 'after' },
  ).lean();
  if (!row) throw notOpen();
  return row;
}

/** The open package of a request, begun if there is none. @throws Problem not-allowed-now */
async function beginPackage(
  actor: OrganizationActor,
  requestId: Types.ObjectId,
): Promise<Types.ObjectId> {
  const { organizationId } = actor;
  const begin = async () => {
    const row = await rowOf(organizationId, requestId);
    if (row && row.state !== 'open') throw notOpen();
    if (row) return row._id;
    const _id = new Types.ObjectId();
    const { id: keyId } = await createDataKey(organizationId, 'file');
    await PackageModel.create({ _id, organizationId, requestId, keyId, state: 'open' });
    await recordAudit(actor, 'package.begun', { kind: 'request', id: requestId });
    return _id;
  };
  return againstDuplicates(() => inTransaction(begin));
}

async function textOf({ size, content }: OpenedFile): Promise<string> {
  if (size > recordsBytes) {
    throw new Problem('too-large', 'Records come in pieces of a bounded size.', {
      code: 'records-too-large',
    });
  }
  return text(content);
}

/** Stores records as they will be handed over: without what may not be disclosed. */
async function prepareRecords(
  organizationId: Types.ObjectId,
  staged: Types.ObjectId,
  isCcpa: boolean,
) {
  const file = await openStagedFile(organizationId, staged);
  const { records, held } = stripUndisclosed(readRecords(await textOf(file)), isCcpa);
  const content = Buffer.from(JSON.stringify(records));
  const name = file.name.replace(/\.\w+$/u, '');
  const [fileId = staged] = await stageFiles(organizationId, [
    { name, type: 'application/json', content },
  ]);
  return { fileId, held, count: records.length };
}

/** Adds an item with its staged file, in the caller's transaction. */
async function pushItem(
  actor: OrganizationActor,
  requestId: Types.ObjectId,
  id: Types.ObjectId,
  item: Pick<ItemRow, 'category' | 'kind' | 'fileId' | 'held' | 'count'>,
): Promise<Types.ObjectId> {
  const _id = new Types.ObjectId();
  const { category, kind, fileId, held } = item;
  const isRoom = { 'items.99': { $exists: false } };
  await changeOpen(actor, requestId, isRoom, { $push: { items: { _id, ...item } } });
  await attachFiles(actor.organizationId, [fileId], { kind: 'package', id });
  const facts = { category, kind, held: held.join(' ') };
  await recordAudit(actor, 'package.item-added', { kind: 'request', id: requestId }, facts);
  return _id;
}

/**
 * Adds a staged file to the package of a request. Records are read, and stripped of what must not
 * be disclosed; a document is kept as it is. `alongside` runs in the same transaction. @throws Problem invalid, too-large, not-allowed-now
 */
export async function addItem(
  actor: OrganizationActor,
  requestId: Types.ObjectId,
  { category, kind }: NewItem,
  staged: Types.ObjectId,
  { isCcpa, alongside }: { isCcpa: boolean; alongside?: () => Promise<unknown> },
): Promise<void> {
  const { organizationId } = actor;
  const prepared =
    kind === 'records'
      ? await prepareRecords(organizationId, staged, isCcpa)
      : { fileId: staged, held: [], count: null };
  const id = await beginPackage(actor, requestId);
  await inTransaction(async () => {
    await alongside?.();
    await pushItem(actor, requestId, id, { category, kind, ...prepared });
    if (kind === 'records') await eraseFile(organizationId, staged);
  });
}

/**
 * Adds staged files that whoever decides gives along with the answer. They count as looked through,
 * by them: nobody else would see them before they go out. In the caller's transaction.
 * @throws Problem not-allowed-now
 */
export async function addReviewedDocuments(
  actor: OrganizationActor,
  requestId: Types.ObjectId,
  staged: readonly Types.ObjectId[],
): Promise<void> {
  if (staged.length === 0) return;
  const id = await beginPackage(actor, requestId);
  for (const fileId of staged) {
    const document = { category: '', kind: 'document' as const, fileId, held: [], count: null };
    const item = await pushItem(actor, requestId, id, document);
    await reviewItem(actor, requestId, { item, verdict: 'clear', reason: '' });
  }
}

/** Takes an item out again; its file and key are destroyed. @throws Problem not-allowed-now */
export async function removeItem(
  actor: OrganizationActor,
  requestId: Types.ObjectId,
  item: Types.ObjectId,
): Promise<void> {
  const { organizationId } = actor;
  await inTransaction(async () => {
    const before = await rowOf(organizationId, requestId);
    const found = before?.items.find(({ _id }) => _id.equals(item));
    if (!found) throw notOpen();
    await changeOpen(actor, requestId, {}, { $pull: { items: { _id: item } } });
    await eraseFile(organizationId, found.fileId);
    await recordAudit(actor, 'package.item-removed', { kind: 'request', id: requestId });
  });
}

/**
 * Says whether an item may go out: nothing in it is about other people (GDPR Art. 15(4), 45 CFR
 * 164.524(a)(3)), or it is withheld for a reason that the person is told.
 * @throws Problem not-allowed-now
 */
export async function reviewItem(
  actor: OrganizationActor,
  requestId: Types.ObjectId,
  { item, verdict, reason }: Review,
): Promise<void> {
  const { organizationId } = actor;
  await inTransaction(async () => {
    const row = await rowOf(organizationId, requestId);
    if (!row) throw notOpen();
    const place = placeOf(row._id, `reason-${item.toHexString()}`);
    const sealedReason =
      verdict === 'withheld' ? sealJson(await loadDataKey(row.keyId), place, reason) : null;
    await changeOpen(
      actor,
      requestId,
      { 'items._id': item },
      {
        $set: {
          'items.$.verdict': verdict,
          'items.$.reviewedBy': actor.id === null ? null : new Types.ObjectId(actor.id),
          'items.$.reviewedAt': new Date(),
          'items.$.sealedReason': sealedReason,
        },
      },
    );
    await recordAudit(
      actor,
      'package.item-reviewed',
      { kind: 'request', id: requestId },
      { item: item.toHexString(), verdict },
    );
  });
}

/**
 * Hands the package over, in the caller's transaction: from now on it cannot be changed, only be
 * fetched, until its life ends: at the time given, null where there is none.
 * @throws Problem not-allowed-now (`package-not-reviewed`) while an item is not reviewed.
 */
export async function releasePackage(
  actor: OrganizationActor,
  requestId: Types.ObjectId,
  frame: PackageFrame,
): Promise<Date | null> {
  const { organizationId } = actor;
  const row = await rowOf(organizationId, requestId);
  if (row?.state !== 'open' || row.items.length === 0) return null;
  if (row.items.some(({ verdict }) => verdict === null)) {
    throw new Problem('not-allowed-now', 'Not everything in the package was reviewed.', {
      code: 'package-not-reviewed',
    });
  }
  const releasedAt = new Date();
  const endsAt = new Date(releasedAt.getTime() + lifeDays * DAY_MS);
  const sealed = sealJson(await loadDataKey(row.keyId), placeOf(row._id, 'frame'), frame);
  await changeOpen(
    actor,
    requestId,
    {},
    {
      $set: {
        state: 'released',
        sealed,
        releasedAt,
        endsAt,
        nextActionAt: new Date(endsAt.getTime() - remindDays * DAY_MS),
      },
    },
  );
  const facts = { items: row.items.length, endsAt: endsAt.toISOString() };
  await recordAudit(actor, 'package.released', { kind: 'request', id: requestId }, facts);
  return endsAt;
}

const frameOf = (key: DataKey, { _id, sealed }: PackageRow) =>
  unsealJson(key, placeOf(_id, 'frame'), bytesOf(sealed ?? Buffer.alloc(0))) as PackageFrame;

/**
 * The whole answer as one ZIP archive, made while it is read, so that memory holds only a piece of
 * it. The fetch is counted and recorded. @throws Problem gone once its life has ended.
 */
export async function fetchPackage(
  actor: OrganizationActor,
  requestId: Types.ObjectId,
): Promise<Omit<OpenedFile, 'size'> & { size: null }> {
  const { organizationId } = actor;
  const row = await inTransaction(async () => {
    const found = await PackageModel.findOneAndUpdate(
      { organizationId, requestId, state: 'released', endsAt: { $gt: new Date() } },
      { $inc: { downloads: 1 } },
    ).lean();
    if (!found) {
      throw new Problem('gone', 'The files were deleted.', { code: 'package-ended' });
    }
    await recordAudit(actor, 'package.fetched', { kind: 'request', id: requestId });
    return found;
  });
  const frame = frameOf(await loadDataKey(row.keyId), row);
  const { items = [] } = (await packageOf(organizationId, requestId)) ?? {};
  const archiveItems: ArchiveItem[] = items.map((item) => ({
    ...item,
    open: () => openFile(organizationId, row._id, item.fileId),
  }));
  return {
    name: `${row.releasedAt?.toISOString().slice(0, 10) ?? ''}-${frame.reference}.zip`,
    type: 'application/zip',
    size: null,
    content: archiveOf(frame, archiveItems, row.releasedAt ?? new Date()),
  };
}

/** Those of some requests for which something was gathered that nobody has looked through yet. */
export async function awaitingReview(
  organizationId: Types.ObjectId,
  requestIds: readonly Types.ObjectId[],
): Promise<Set<string>> {
  const rows = await PackageModel.find(
    {
      organizationId,
      requestId: { $in: requestIds },
      state: 'open',
      items: { $elemMatch: { verdict: null } },
    },
    { requestId: 1 },
  ).lean();
  return new Set(rows.map(({ requestId }) => requestId.toHexString()));
}
