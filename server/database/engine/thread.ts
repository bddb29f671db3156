import { isMainThread, parentPort, workerData } from 'node:worker_threads';

/** What the starter tells the thread. */
export interface ThreadOrder {
  engine: true;
  folder: string;
}

/** What the thread tells the starter. */
export type ThreadNews = { kind: 'ready' } | { kind: 'failed'; message: string };

/** This very file is the thread's entry: `.ts` under a loader, `.js` when built, without having to know. */
export const threadEntry = new URL(import.meta.url);

async function run(order: ThreadOrder): Promise<void> {
  const port = parentPort;
  if (!port) return;
  const tell = (news: ThreadNews) => {
    port.postMessage(news);
  };
  const { openEngine } = await import('./open.ts');
  try {
    const engine = await openEngine(order.folder);
    port.once('message', () => {
      void engine.close().then(() => {
        port.close();
      });
    });
    tell({ kind: 'ready' });
  } catch (error) {
    tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    port.close();
  }
}

function isOrder(value: unknown): value is ThreadOrder {
  return typeof value === 'object' && value !== null && 'engine' in value;
}

if (!isMainThread && isOrder(workerData)) void run(workerData);
