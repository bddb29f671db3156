import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { engineUri } from './address.ts';
import type { FolderLock } from './folder-lock.ts';
import { makeFolder } from './make-folder.ts';
import { threadEntry, type ThreadNews, type ThreadOrder } from './thread.ts';

export { engineUri } from './address.ts';

/** How long a process may hold the folder without answering yet. */
const PATIENCE_MS = 30_000;
const POLL_MS = 20;

/** A running engine. */
export interface Engine {
  /** What a MongoDB driver connects to. */
  uri: string;
  /** False when somebody else's engine serves the folder: its clients lose it when that one ends. */
  isOwner: boolean;
  /** The process that serves the folder. */
  pid: number;
  /** Answers nothing more, and returns when all is on disk and the folder is free. Of another's engine: does nothing. */
  close(): Promise<void>;
}

/**
 * Starts the engine on a folder, which is made if missing, in a worker thread of its own, so that no
 * query holds up the application. When the folder is served already, that engine is given instead.
 * Throws when the store is broken or newer than this version, or its holder does not come to answer.
 */
export async function startEngine(options: { folder: string }): Promise<Engine> {
  const folder = resolve(options.folder);
  makeFolder(folder);
  // Loaded only now: with a database of its own, a machine for which libsql has no binary will do.
  const { announcedHolder, lockFolder } = await import('./folder-lock.ts');
  const begunAt = Date.now();
  for (;;) {
    // Each time anew: a holder that dies before it answers leaves the folder to whoever comes next.
    const lock = lockFolder(folder);
    if (lock) return ownEngine(folder, lock);
    const pid = announcedHolder(folder);
    if (pid !== undefined)
      return { uri: engineUri(folder), isOwner: false, pid, close: () => Promise.resolve() };
    if (Date.now() - begunAt > PATIENCE_MS)
      throw new Error(`Another process holds the database folder ${folder}, and does not answer.`);
    await wait(POLL_MS);
  }
}

async function ownEngine(folder: string, lock: FolderLock): Promise<Engine> {
  try {
    const endThread = await startThread({ engine: true, folder });
    lock.announce();
    let closing: Promise<void> | undefined;
    return {
      uri: engineUri(folder),
      isOwner: true,
      pid: process.pid,
      close: () =>
        (closing ??= endThread().then(() => {
          lock.release();
        })),
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Returns what ends the thread, once it serves. Without its database the process must not go on: it throws. */
async function startThread(order: ThreadOrder): Promise<() => Promise<void>> {
  const worker = new Worker(threadEntry, { workerData: order, execArgv: loaderArguments() });
  let reportDeath: (error: Error) => void;
  let reportEnd: (() => void) | undefined;
  worker.once('error', (error) => {
    reportDeath(new Error(`The database thread died: ${error.message}`, { cause: error }));
  });
  worker.once('exit', (code) => {
    if (reportEnd) reportEnd();
    else reportDeath(new Error(`The database thread ended unexpectedly (code ${code}).`));
  });
  const news = await new Promise<ThreadNews>((tell, fail) => {
    reportDeath = fail;
    worker.once('message', tell);
  });
  if (news.kind === 'failed') throw new Error(news.message);
  reportDeath = (error) => {
    throw error;
  };
  return () =>
    new Promise((end) => {
      reportEnd = end;
      worker.postMessage('close');
    });
}

/** Node 20 does not pass the parent's TypeScript loader on to threads, so run from source we ask for it again. */
function loaderArguments(): string[] {
  if (!threadEntry.pathname.endsWith('.ts')) return process.execArgv;
  // Found by file, as this module may have been loaded by require, where import.meta.resolve is missing.
  const tsx = pathToFileURL(createRequire(threadEntry).resolve('tsx/package.json'));
  const { href } = new URL('dist/esm/api/index.mjs', tsx);
  return ['--import', `data:text/javascript,import{register}from'${href}';register()`];
}
