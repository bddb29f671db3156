import type { Collection } from 'mongodb';

const STATES = ['new', 'open', 'waiting', 'done'];
const BATCH = 1000;

export interface BenchDocument {
  organizationId: number;
  state: string;
  receivedAt: Date;
  email: string;
  group: number;
  amount: number;
  text: string;
}

/** The nth document: 326 bytes with its id, always the same. */
export function benchDocument(n: number): BenchDocument {
  return {
    organizationId: n % 7,
    state: STATES[n % STATES.length] ?? '',
    receivedAt: new Date(1_700_000_000_000 + n * 1000),
    email: `person${n}@example.test`.padEnd(30),
    group: n % 6,
    amount: (n * 7919) % 10_007,
    text: 'x'.repeat(148),
  };
}

/** The compound index that a page of a list is read by, and two single ones. */
export async function createIndexes(collection: Collection<BenchDocument>): Promise<void> {
  await collection.createIndexes([
    { key: { organizationId: 1, state: 1, receivedAt: -1 } },
    { key: { email: 1 } },
    { key: { group: 1 } },
  ]);
}

/** Fills a collection up to `count` documents. */
export async function fill(
  collection: Collection<BenchDocument>,
  from: number,
  count: number,
): Promise<void> {
  for (let start = from; start < count; start += BATCH)
    await collection.insertMany(
      Array.from({ length: Math.min(BATCH, count - start) }, (_, i) => benchDocument(start + i)),
    );
}

/** A page of the list, the `page`th of different ones. */
export function readPage(collection: Collection<BenchDocument>, page: number): Promise<unknown[]> {
  const filter = { organizationId: page % 7, state: STATES[page % STATES.length] ?? '' };
  return collection.find(filter).sort({ receivedAt: -1 }).limit(50).toArray();
}
