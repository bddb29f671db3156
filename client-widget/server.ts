import { dropFromOutbox, keepInOutbox, readOutbox } from './storage.ts';
import type { ChoiceRecord, WidgetConfig } from './types.ts';

const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 300_000;
/** A server that answers later than this counts as away; the record may have arrived, and is sent again. */
const PATIENCE = 15_000;

/**
 * Delivers records to the server. Each is stored before it is sent and forgotten when it was answered, so it
 * outlives a lost network, a closed tab and a server that is away; the server recognises repeats by `clientKey`.
 */
export function openChannel({ endpoint, siteKey }: WidgetConfig): (record: ChoiceRecord) => void {
  let isSending = false;
  let pause = FIRST_PAUSE;
  let timer: number | undefined;

  async function flush(): Promise<void> {
    if (isSending) return;
    isSending = true;
    clearTimeout(timer);
    for (let record = readOutbox()[0]; record; record = readOutbox()[0]) {
      if (await deliver(record)) {
        dropFromOutbox(record.clientKey);
        pause = FIRST_PAUSE;
      } else {
        timer = setTimeout(() => void flush(), pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
        break;
      }
    }
    isSending = false;
  }

  /** True when the record needs no further attempt: recorded, or refused for good. */
  async function deliver(record: ChoiceRecord): Promise<boolean> {
    try {
      // A string body is sent as text/plain, which asks for no preflight; keepalive survives leaving the page.
      const { status } = await fetch(`${endpoint}/c/${siteKey}/choices`, {
        method: 'POST',
        body: JSON.stringify(record),
        credentials: 'omit',
        keepalive: true,
        signal: AbortSignal.timeout(PATIENCE),
      });
      return status < 500 && status !== 429;
    } catch {
      return false;
    }
  }

  addEventListener('online', () => void flush());
  void flush();
  return (record) => {
    keepInOutbox(record);
    void flush();
  };
}
