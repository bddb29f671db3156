import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Installation } from '../support/installation.ts';
import { reachedBy, writesOf, type Role } from '../support/trace.ts';
import type { Action, Deed } from './actions.ts';
import { UnexpectedReply } from './filing.ts';
import type { Struck } from './outcome.ts';

/** How a process dies: from outside some time after the request was sent, or by itself at a moment of its work. */
type Blow = { roles: Role[]; delayMs: number } | { end: string };

/** How often processes are killed from outside, and how often they end themselves in the middle. */
export interface Kills {
  outside: number;
  inside: number;
}

/** Sends again until everything is acknowledged, as people and browsers do. */
async function insist(
  installation: Installation,
  deed: Deed,
  first: Promise<unknown>,
): Promise<void> {
  let sending = first;
  for (let tries = 0; tries < 8; tries += 1) {
    try {
      await sending;
      return;
    } catch (error) {
      if (error instanceof UnexpectedReply) throw error;
      await installation.whole();
      sending = deed.send({ attempt: randomUUID() });
    }
  }
  throw new Error('It was not acknowledged in eight tries.');
}

/** Performs a deed under one blow, until it is acknowledged. True when the blow fell between first write and reply. */
async function strike(installation: Installation, deed: Deed, blow: Blow): Promise<boolean> {
  const attempt = randomUUID();
  const seen = installation.events().length;
  const sending = deed.send({ attempt, ...('end' in blow && { end: blow.end }) });
  sending.catch(() => undefined);
  if ('end' in blow) await Promise.allSettled([sending]);
  else {
    await wait(blow.delayMs);
    await installation.kill(...blow.roles);
  }
  await insist(installation, deed, sending);
  await installation.recover();
  const fresh = installation.events().slice(seen);
  if ('end' in blow && !fresh.some(({ kind }) => kind === 'end')) {
    throw new Error(`Nobody ended at ${blow.end}.`);
  }
  const hitsWeb = 'end' in blow || blow.roles.includes('web');
  const attempts = new Set(fresh.flatMap((event) => event.attempt ?? []));
  return (
    hitsWeb &&
    [...attempts].some((one) => one.startsWith(attempt) && reachedBy(fresh, one) === 'writing')
  );
}

/** How long an undisturbed deed takes, and how many writes it makes. */
async function measure(installation: Installation, deeds: readonly Deed[]) {
  let longestMs = 0;
  let writes = Infinity;
  for (const deed of deeds) {
    const attempt = randomUUID();
    const startedAt = performance.now();
    await deed.send({ attempt });
    longestMs = performance.now() - startedAt;
    const events = installation.events();
    const attempts = new Set(events.flatMap((event) => event.attempt ?? []));
    const own = [...attempts].filter((one) => one.startsWith(attempt));
    // Now and then a deed writes once more: the session that was seen, a transaction that met another.
    writes = Math.min(writes, Math.max(...own.map((one) => writesOf(events, one))));
  }
  return { longestMs, writes };
}

const TARGETS: Role[][] = [['web', 'worker'], ['web'], ['web'], ['web', 'worker'], ['worker']];

/** Kills at delays from nothing to a little longer than the deed takes. */
const outside = (count: number, longestMs: number): Blow[] =>
  Array.from({ length: count }, (_, index) => ({
    roles: TARGETS[index % TARGETS.length]!,
    delayMs: (longestMs * 1.2 * (index + 0.5)) / count,
  }));

/** Deaths at moments of the work itself. First those around the last write, then the steps before it, evenly. */
function inside(count: number, writes: number): Blow[] {
  const last = [`answered:${writes}`, 'reply', `sent:${writes}`].slice(0, count);
  const steps = Math.min(count - last.length, writes - 1);
  const earlier = Array.from(
    { length: steps },
    (_, index) => `answered:${1 + Math.floor((index * (writes - 1)) / steps)}`,
  );
  return [...last, ...earlier].map((end) => ({ end }));
}

/** Performs an action again and again while its processes are killed. */
export async function sweep(
  installation: Installation,
  action: Action,
  kills: Kills,
): Promise<Struck> {
  const startedAt = performance.now();
  const deeds = await action.prepare(installation, kills.outside + kills.inside + 2);
  const { longestMs, writes } = await measure(installation, deeds.slice(0, 2));
  const blows = [...inside(kills.inside, writes), ...outside(kills.outside, longestMs)];
  const struck = deeds.slice(2, 2 + blows.length);
  let between = 0;
  for (const [index, blow] of blows.entries()) {
    if (await strike(installation, struck[index]!, blow)) between += 1;
  }
  return {
    action: action.name,
    kills: blows.length,
    between,
    things: struck.map(({ size, evidence }) => ({ size, evidence })),
    seconds: (performance.now() - startedAt) / 1000,
  };
}
