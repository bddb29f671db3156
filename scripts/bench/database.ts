import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { MongoClient, type Collection } from 'mongodb';
import { startEngine } from '../../server/database/engine/start.ts';
import { benchDocument, createIndexes, fill, readPage, type BenchDocument } from './documents.ts';
import { floorRates } from './floor.ts';
import { costOf, inMilliseconds, percentile, printTable, ratesOf, timesOf } from './measure.ts';

const SECONDS = 5;
const ROUNDS = 2000;
const [, , argument = '1000000'] = process.argv;
const most = Number(argument);
if (!Number.isInteger(most) || most < 1000) {
  console.error('Give how many documents the largest collection has: 1000 or more.');
  process.exit(64);
}

const goals: Record<string, string>[] = [];
function report(goal: string, measured: string, isMet: boolean): void {
  goals.push({ goal, measured, met: isMet ? 'yes' : 'no' });
}

const rateRow = (name: string, rates: number[]) => ({
  name,
  'median/s': Math.round(percentile(rates, 0.5)),
  'best/s': Math.max(...rates),
});

const timeRow = (name: string, times: number[]) => ({
  name,
  p50: inMilliseconds(percentile(times, 0.5)),
  p99: inMilliseconds(percentile(times, 0.99)),
  most: inMilliseconds(Math.max(...times)),
});

async function measureInserts(
  folder: string,
  collection: Collection<BenchDocument>,
): Promise<void> {
  const rows = [rateRow('bare libsql insert + fsync', await floorRates(folder, SECONDS))];
  let next = 0;
  for (const writers of [1, 16, 64]) {
    const rates = await ratesOf(writers, SECONDS, () =>
      collection.insertOne(benchDocument(next++)),
    );
    rows.push(rateRow(`insertOne, ${writers} writers`, rates));
    const median = percentile(rates, 0.5);
    if (writers === 64)
      report('64 writers >= 6,000/s', `${Math.round(median)}/s (median)`, median >= 6000);
  }
  printTable('Durable inserts (3 indexes, 326 bytes)', rows);
}

async function measurePages(collection: Collection<BenchDocument>): Promise<void> {
  const rows = [];
  const medians: number[] = [];
  let filled = 0;
  for (const size of [most / 100, most / 10, most]) {
    await fill(collection, filled, size);
    filled = size;
    await timesOf(200, (round) => readPage(collection, round));
    const times = await timesOf(ROUNDS, (round) => readPage(collection, round));
    rows.push(timeRow(`page of 50 of ${size.toLocaleString('en')}`, times));
    medians.push(percentile(times, 0.5));
  }
  printTable('A page by a compound index', rows);
  const [small = NaN, , large = NaN] = medians;
  report('largest page p50 <= 2 ms', inMilliseconds(large), large <= 2);
  report('and within 1.3x of the smallest', `${(large / small).toFixed(2)}x`, large / small <= 1.3);
}

/** Reads a document by its id, always another one. */
async function pointReader(
  collection: Collection<BenchDocument>,
): Promise<(round: number) => Promise<unknown>> {
  const found = await collection.find().limit(1000).toArray();
  const filters = found.map(({ _id }) => ({ _id }));
  return (round) => collection.findOne(filters[round % filters.length] ?? {});
}

async function measurePoints(collection: Collection<BenchDocument>): Promise<void> {
  const byId = await pointReader(collection);
  const byEmail = (round: number) =>
    collection.findOne({ email: benchDocument((round * 7919) % most).email });
  const rows = [];
  for (const clients of [1, 16]) {
    rows.push(rateRow(`by _id, ${clients} clients`, await ratesOf(clients, SECONDS, byId)));
    rows.push(rateRow(`by an index, ${clients} clients`, await ratesOf(clients, SECONDS, byEmail)));
  }
  printTable(`Point reads of ${most.toLocaleString('en')}`, rows);
}

async function measureCounts(collection: Collection<BenchDocument>): Promise<void> {
  const covered = await timesOf(20, () => collection.countDocuments({ group: 3 }));
  const all = await timesOf(20, () => collection.estimatedDocumentCount());
  const scanned = await timesOf(3, () => collection.countDocuments({ amount: { $gt: 5000 } }));
  const sixth = Math.round(most / 6).toLocaleString('en');
  printTable('Counts', [
    timeRow(`${sixth} by an index`, covered),
    timeRow('the whole collection', all),
    timeRow('by looking at every document', scanned),
  ]);
  const median = percentile(covered, 0.5);
  report(`covered count of ${sixth} <= 60 ms`, inMilliseconds(median), median <= 60);
}

const group = (collection: Collection<BenchDocument>) =>
  collection
    .aggregate([{ $group: { _id: '$group', n: { $sum: 1 }, total: { $sum: '$amount' } } }])
    .toArray();

async function drain(documents: AsyncIterable<unknown>): Promise<void> {
  for await (const document of documents) if (document === null) return;
}

async function measureHeavy(collection: Collection<BenchDocument>): Promise<void> {
  const few = await costOf(() => group(collection));
  const many = await costOf(() =>
    drain(collection.aggregate([{ $group: { _id: '$email', n: { $sum: 1 } } }])),
  );
  const sorted = await costOf(() => drain(collection.find().sort({ amount: 1, text: 1 })));
  const row = (name: string, { milliseconds, peak, growth }: typeof few) => ({
    name,
    time: inMilliseconds(milliseconds),
    'peak of the process': `${peak.toFixed(0)} MB`,
    'above the start': `${growth.toFixed(0)} MB`,
  });
  printTable('Heavy queries over all documents (engine and client in one process)', [
    row('$group into 6', few),
    row('$group into as many', many),
    row('sort without an index, all read', sorted),
  ]);
  report('group <= 4 s', inMilliseconds(few.milliseconds), few.milliseconds <= 4000);
  report('group in <= 200 MB', `${few.growth.toFixed(0)} MB above the start`, few.growth <= 200);
}

/** What the application and other queries feel of a heavy query. */
async function measureBeside(collection: Collection<BenchDocument>): Promise<void> {
  const byId = await pointReader(collection);
  const rows = [];
  for (const [name, work] of [
    ['nothing', () => new Promise((resolve) => setTimeout(resolve, 3000))],
    ['$group over all', () => group(collection)],
    [
      'sort over all, the first 20',
      () => collection.find().sort({ text: 1, amount: 1 }).limit(20).toArray(),
    ],
  ] as const) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    let isOver = false;
    const reads: number[] = [];
    const reader = async () => {
      for (let round = 0; !isOver; round++) {
        const [time = NaN] = await timesOf(1, () => byId(round));
        reads.push(time);
      }
    };
    delay.enable();
    const reading = reader();
    await work();
    isOver = true;
    await reading;
    delay.disable();
    rows.push({ ...timeRow(name, reads), 'longest loop delay': inMilliseconds(delay.max / 1e6) });
    if (name === '$group over all') {
      const p99 = percentile(reads, 0.99);
      report('beside it: loop delay < 20 ms', inMilliseconds(delay.max / 1e6), delay.max < 20e6);
      report('beside it: point reads p99 < 10 ms', inMilliseconds(p99), p99 < 10);
    }
  }
  printTable('Point reads, and the delay of the application’s event loop, beside', rows);
}

const folder = mkdtempSync(join(tmpdir(), 'bench-'));
try {
  let engine = await startEngine({ folder });
  let client = new MongoClient(engine.uri, { maxPoolSize: 100 });
  const collection = () => client.db('bench').collection<BenchDocument>('documents');
  const written = client.db('bench').collection<BenchDocument>('written');
  await createIndexes(written);
  await createIndexes(collection());
  await measureInserts(folder, written);
  await measurePages(collection());
  await measurePoints(collection());
  await measureCounts(collection());
  await client.close();
  await engine.close();
  const begunAt = performance.now();
  engine = await startEngine({ folder });
  client = new MongoClient(engine.uri, { maxPoolSize: 100 });
  await client.db('bench').command({ ping: 1 });
  const size = statSync(join(folder, 'engine.db')).size / 2 ** 20;
  printTable('Start', [
    {
      name: `at ${most.toLocaleString('en')} documents`,
      'until it answers': inMilliseconds(performance.now() - begunAt),
      file: `${size.toFixed(0)} MB`,
    },
  ]);
  await measureHeavy(collection());
  await measureBeside(collection());
  printTable('Goals', goals);
  await client.close();
  await engine.close();
} finally {
  rmSync(folder, { recursive: true });
}
