import { deliver } from './channel.ts';
import { completeRecord } from './signals.ts';
import type { Asker } from './parts.ts';
import { OUTBOX } from './storage.ts';

const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 300_000;

/**
 * Delivers what waits in the outbox, in its order: now, when the network is back, and again after growing pauses. It
 * outlives a lost network, a closed tab and a server that is away. Returns a function that tries at once.
 */
export function openRetries(
  address: string,
  { readOutbox, writeOutbox }: Pick<Asker, 'readOutbox' | 'writeOutbox'>,
): () => Promise<void> {
  let isSending = false;
  let pause = FIRST_PAUSE;
  let timer: number | undefined;

  async function deliverAll(): Promise<void> {
    for (let record = readOutbox()[0]; record; record = readOutbox()[0]) {
      const { clientKey } = record;
      await deliver(address, completeRecord(record));
      // Another choice may have been made meanwhile.
      writeOutbox(readOutbox().filter((one) => one.clientKey !== clientKey));
    }
  }

  async function flush(): Promise<void> {
    if (isSending) return;
    isSending = true;
    clearTimeout(timer);
    try {
      // All tabs have one outbox: one of them delivers, the others find it empty. Plain http has no locks.
      const { locks } = navigator as { locks?: LockManager };
      await (locks ? locks.request(OUTBOX, deliverAll) : deliverAll());
      pause = FIRST_PAUSE;
    } catch {
      timer = setTimeout(() => void flush(), pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
    isSending = false;
  }

  addEventListener('online', () => void flush());
  return flush;
}
