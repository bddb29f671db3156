import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { MongoClient, MongoServerError, type Db, type Document } from 'mongodb';
import { engineUri, startEngine } from '../../server/database/engine/start.ts';
import { startEngineProcess } from '../engine/processes.ts';
import { faultsAfter, RecordedLoad } from './recorded-load.ts';

const ROUNDS = 3;
const LOAD_MS = 5_000;
const CLIENTS = 4;
/** What the engine says of a disk that is full, or that fails. */
const DISK_CODES = new Set<unknown>([14031, 39]);

describe('A disk that fails now and then', function () {
  this.timeout(20 * 60_000);
  const refusals = new Map<string, number>();

  before(() => {
    expect(spawnSync('strace', ['-V']).status, 'this needs strace').to.equal(0);
  });

  /** Counts what the disk made fail; everything else is an error. */
  async function isDone(step: () => Promise<unknown>): Promise<boolean> {
    try {
      await step();
      return true;
    } catch (error) {
      const code = error instanceof MongoServerError ? error.code : error;
      if (!DISK_CODES.has(code)) throw error;
      refusals.set(String(code), (refusals.get(String(code)) ?? 0) + 1);
      return false;
    }
  }

  async function untilDone(step: () => Promise<unknown>): Promise<void> {
    while (!(await isDone(step)));
  }

  async function faultsIn(db: Db, load: RecordedLoad): Promise<string[]> {
    const done = {
      rows: load.steps.rows.map(({ length }) => length),
      transfers: load.steps.transfers.map(({ length }) => length),
    };
    const faults = await faultsAfter(db, done, 0);
    for (const { name } of await db.listCollections().toArray()) {
      const reply: Document = await db.command({ validate: name, full: true });
      if (reply.valid !== true) faults.push(`${name}: ${JSON.stringify(reply)}`);
    }
    return faults;
  }

  async function rebuildIndexes(db: Db, isOver: () => boolean): Promise<void> {
    for (let i = 0; !isOver(); i++) {
      const name = `extra-${i % 2}`;
      const rows = db.collection('rows');
      if (await isDone(() => rows.createIndex({ text: 1, n: 1 }, { name }, undefined)))
        while (!isOver() && !(await isDone(() => rows.dropIndex(name))));
    }
  }

  for (const [i, failure] of ['ENOSPC', 'EIO'].entries())
    it(`${failure}: fails commands, and leaves memory and disk alike`, async () => {
      const faults: string[] = [];
      let acknowledged = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const folder = mkdtempSync(join(tmpdir(), 'engine-'));
        const calls = ['pwrite64', 'pwrite64,fsync,fdatasync', 'fsync,fdatasync,ftruncate'][
          round % 3
        ];
        const files = ['-P', join(folder, 'engine.db'), '-P', join(folder, 'engine.db-wal')];
        const inject = `inject=${calls}:error=${failure}:when=${60 + i}+${31 + round * 14}`;
        const strace = ['strace', '-f', '-qq', '-o', '/dev/null', ...files, '-e', inject];
        const { child } = await startEngineProcess(folder, { wrapper: strace });
        const client = new MongoClient(engineUri(folder), { monitorCommands: true });
        const load = new RecordedLoad(untilDone);
        load.watch(client);
        const db = client.db('test');
        await untilDone(() => load.prepare(db));
        const end = Date.now() + LOAD_MS;
        const isOver = () => Date.now() > end;
        await Promise.all([
          ...Array.from({ length: CLIENTS }, (_, n) => load.changeRows(db, n, isOver)),
          ...Array.from({ length: CLIENTS }, (_, n) => load.transfer(db, n, isOver)),
          rebuildIndexes(db, isOver),
        ]);
        acknowledged += [...load.steps.rows, ...load.steps.transfers].flat().length;
        const where = `round ${round} (${inject}): `;
        faults.push(...(await faultsIn(db, load)).map((fault) => `${where}in memory: ${fault}`));
        await untilDone(() => db.collection('last').insertOne({ isDone: true }));
        await client.close();
        process.kill(Number(readFileSync(join(folder, 'engine.pid'), 'utf8')), 'SIGKILL');
        while (child.exitCode === null && child.signalCode === null) await wait(50);
        const engine = await startEngine({ folder });
        const reader = new MongoClient(engine.uri);
        const found = await faultsIn(reader.db('test'), load);
        faults.push(...found.map((fault) => `${where}on disk: ${fault}`));
        await reader.close();
        await engine.close();
        rmSync(folder, { recursive: true });
      }
      const figures = {
        failure,
        rounds: ROUNDS,
        acknowledged,
        refused: Object.fromEntries(refusals),
      };
      process.stdout.write(`\ndisk faults: ${JSON.stringify(figures)}\n\n`);
      expect(faults).to.deep.equal([]);
      expect(refusals.size).to.be.greaterThan(0);
      refusals.clear();
    });
});
