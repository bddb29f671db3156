import { decodeChoice, encodeChoice } from './consent.ts';
import type { ChoiceRecord, StoredChoice } from './types.ts';

/** First-party cookie that holds the choice; written with the choice, never before. */
const CHOICE = 'privacy_choice';
/** What the names of our entries begin with: writing one tells other tabs that a choice was made. */
export const WATCHED = 'privacy_';
/** Local storage: records the server has not confirmed yet. */
const OUTBOX = 'privacy_choice_outbox';
/** Local storage: purposes whose notice the visitor closed without choosing. Identifies nobody. */
const NOTICE = 'privacy_notice_closed';

/** A week offline at a choice an hour stays well below this. */
const OUTBOX_LIMIT = 50;

// Cookies and storage throw where a sandbox or a browser setting forbids them; the choice then lasts for the page.
const memory = new Map<string, string>();

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

export function readChoice(): StoredChoice | null {
  const cookie = attempt(() => document.cookie) ?? '';
  const text = new RegExp(`(?:^|; )${CHOICE}=([^;]*)`).exec(cookie)?.[1] ?? memory.get(CHOICE);
  return text ? decodeChoice(text) : null;
}

export function writeChoice(choice: StoredChoice, days: number): void {
  const text = encodeChoice(choice);
  memory.set(CHOICE, text);
  setCookie(text, days * 86_400);
}

export function forgetChoice(): void {
  memory.delete(CHOICE);
  memory.delete(NOTICE);
  setCookie('', 0);
  attempt(() => {
    localStorage.removeItem(NOTICE);
  });
}

function setCookie(value: string, seconds: number): void {
  const secure = location.protocol === 'https:' ? ';Secure' : '';
  attempt(() => {
    document.cookie = `${CHOICE}=${value};Max-Age=${seconds};Path=/;SameSite=Lax${secure}`;
  });
}

/** Records that still have to reach the server, oldest first. */
export function readOutbox(): ChoiceRecord[] {
  const text = attempt(() => localStorage.getItem(OUTBOX)) ?? memory.get(OUTBOX);
  return attempt(() => JSON.parse(text ?? '[]') as ChoiceRecord[]) ?? [];
}

export function keepInOutbox(record: ChoiceRecord): void {
  writeOutbox([...readOutbox(), record].slice(-OUTBOX_LIMIT));
}

export function dropFromOutbox(clientKey: string): void {
  writeOutbox(readOutbox().filter((record) => record.clientKey !== clientKey));
}

function writeOutbox(records: ChoiceRecord[]): void {
  const text = JSON.stringify(records);
  memory.set(OUTBOX, text);
  attempt(() => {
    if (records.length) localStorage.setItem(OUTBOX, text);
    else localStorage.removeItem(OUTBOX);
  });
}

export function isNoticeClosed(purposes: string): boolean {
  return (attempt(() => localStorage.getItem(NOTICE)) ?? memory.get(NOTICE)) === purposes;
}

export function closeNotice(purposes: string): void {
  memory.set(NOTICE, purposes);
  attempt(() => {
    localStorage.setItem(NOTICE, purposes);
  });
}
