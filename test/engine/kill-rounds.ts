import { setTimeout as wait } from 'node:timers/promises';
import { MongoClient, type Db } from 'mongodb';
import { engineUri } from '../../server/database/engine/start.ts';
import { FOR_PROCESSES_MS, until } from '../support/until.ts';
import { endProcess, startEngineProcess } from './processes.ts';
import { Load } from './load.ts';
import { randomFrom } from './seed.ts';

const CLIENTS = 4;
const LONGEST_ROUND_MS = 1500;
/** So many writes a round lets be acknowledged, however slow the disk is. */
const LEAST_ACKNOWLEDGED = 20;

export interface KillOutcome {
  rounds: number;
  acknowledged: number;
  unknown: number;
  counted: number;
  documents: number;
  faults: string[];
}

/** Ends the engine of a folder again and again under load, and looks each time at what is left. */
export async function killRounds(
  folder: string,
  { rounds, seed, signal }: { rounds: number; seed: number; signal: 'SIGKILL' | 'SIGTERM' },
): Promise<KillOutcome> {
  const random = randomFrom(seed);
  const load = new Load(random);
  const faults: string[] = [];
  const connect = () => new MongoClient(engineUri(folder), { serverSelectionTimeoutMS: 300 });
  let counting = Promise.resolve();
  let documents = 0;
  for (let round = 0; round <= rounds; round++) {
    const engine = await startEngineProcess(folder);
    const clients = Array.from({ length: CLIENTS }, connect);
    // Waits for its answers, however slow the machine is.
    const inspector = new MongoClient(engineUri(folder));
    const db = inspector.db('test');
    await inspector.db('admin').command({ setParameter: 1, ttlMonitorSleepSecs: 1 });
    if (round === 0) {
      await load.prepare(db);
      counting = load.count(connect);
    } else {
      const found = [...(await load.faults(db)), ...(await invalid(db))];
      faults.push(...found.map((fault) => `round ${round}: ${fault}`));
    }
    if (round < rounds) {
      const least = load.figures.acknowledged + LEAST_ACKNOWLEDGED;
      const running = load.run(clients, round);
      await wait(100 + random() * LONGEST_ROUND_MS);
      await until('it was written', () => load.figures.acknowledged >= least, FOR_PROCESSES_MS);
      const code = await endProcess(engine, signal);
      if (signal === 'SIGTERM' && code !== 0)
        faults.push(`round ${round}: exit code ${String(code)}`);
      await running;
    } else {
      load.end();
      await counting;
      faults.push(...(await load.faults(db)));
      documents = await documentsIn(db);
      faults.push(...(await remains(db)));
      if ((await endProcess(engine, 'SIGTERM')) !== 0) faults.push('the engine did not end well');
    }
    for (const client of [inspector, ...clients]) await client.close();
  }
  return { rounds, documents, faults, ...load.figures };
}

/** What the engine's own check of every collection, index and page finds. */
async function invalid(db: Db): Promise<string[]> {
  const faults: string[] = [];
  for (const { name } of await db.listCollections().toArray()) {
    const reply = await db.command({ validate: name, full: true });
    if (reply.valid !== true) faults.push(`${name}: ${JSON.stringify(reply)}`);
  }
  return faults;
}

async function documentsIn(db: Db): Promise<number> {
  let total = 0;
  for (const collection of await db.collections()) total += await collection.countDocuments({});
  return total;
}

/** Waits for documents whose time is over to go. */
async function remains(db: Db): Promise<string[]> {
  const fading = db.collection('fading');
  const until = Date.now() + FOR_PROCESSES_MS;
  while ((await fading.countDocuments({ at: { $lt: new Date() } })) > 0)
    if (Date.now() > until) return ['documents outlived their time'];
  return [];
}
