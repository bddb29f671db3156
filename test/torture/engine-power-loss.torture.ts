import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { openEngine } from '../../server/database/engine/open.ts';
import { engineUri } from '../../server/database/engine/start.ts';
import { startEngineProcess } from '../engine/processes.ts';
import { randomFrom } from '../engine/seed.ts';
import { HonestDisk, SURVIVALS } from './honest-disk.ts';
import { faultsAfter, RecordedLoad } from './recorded-load.ts';
import { readLog, straceArguments, type Event } from './syscall-log.ts';

const CUTS = 100;
const ROW_CLIENTS = 6;
const TRANSFER_CLIENTS = 4;
/** Long enough for the log to be emptied some times. */
const LOAD_MS = 20_000;

describe('Power loss', function () {
  this.timeout(30 * 60_000);
  const base = mkdtempSync(join(tmpdir(), 'engine-'));
  const folder = join(base, 'recorded');
  const load = new RecordedLoad();
  let events: Event[] = [];

  before(async () => {
    expect(spawnSync('strace', ['-V']).status, 'this needs strace').to.equal(0);
    mkdirSync(join(base, 'log'));
    await record();
    events = await readLog(join(base, 'log'), folder);
  });

  /** Runs an engine under strace, has clients write, and pulls the plug. */
  async function record(): Promise<void> {
    const wrapper = ['strace', ...straceArguments(join(base, 'log', 'of'))];
    const { child } = await startEngineProcess(folder, { wrapper });
    const client = new MongoClient(engineUri(folder), { monitorCommands: true, maxPoolSize: 20 });
    load.watch(client);
    const db = client.db('test');
    await load.prepare(db);
    const end = Date.now() + LOAD_MS;
    const isOver = () => Date.now() > end;
    await Promise.all([
      ...Array.from({ length: ROW_CLIENTS }, (_, i) => load.changeRows(db, i, isOver)),
      ...Array.from({ length: TRANSFER_CLIENTS }, (_, i) => load.transfer(db, i, isOver)),
    ]);
    await client.close();
    process.kill(Number(readFileSync(join(folder, 'engine.pid'), 'utf8')), 'SIGKILL');
    while (child.exitCode === null && child.signalCode === null) await wait(50);
  }

  /** How many steps of each client were acknowledged when the power failed. */
  function stepsDone(answered: ReadonlySet<number>): { rows: number[]; transfers: number[] } {
    const count = (steps: number[][]) =>
      steps.map((requests) => requests.filter((request) => answered.has(request)).length);
    return { rows: count(load.steps.rows), transfers: count(load.steps.transfers) };
  }

  async function faultsIn(cut: string, answered: ReadonlySet<number>): Promise<string[]> {
    const engine = await openEngine(cut);
    const client = new MongoClient(engineUri(cut));
    try {
      const db = client.db('test');
      const faults = await faultsAfter(db, stepsDone(answered), 1);
      if (answered.has(load.prepared) && (await db.collection('accounts').countDocuments()) === 0)
        faults.push('the accounts are gone');
      for (const { name } of await db.listCollections().toArray()) {
        const reply = await db.command({ validate: name, full: true });
        if (reply.valid !== true) faults.push(`${name}: ${JSON.stringify(reply)}`);
      }
      await db.collection('after').insertOne({ isWritable: true });
      return faults;
    } finally {
      await client.close();
      await engine.close();
    }
  }

  it(`at any of ${CUTS} moments leaves all that was acknowledged, and nothing by halves`, async () => {
    const seed = Date.now() % 2 ** 31;
    const random = randomFrom(seed);
    const places = Array.from({ length: CUTS }, () => Math.floor(random() * events.length));
    places.sort((a, b) => a - b);
    const disk = new HonestDisk();
    const answered = new Set<number>();
    const faults: string[] = [];
    let place = 0;
    for (const [i, cutAt] of places.entries()) {
      for (; place < cutAt; place++) {
        const event = events[place];
        if (event?.kind === 'reply') answered.add(event.to);
        else if (event) disk.apply(event);
      }
      const survival = SURVIVALS[i % SURVIVALS.length] ?? 'nothing';
      const cut = join(base, `cut-${i}`);
      disk.show(cut, survival, random);
      const found = await faultsIn(cut, answered).catch((error: unknown) => [String(error)]);
      if (found.length > 0) faults.push(`cut ${i} at ${cutAt} (${survival}): ${found.join('; ')}`);
      else rmSync(cut, { recursive: true });
    }
    const steps = stepsDone(answered);
    const acknowledged = [...steps.rows, ...steps.transfers].reduce((sum, n) => sum + n, 0);
    const figures = { seed, events: events.length, acknowledged, cuts: CUTS };
    const passed = CUTS - faults.length;
    process.stdout.write(`\npower loss: ${JSON.stringify({ ...figures, passed })}\n\n`);
    expect(faults, `seed ${seed}, in ${base}`).to.deep.equal([]);
    expect(acknowledged).to.be.at.least(200);
    rmSync(base, { recursive: true });
  });
});
