import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { copiesTo, type Installation } from '../support/installation.ts';
import { FOR_PROCESSES_MS, until } from '../support/until.ts';
import { mailServerWill, messagesTo } from '../support/mailbox.ts';
import { heldMail, type Role } from '../support/trace.ts';
import { fill, requestOf, send, type Filed } from './filing.ts';
import type { Kills } from './sweep.ts';
import type { Struck } from './outcome.ts';

/**
 * How a worker dies with mail in hand: at a moment of its own work, while the mail server keeps
 * silent after taking a message, or some time after the first mail of a batch came.
 */
type Blow =
  { end: 'leased' | 'accepted' | 'booked' } | { hold: true } | { roles: Role[]; delayMs: number };

const MAILS_PER_BLOW = 4;
const LONGEST_DELAY_MS = 60;

const isOut = ({ email }: Filed) => messagesTo(email).length > 0;

/** Files forms, whose mails the worker sends, and strikes. True when the worker died with a mail in hand. */
async function strike(
  installation: Installation,
  batch: readonly Filed[],
  blow: Blow,
): Promise<boolean> {
  const worker = installation.pidOf('worker');
  if ('end' in blow) installation.order(blow.end);
  if ('hold' in blow) mailServerWill('hold');
  await Promise.all(batch.map((filed) => send(filed, { attempt: randomUUID() })));
  if ('end' in blow) {
    await until(
      `the worker ends when a mail is ${blow.end}`,
      () => installation.events().some(({ pid, kind }) => pid === worker && kind === 'end'),
      FOR_PROCESSES_MS,
    );
  } else {
    await until('a mail of the batch comes', () => batch.some(isOut), FOR_PROCESSES_MS);
    await wait('hold' in blow ? 0 : blow.delayMs);
    await installation.kill(...('hold' in blow ? (['worker'] as const) : blow.roles));
  }
  mailServerWill('accept');
  await installation.recover();
  const hitsWorker = !('roles' in blow) || blow.roles.includes('worker');
  return hitsWorker && heldMail(installation.events(), worker);
}

const ENDS = ['accepted', 'booked', 'leased'] as const;
const TARGETS: Role[][] = [['worker'], ['web', 'worker'], ['worker'], ['web']];

function blowsOf({ inside, outside }: Kills): Blow[] {
  const own = Array.from({ length: inside }, (_, index): Blow => {
    const end = ENDS[index % (ENDS.length + 1)];
    return end === undefined ? { hold: true } : { end };
  });
  const others = Array.from({ length: outside }, (_, index): Blow => ({
    roles: TARGETS[index % TARGETS.length]!,
    delayMs: (LONGEST_DELAY_MS * index) / outside,
  }));
  return [...own, ...others];
}

/** Sends mails again and again while the worker, the web process or both are killed. */
export async function sweepMail(installation: Installation, kills: Kills): Promise<Struck> {
  const startedAt = performance.now();
  const blows = blowsOf(kills);
  const all: Filed[] = [];
  let between = 0;
  for (const blow of blows) {
    const batch: Filed[] = [];
    for (let index = 0; index < MAILS_PER_BLOW; index += 1) batch.push(await fill(installation));
    if (await strike(installation, batch, blow)) between += 1;
    all.push(...batch);
  }
  return {
    action: 'mail sending',
    kills: blows.length,
    between,
    things: all.map(({ formKey, email }) => ({
      size: 1,
      evidence: async () => {
        const rows = installation.rows();
        const request = await requestOf(installation, formKey);
        const mail = { 'about.id': request?._id ?? null, template: 'request-confirm' };
        return {
          mail: await rows.collection('mails').countDocuments(mail),
          sent: await rows.collection('mails').countDocuments({ ...mail, state: 'sent' }),
          'Message-ID': copiesTo(email).identities,
        };
      },
    })),
    seconds: (performance.now() - startedAt) / 1000,
  };
}
