import type { mongo } from 'mongoose';
import { ToolFailed } from './outcome.ts';

/** The collections of the database, by name. @throws ToolFailed for views and time series, which Habeas has none of */
export async function collectionsOf(
  db: mongo.Db,
): Promise<{ name: string; options: Record<string, unknown>; uuid: string }[]> {
  const listed = await db.listCollections<mongo.CollectionInfo>().toArray();
  const own = listed.filter(({ name }) => !name.startsWith('system.'));
  const other = own.find(({ type }) => type !== 'collection');
  if (other) throw new ToolFailed(`${other.name} is a ${String(other.type)}, and no collection.`);
  return own
    .map(({ name, options = {}, info }) => ({
      name,
      options,
      uuid: info?.uuid ? Buffer.from(info.uuid.buffer).toString('hex') : '',
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** True when the embedded engine answers, where all collections share one file. */
export async function isEmbedded(db: mongo.Db): Promise<boolean> {
  const { storageEngines } = await db.command({ buildInfo: 1 });
  return Array.isArray(storageEngines) && storageEngines.includes('embedded');
}
