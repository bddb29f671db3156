import { once } from 'node:events';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { socketPath, uriOf } from './address.ts';
import { threadEntry, type ThreadNews, type ThreadOrder } from './thread.ts';

/** A running engine. */
export interface Engine {
  /** What a MongoDB driver connects to. */
  uri: string;
  /** Answers nothing more, and returns when all is on disk and the folder is free. */
  close(): Promise<void>;
}

/** The address of the engine that serves a folder, whoever runs it. */
export function engineUri(folder: string): string {
  return uriOf(socketPath(folder));
}

/**
 * Starts the engine on a folder, which is made if missing, in a worker thread of its own, so that no
 * query holds up the application. Throws when another process has the folder open, when the store is
 * broken or newer than this version, and on Windows.
 */
export async function startEngine(options: { folder: string; socket?: string }): Promise<Engine> {
  if (process.platform === 'win32')
    throw new Error('The embedded database needs unix sockets: on Windows, set MONGODB_URI.');
  const folder = resolve(options.folder);
  const socket = options.socket ?? socketPath(folder);
  const order: ThreadOrder = { engine: true, folder, socket };
  const worker = new Worker(threadEntry, { workerData: order, execArgv: loaderArguments() });
  const news = await nextNews(worker);
  if (news.kind === 'failed') throw new Error(news.message);
  let isClosing = false;
  worker.once('exit', (code) => {
    // Without its database the process must not go on as if nothing had happened.
    if (!isClosing) throw new Error(`The database thread ended unexpectedly (code ${code}).`);
  });
  return {
    uri: uriOf(socket),
    close: async () => {
      if (isClosing) return;
      isClosing = true;
      const ended = once(worker, 'exit');
      worker.postMessage('close');
      await ended;
    },
  };
}

/** Node 20 does not pass the parent's TypeScript loader on to threads, so run from source we ask for it again. */
function loaderArguments(): string[] {
  if (!threadEntry.pathname.endsWith('.ts')) return process.execArgv;
  // Found by file, as this module may have been loaded by require, where import.meta.resolve is missing.
  const tsx = pathToFileURL(createRequire(threadEntry).resolve('tsx/package.json'));
  const { href } = new URL('dist/esm/api/index.mjs', tsx);
  return ['--import', `data:text/javascript,import{register}from'${href}';register()`];
}

async function nextNews(worker: Worker): Promise<ThreadNews> {
  const [news] = (await once(worker, 'message')) as [ThreadNews];
  return news;
}
