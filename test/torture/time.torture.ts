import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { copiesTo, endWorker, Installation } from '../support/installation.ts';
import { FOR_PROCESSES_MS, until } from '../support/until.ts';
import { confirm, file, fill, requestOf, send, type Waiting } from './filing.ts';

const DAY_MS = 86_400_000;
/** Longer than the lock of a dead worker's job and the pause between two sweeps of requests. */
const TWO_SWEEPS_MS = 70_000;
/** A transaction whose client died holds its rows until the database ends it; then the row may be postponed. */
const DEAD_TRANSACTION_MS = 8 * 60_000;

describe('time and workers', function () {
  this.timeout(15 * 60_000);
  let installation: Installation;

  beforeEach(async () => {
    installation = await Installation.open();
  });
  afterEach(() => installation.close());

  /** How many reminders are in the trail of a request, and how many mails of a kind were queued for it. */
  async function toldAbout({ formKey }: Waiting, template: string) {
    const rows = installation.rows();
    const request = await requestOf(installation, formKey);
    return {
      state: request?.state,
      reminders: await rows.collection('auditEntries').countDocuments({
        action: 'request.reminded',
        targetId: request?._id.toHexString(),
      }),
      mails: await rows.collection('mails').countDocuments({ 'about.id': request?._id, template }),
    };
  }

  it('a second worker sends nothing twice', async () => {
    const second = installation.secondWorker();
    const filed = await Promise.all(Array.from({ length: 24 }, () => fill(installation)));
    await Promise.all(filed.map((one) => send(one, { attempt: randomUUID() })));
    await installation.untilMailIsOut();
    await wait(8_000);
    await endWorker(second);
    for (const { email } of filed) {
      expect(copiesTo(email), email).to.deep.equal({ copies: 1, identities: 1 });
    }
  });

  it('reminders of a week without a worker become one, though two workers come back and one dies', async () => {
    const unproved = await file(installation);
    // Days 3 and 7 pass while nothing runs.
    installation.order('reminded');
    await installation.restart(8 * DAY_MS);
    const second = installation.secondWorker();
    await until(
      'a worker dies in the middle of reminding',
      () => installation.events().some(({ kind, why }) => kind === 'end' && why === 'reminded'),
      FOR_PROCESSES_MS,
    );
    await until(
      'the reminder is queued',
      async () => (await toldAbout(unproved, 'request-news')).mails > 0,
      DEAD_TRANSACTION_MS,
    );
    await wait(TWO_SWEEPS_MS);
    await installation.untilMailIsOut();
    await endWorker(second);
    expect(await toldAbout(unproved, 'request-news')).to.deep.equal({
      state: 'unverified',
      reminders: 1,
      mails: 1,
    });
    expect(copiesTo(unproved.email)).to.deep.equal({ copies: 2, identities: 2 });
  });

  it('four missed reminders of a deadline become one, and an overdue request is told of once a day', async () => {
    const proved = await file(installation);
    await confirm(proved, { attempt: randomUUID() });
    const told = () => toldAbout(proved, 'request-staff');
    expect(await told()).to.include({ reminders: 0, mails: 1 });
    for (const [day, reminders] of [
      [28, 1],
      [33, 2],
      [34, 3],
    ] as const) {
      await installation.restart(day * DAY_MS);
      await until(
        `day ${day} is told of`,
        async () => (await told()).reminders >= reminders,
        FOR_PROCESSES_MS,
      );
      await installation.untilMailIsOut();
      await wait(TWO_SWEEPS_MS / 2);
      expect(await told(), `day ${day}`).to.include({ reminders, mails: reminders + 1 });
    }
  });
});
