import type { OpenDatabase } from './open.ts';
import { collectionsOf, isEmbedded } from './collections.ts';
import { megabytes, type Outcome } from './outcome.ts';

/** Gives the space of deleted data back to the disk. */
export async function compactDatabase({ db }: Pick<OpenDatabase, 'db'>): Promise<Outcome> {
  const collections = await collectionsOf(db);
  // One collection is enough where all share a file.
  const named = (await isEmbedded(db)) ? collections.slice(0, 1) : collections;
  let freed = 0;
  for (const { name } of named) {
    const { bytesFreed } = await db.command({ compact: name, force: true });
    freed += Number(bytesFreed);
  }
  return { report: `Compacted: ${megabytes(freed)} given back.`, isSound: true };
}
