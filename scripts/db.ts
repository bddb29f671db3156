import path from 'node:path';
import { parseArgs } from 'node:util';
import { mongo } from 'mongoose';
import { closeDatabase } from '../server/database/connect.ts';
import { checkDatabase } from './db/check.ts';
import { compactDatabase } from './db/compact.ts';
import { dumpDatabase } from './db/dump.ts';
import { openDatabase } from './db/open.ts';
import { ToolFailed, type Outcome } from './db/outcome.ts';
import { restoreDatabase } from './db/restore.ts';
import { describeSizes } from './db/stats.ts';

const EX_USAGE = 64;

const USAGE = `Usage: npm run db -- check | stats | compact | dump <file> [--gzip] | restore <file> [--drop]
  check     compares all data with all indexes, and says what is damaged
  stats     how many documents there are, and how large
  compact   gives the space of deleted data back
  dump      writes everything into a file that mongorestore --archive reads too
  restore   puts back such a file, also one of mongodump --archive, gzipped or not
`;

class WrongUsage extends Error {}

interface Order {
  verb: string;
  file: string;
  isZipped: boolean;
  mayDrop: boolean;
}

function readOrder(given: string[]): Order {
  try {
    const { positionals, values } = parseArgs({
      args: given,
      allowPositionals: true,
      options: { gzip: { type: 'boolean' }, drop: { type: 'boolean' } },
    });
    const [verb = '', file, ...rest] = positionals;
    const needsFile = verb === 'dump' || verb === 'restore';
    const isWrong =
      rest.length > 0 ||
      needsFile !== (file !== undefined) ||
      (values.gzip === true && verb !== 'dump') ||
      (values.drop === true && verb !== 'restore');
    if (isWrong) throw new WrongUsage();
    return {
      verb,
      file: path.resolve(file ?? ''),
      isZipped: values.gzip === true,
      mayDrop: values.drop === true,
    };
  } catch {
    throw new WrongUsage();
  }
}

async function restore({ file, mayDrop }: Order): Promise<Outcome> {
  const opened = await openDatabase({ mayCreate: true });
  if (opened.folder !== null && !opened.isOurs)
    throw new ToolFailed('The service is running: stop it first.');
  return restoreDatabase(opened, file, { mayDrop });
}

async function obey(order: Order): Promise<Outcome> {
  switch (order.verb) {
    case 'check':
      return checkDatabase(await openDatabase());
    case 'stats':
      return describeSizes(await openDatabase());
    case 'compact':
      return compactDatabase(await openDatabase());
    case 'dump':
      return dumpDatabase(await openDatabase(), order.file, order);
    case 'restore':
      return restore(order);
    default:
      throw new WrongUsage();
  }
}

function tellFailure(error: unknown): void {
  if (error instanceof WrongUsage) process.stderr.write(USAGE);
  else if (error instanceof ToolFailed || error instanceof mongo.MongoError)
    process.stderr.write(`${error.message}\n`);
  else process.stderr.write(`${error instanceof Error ? (error.stack ?? '') : String(error)}\n`);
  process.exitCode = error instanceof WrongUsage ? EX_USAGE : 1;
}

try {
  const { report, isSound } = await obey(readOrder(process.argv.slice(2)));
  process.stdout.write(`${report}\n`);
  process.exitCode = isSound ? 0 : 1;
} catch (error) {
  tellFailure(error);
} finally {
  await closeDatabase();
}
