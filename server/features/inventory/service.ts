import { randomBytes } from 'node:crypto';
import type { Types } from 'mongoose';
import { isDuplicateKey } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { invalidField, Problem } from '../../problem.ts';
import { recordAudit, type OrganizationActor } from '../audit/service.ts';
import { InventoryModel, type InventoryContent, type InventoryRow } from './model.ts';
import type { ItemKind, ItemOf } from './schema.ts';

export type { Category, InventoryContent, Purpose, Recipient, Words } from './model.ts';
export { describeCategory, wordsIn } from './words.ts';

/** The inventory of an organisation as it now is; version 0 is the empty one before the first. */
export interface Inventory extends InventoryContent {
  version: number;
}

const empty: InventoryContent = { purposes: [], recipients: [], categories: [] };

/** What an organisation processes: its purposes, its categories of data, and who receives them. */
export async function inventoryOf(organizationId: Types.ObjectId): Promise<Inventory> {
  const row = await InventoryModel.findOne({ organizationId }).sort({ version: -1 }).lean();
  return { version: row?.version ?? 0, ...(row?.content ?? empty) };
}

/** @throws Problem not-found */
export async function inventoryVersion(
  organizationId: Types.ObjectId,
  version: number,
): Promise<Inventory> {
  const row = await InventoryModel.findOne({ organizationId, version }).lean();
  if (!row) throw new Problem('not-found', 'There is no such version.');
  return { version, ...row.content };
}

export type InventoryChange = Pick<InventoryRow, 'version' | 'changedAt' | 'changedBy'>;

/** The newest versions, newest first. */
export async function inventoryChanges(
  organizationId: Types.ObjectId,
  limit: number,
): Promise<InventoryChange[]> {
  return InventoryModel.find({ organizationId }, { content: 0 })
    .sort({ version: -1 })
    .limit(limit)
    .lean();
}

const changedMeanwhile = () =>
  new Problem('conflict', 'The inventory was changed meanwhile: look at it again.', {
    code: 'inventory-changed',
  });

const refused = (field: string) =>
  invalidField(field, 'any.only', `${field} names something that is not in the inventory`);

function checkReferences({ purposes, recipients, categories }: InventoryContent): void {
  const [purposeIds, recipientIds] = [purposes, recipients].map(
    (items) => new Set(items.map(({ id }) => id)),
  );
  for (const category of categories) {
    if (!category.purposeIds.every((id) => purposeIds?.has(id))) throw refused('purposeIds');
    if (!category.recipientIds.every((id) => recipientIds?.has(id))) throw refused('recipientIds');
  }
}

/**
 * Stores the next version, made of the one that the editor saw.
 * @throws Problem conflict (`inventory-changed`) when there is another one meanwhile.
 */
async function changeInventory(
  actor: OrganizationActor,
  version: number,
  {
    change,
    facts,
  }: {
    change: (content: InventoryContent) => InventoryContent;
    facts: Record<string, string | number>;
  },
): Promise<void> {
  const { organizationId } = actor;
  const { version: current, ...content } = await inventoryOf(organizationId);
  const changed = change(content);
  if (current !== version) throw changedMeanwhile();
  checkReferences(changed);
  try {
    await inTransaction(async () => {
      await InventoryModel.create({
        organizationId,
        version: version + 1,
        content: changed,
        changedAt: new Date(),
        changedBy: actor.kind === 'staff' ? actor.id : null,
      });
      const target = { kind: 'inventory', id: organizationId };
      await recordAudit(actor, 'inventory.changed', target, { version: version + 1, ...facts });
    });
  } catch (error) {
    throw isDuplicateKey(error) ? changedMeanwhile() : error;
  }
}

/**
 * Adds an item, or puts it in the place of the one with the same id; `new` gets an id of its own.
 * @throws Problem not-found, conflict (`inventory-changed`), or invalid for unknown references.
 */
export async function putItem<K extends ItemKind>(
  actor: OrganizationActor,
  kind: K,
  id: string,
  { version, ...item }: Omit<ItemOf[K], 'id'> & { version: number },
): Promise<void> {
  const isNew = id === 'new';
  const stored = { ...item, id: isNew ? randomBytes(4).toString('hex') : id };
  await changeInventory(actor, version, {
    change: (content) => {
      const items: readonly { id: string }[] = content[kind];
      const isKnown = items.some((one) => one.id === id);
      if (!isKnown && !isNew) throw new Problem('not-found', 'There is no such item.');
      const changed = isKnown
        ? items.map((one) => (one.id === id ? stored : one))
        : [...items, stored];
      return { ...content, [kind]: changed };
    },
    facts: { list: kind, change: isNew ? 'added' : 'changed', item: stored.id },
  });
}

/** What names a purpose or recipient: while something does, it stays. */
export const usersOf = ({ categories }: InventoryContent, kind: ItemKind, id: string) =>
  kind === 'categories'
    ? []
    : categories.filter((category) =>
        (kind === 'purposes' ? category.purposeIds : category.recipientIds).includes(id),
      );

/** @throws Problem not-found, conflict, or not-allowed-now while a category names it. */
export async function removeItem(
  actor: OrganizationActor,
  kind: ItemKind,
  id: string,
  version: number,
): Promise<void> {
  await changeInventory(actor, version, {
    change: (content) => {
      const items: readonly { id: string }[] = content[kind];
      if (!items.some((one) => one.id === id)) {
        throw new Problem('not-found', 'There is no such item.');
      }
      if (usersOf(content, kind, id).length > 0) {
        throw new Problem('not-allowed-now', 'A category of data still names it.', {
          code: 'inventory-in-use',
        });
      }
      return { ...content, [kind]: items.filter((one) => one.id !== id) };
    },
    facts: { list: kind, change: 'removed', item: id },
  });
}

/** The first version, for a new organisation. @throws Problem conflict when it has one. */
export async function startInventory(
  actor: OrganizationActor,
  content: InventoryContent,
): Promise<void> {
  await changeInventory(actor, 0, { change: () => content, facts: { change: 'added' } });
}
