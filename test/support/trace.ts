import { existsSync, readFileSync } from 'node:fs';

export type Role = 'web' | 'worker';

/** One thing that a process of the product did, as `witness.mjs` wrote it down. */
export interface TraceEvent {
  pid: number;
  role: Role;
  /** Microseconds of the machine's monotonic clock: comparable between processes. */
  at: number;
  kind: 'born' | 'sent' | 'answered' | 'reply' | 'end';
  /** The request in whose name it happened. */
  attempt?: string;
  /** Of a write: counted from 1 in its request. */
  number?: number;
  command?: string;
  collection?: string | null;
  /** The state to which a write moves a row. */
  state?: string;
  /** Of an answer: whether there was a row to change. */
  found?: boolean;
  /** Of an end: the moment that was ordered. */
  why?: string;
}

/** Everything written down so far, oldest first; a last line that a death cut short is left out. */
export function readTrace(file: string): TraceEvent[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as TraceEvent);
}

/** How far an attempt came. `writing`: the database answered a write, and no reply was begun. */
export type Reached = 'nothing' | 'writing' | 'replying';

export function reachedBy(events: readonly TraceEvent[], attempt: string): Reached {
  const own = events.filter((event) => event.attempt === attempt);
  if (own.some(({ kind }) => kind === 'reply')) return 'replying';
  return own.some(({ kind }) => kind === 'answered') ? 'writing' : 'nothing';
}

/** How many writes an attempt made before its reply. */
export const writesOf = (events: readonly TraceEvent[], attempt: string): number =>
  events.filter((event) => event.attempt === attempt && event.kind === 'answered').length;

/** Whether a worker died with a mail in hand: leased, and not yet written down as sent. */
export function heldMail(events: readonly TraceEvent[], pid: number): boolean {
  const own = events.filter(
    ({ pid: by, collection, kind }) => by === pid && collection === 'mails' && kind === 'answered',
  );
  const leases = own.filter(({ command, found }) => command === 'findAndModify' && found);
  return leases.length > own.filter(({ state }) => state === 'sent').length;
}
