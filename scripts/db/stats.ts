import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { OpenDatabase } from './open.ts';
import { collectionsOf } from './collections.ts';
import { megabytes, tableOf, type Outcome } from './outcome.ts';

const FILES = ['engine.db', 'engine.db-wal'];

interface CollectionStats {
  count: number;
  size: number;
  avgObjSize?: number;
  nindexes: number;
  totalIndexSize: number;
}

interface DatabaseStats {
  objects: number;
  dataSize: number;
  indexes: number;
  indexSize: number;
  totalFreeStorageSize: number;
}

/** How much there is of what. Sizes are those of the data; files are larger, by pages and their gaps. */
export async function describeSizes({
  db,
  folder,
}: Pick<OpenDatabase, 'db' | 'folder'>): Promise<Outcome> {
  const rows = [['collection', 'documents', 'average', 'data', 'indexes', 'in indexes']];
  for (const { name } of await collectionsOf(db)) {
    const stats = (await db.command({ collStats: name })) as CollectionStats;
    rows.push([
      name,
      String(stats.count),
      `${stats.avgObjSize ?? 0} B`,
      megabytes(stats.size),
      String(stats.nindexes),
      megabytes(stats.totalIndexSize),
    ]);
  }
  const total = (await db.command({ dbStats: 1, freeStorage: 1 })) as DatabaseStats;
  rows.push([
    'all',
    String(total.objects),
    '',
    megabytes(total.dataSize),
    String(total.indexes),
    megabytes(total.indexSize),
  ]);
  const lines = [tableOf(rows), `Free for new data: ${megabytes(total.totalFreeStorageSize)}.`];
  if (folder !== null) lines.push(`Files in ${folder}: ${filesIn(folder)}.`);
  return { report: lines.join('\n'), isSound: true };
}

function filesIn(folder: string): string {
  return FILES.filter((file) => existsSync(path.join(folder, file)))
    .map((file) => `${file} ${megabytes(statSync(path.join(folder, file)).size)}`)
    .join(', ');
}
