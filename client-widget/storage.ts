import type { WaitingRecord } from './parts.ts';

/** Local storage: records the server has not confirmed yet. */
export const OUTBOX = 'privacy_choice_outbox';
/** Local storage: purposes whose notice the visitor closed without choosing. Identifies nobody. */
export const NOTICE = 'privacy_notice_closed';

/** A week offline at a choice an hour stays well below this. */
const OUTBOX_LIMIT = 50;

// Storage throws where a sandbox or a browser setting forbids it; entries then last for the page.
const memory: Record<string, string> = {};

export function readEntry(name: string): string {
  try {
    return localStorage.getItem(name) ?? '';
  } catch {
    return memory[name] ?? '';
  }
}

/** Without a text it removes the entry. */
export function writeEntry(name: string, text: string): void {
  try {
    if (text) localStorage.setItem(name, text);
    else localStorage.removeItem(name);
  } catch {
    memory[name] = text;
  }
}

/** Records that still have to reach the server, oldest first. */
export function readOutbox(): WaitingRecord[] {
  try {
    // Whatever else was written there, by hand or by another script, is no record.
    return (JSON.parse(readEntry(OUTBOX)) as WaitingRecord[]).filter(({ clientKey }) => clientKey);
  } catch {
    return [];
  }
}

export function writeOutbox(records: WaitingRecord[]): void {
  writeEntry(OUTBOX, records.length ? JSON.stringify(records.slice(-OUTBOX_LIMIT)) : '');
}
