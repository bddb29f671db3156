import type { OpenDatabase } from './open.ts';
import { collectionsOf } from './collections.ts';
import type { Outcome } from './outcome.ts';

/** As the server answers `validate`. */
interface Validation {
  valid: boolean;
  nrecords: number;
  nIndexes: number;
  errors: string[];
  warnings: string[];
}

/** Compares every record of every collection with every index, and has the files themselves checked. */
export async function checkDatabase({ db }: Pick<OpenDatabase, 'db'>): Promise<Outcome> {
  const lines: string[] = [];
  const damaged: string[] = [];
  const collections = await collectionsOf(db);
  for (const { name } of collections) {
    const found = (await db.command({ validate: name, full: true })) as Validation;
    const { valid, nrecords, nIndexes, errors, warnings } = found;
    lines.push(
      `${valid ? 'ok     ' : 'DAMAGED'} ${name}: ${nrecords} records, ${nIndexes} indexes`,
    );
    lines.push(...[...errors, ...warnings].map((finding) => `          ${finding}`));
    if (!valid) damaged.push(name);
  }
  lines.push(
    damaged.length === 0
      ? `The database is whole: ${collections.length} collections.`
      : `Damaged: ${damaged.join(', ')}. Stop the service, keep a copy of the data, and restore the last good dump.`,
  );
  return { report: lines.join('\n'), isSound: damaged.length === 0 };
}
