import { once } from 'node:events';
import { expect } from 'chai';
import type { Agenda } from 'agenda';
import mongoose from 'mongoose';
import sinon from 'sinon';
import { setTimeout as wait } from 'node:timers/promises';
import { timetable } from '../../jobs/schedule.ts';
// Every model of the application is known once its doors are.
import '../../server/app.ts';
import { againstDuplicates } from '../../server/database/duplicate-key.ts';
import { prepareInstallation } from '../../server/database/installation.ts';
import { createAgenda, keepLocked } from '../../server/queue.ts';
import { connectFreshDatabase, dropDatabase } from '../support/database.ts';

const jobs = () => mongoose.connection.collection('agendaJobs');

describe('The job queue', () => {
  const started: Agenda[] = [];
  const aQueue = async () => {
    const agenda = createAgenda();
    started.push(agenda);
    await agenda.ready;
    return agenda;
  };

  beforeEach(async () => {
    await connectFreshDatabase();
    await prepareInstallation();
  });
  afterEach(async () => {
    for (const agenda of started.splice(0)) await agenda.stop();
    await dropDatabase();
  });

  it('runs what is asked for, and forgets it', async () => {
    const agenda = await aQueue();
    const asked: unknown[] = [];
    agenda.define<{ mailId: string }>('send-mail', ({ attrs }) => {
      asked.push(attrs.data.mailId);
    });
    await agenda.start();
    const completed = once(agenda, 'complete:send-mail');
    await agenda.now('send-mail', { mailId: '0123456789abcdef01234567' });
    await completed;
    expect(asked).to.deep.equal(['0123456789abcdef01234567']);
    while ((await jobs().countDocuments({ name: 'send-mail' })) > 0) await wait(10);
  });

  it('keeps the lock of a sweep for as long as it takes, and no longer', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const touch = sinon.stub().resolves();
      touch.onSecondCall().rejects(new Error('away'));
      let end: (() => void) | undefined;
      const work = () => new Promise<void>((resolve) => (end = resolve));
      const working = keepLocked({ touch }, work);
      await clock.tickAsync(20_000);
      expect(touch.callCount).to.equal(4);
      end?.();
      await working;
      await clock.tickAsync(60_000);
      expect(touch.callCount).to.equal(4);
    } finally {
      clock.restore();
    }
  });

  it('runs a sweep again and again, and takes over what a dead worker held', async () => {
    const held = {
      name: 'sweep-mail',
      type: 'single',
      nextRunAt: new Date(),
      repeatInterval: '1 second',
    };
    await jobs().insertOne({ ...held, lockedAt: new Date(Date.now() - 60_000) });
    const agenda = await aQueue();
    agenda.define('sweep-mail', () => undefined, { removeOnComplete: false });
    await agenda.start();
    await once(agenda, 'complete:sweep-mail');
    await once(agenda, 'complete:sweep-mail');
  });

  it('enters each sweep once, however many workers start at the same time', async () => {
    const workers = await Promise.all([aQueue(), aQueue(), aQueue(), aQueue()]);
    for (const { name, every } of timetable) {
      await Promise.all(
        workers.map((worker) => againstDuplicates(() => worker.every(every, name))),
      );
      expect(await jobs().countDocuments({ name, type: 'single' })).to.equal(1);
    }
  });

  it('makes nothing in the database by itself', async () => {
    const collections = async () =>
      (await mongoose.connection.db?.listCollections().toArray())?.map(({ name }) => name).sort();
    const before = await collections();
    const indexes = await jobs().indexes();
    await aQueue();
    expect(await collections()).to.deep.equal(before);
    expect(await jobs().indexes()).to.deep.equal(indexes);
  });
});
