import { MongoBackend, MongoJobLogger } from '@agendajs/mongo-backend';
import { Agenda, type Job } from 'agenda';
import { expect } from 'chai';
import { once } from 'node:events';
import { useEngine } from './support.ts';

const MINUTE = 60_000;

const inAnHour = () => new Date(Date.now() + 60 * MINUTE);

describe('Agenda', () => {
  const engine = useEngine();
  let backend: MongoBackend;
  let agenda: Agenda;

  beforeEach(async () => {
    backend = new MongoBackend({ mongo: engine.db, collection: 'jobs' });
    // Agenda looks after a job at half of its lock's life, and keeps a timer for it that long.
    agenda = new Agenda({ backend, processEvery: 20, defaultLockLifetime: 4000 });
    await agenda.ready;
  });
  afterEach(async () => {
    await agenda.stop();
    await engine.db.collection('jobs').deleteMany({});
  });

  it('runs jobs once, as many at a time as they allow', async () => {
    const seen: unknown[] = [];
    let running = 0;
    let most = 0;
    agenda.define(
      'work',
      async ({ attrs }: Job<{ n: number }>) => {
        most = Math.max(most, ++running);
        await agenda.queryJobs({ name: 'work' });
        running--;
        seen.push(attrs.data.n);
        if (seen.length === 12) agenda.emit('all done');
      },
      { concurrency: 3 },
    );
    const done = once(agenda, 'all done');
    const jobs = Array.from({ length: 12 }, (_, n) => agenda.now('work', { n }));
    await Promise.all(jobs);
    await agenda.start();
    await done;
    expect(seen.sort()).to.deep.equal(Array.from({ length: 12 }, (_, n) => n).sort());
    expect(most).to.be.at.most(3);
  });

  it('keeps one job per unique key and per schedule', async () => {
    const save = (n: number) =>
      agenda.create('report', { key: 'k', n }).unique({ 'data.key': 'k' }).save();
    await Promise.all([1, 2, 3].map(save));
    await save(4);
    const { jobs, total } = await agenda.queryJobs({ name: 'report' });
    expect(total).to.equal(1);
    expect(jobs[0]?.data).to.deep.equal({ key: 'k', n: 4 });
    await agenda.every('5 minutes', 'sweep');
    await agenda.every('0 6 * * *', 'sweep');
    const sweeps = await agenda.queryJobs({ name: 'sweep' });
    expect(sweeps.jobs.map(({ repeatInterval }) => repeatInterval)).to.deep.equal(['0 6 * * *']);
  });

  it('locks a job for one of many workers', async () => {
    const nextRunAt = new Date(Date.now() - MINUTE);
    const common = { name: 'shared', type: 'normal' as const, nextRunAt, data: {} };
    for (const priority of [1, 2, 3])
      await backend.repository.saveJob({ ...common, priority }, undefined);
    const now = new Date();
    const soon = new Date(now.getTime() + MINUTE);
    const deadline = new Date(now.getTime() - MINUTE);
    const taken = await Promise.all(
      Array.from({ length: 6 }, () =>
        backend.repository.getNextJobToRun('shared', soon, deadline, now, undefined),
      ),
    );
    const priorities = taken.flatMap((job) => (job ? [job.priority] : []));
    expect(priorities.sort()).to.deep.equal([1, 2, 3]);
  });

  it('notes failures, and disables and cancels jobs', async () => {
    agenda.define('fail', () => Promise.reject(new Error('on purpose')));
    const failed = once(agenda, 'fail:fail');
    await agenda.start();
    await agenda.now('fail', {});
    await failed;
    // Told before it is written down.
    const read = async () => (await agenda.queryJobs({ name: 'fail' })).jobs[0];
    let job = await read();
    while (job?.failCount === undefined) job = await read();
    expect(job).to.include({ failCount: 1, failReason: 'on purpose' });
    await agenda.schedule(inAnHour(), 'later', {});
    expect(await agenda.disable({ name: 'later' })).to.equal(1);
    expect((await agenda.queryJobs({ includeDisabled: false })).total).to.equal(1);
    expect(await agenda.cancel({ name: 'later' })).to.equal(1);
  });

  it('counts jobs by state, and makes its index once', async () => {
    await agenda.schedule(inAnHour(), 'later', {});
    await agenda.now('soon', {});
    const overview = await agenda.getJobsOverview();
    expect(overview.map(({ name, total }) => [name, total])).to.have.deep.members([
      ['later', 1],
      ['soon', 1],
    ]);
    const collection = 'indexed';
    await Promise.all(
      [1, 2].map(async () => {
        const other = new MongoBackend({ mongo: engine.db, collection, ensureIndex: true });
        await other.connect();
      }),
    );
    const indexes = await engine.db.collection(collection).indexes();
    expect(indexes.map(({ name }) => name)).to.deep.equal(['_id_', 'findAndLockNextJobIndex']);
  });

  it('finds its log by level, time and page', async () => {
    const log = new MongoJobLogger({ db: engine.db, collectionName: 'log' });
    for (let n = 0; n < 5; n++)
      await log.log({
        timestamp: new Date(n * MINUTE),
        level: n % 2 === 0 ? 'info' : 'error',
        event: 'start',
        jobName: 'work',
        message: String(n),
      });
    const errors = await log.getLogs({ level: ['error', 'warn'], from: new Date(2 * MINUTE) });
    expect(errors.entries.map(({ message }) => message)).to.deep.equal(['3']);
    const page = await log.getLogs({ limit: 2, offset: 2, sort: 'asc' });
    expect(page.entries.map(({ message }) => message)).to.deep.equal(['2', '3']);
    expect(page.total).to.equal(5);
    expect(await log.clearLogs({ jobName: 'work' })).to.equal(5);
  });
});
