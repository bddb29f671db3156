import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BSON, MongoClient, type Collection, type Db, type Document } from 'mongodb';
import { startEngine, type Engine } from '../../server/database/engine/start.ts';

/** Anything may be an `_id` in these tests. */
export type AnyDocument = Document & { _id?: unknown };

/** An engine for one test file, in a folder of its own, and a client connected to it. */
export interface EngineUnderTest {
  readonly folder: string;
  readonly uri: string;
  readonly client: MongoClient;
  readonly db: Db;
  /** A new collection that holds these documents; those without an `_id` are numbered from 1. */
  collectionOf(documents: AnyDocument[]): Promise<Collection>;
}

/** Starts an engine before the enclosing suite and stops it after. Use its members only within tests. */
export function useEngine(): EngineUnderTest {
  let folder = '';
  let engine: Engine;
  let client: MongoClient;
  let collections = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'engine-'));
    engine = await startEngine({ folder });
    client = await new MongoClient(engine.uri).connect();
  });
  after(async () => {
    await client.close();
    await engine.close();
    await rm(folder, { recursive: true });
  });
  return {
    get folder() {
      return folder;
    },
    get uri() {
      return engine.uri;
    },
    get client() {
      return client;
    },
    get db() {
      return client.db('test');
    },
    async collectionOf(documents) {
      const collection = client.db('test').collection(`c${++collections}`);
      const numbered = documents.map((document, i) => ({ _id: i + 1, ...document }));
      if (numbered.length > 0) await collection.insertMany(numbered as unknown as Document[]);
      return collection;
    },
  };
}

/** Compares as Extended JSON, so that BSON values count by content and fields by order too. */
export function expectSame(actual: unknown, wanted: unknown): void {
  expect(BSON.EJSON.stringify(actual)).to.equal(BSON.EJSON.stringify(wanted));
}

/** The code of the error that a promise rejects with; undefined when it does not. */
export async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return (error as { code?: unknown }).code ?? error;
  }
}

export function oid(n: number): BSON.ObjectId {
  return new BSON.ObjectId(String(n).padStart(24, '0'));
}

export function long(text: string): BSON.Long {
  return BSON.Long.fromString(text);
}

export function decimal(text: string): BSON.Decimal128 {
  return BSON.Decimal128.fromString(text);
}

export function binary(text: string): BSON.Binary {
  return new BSON.Binary(Buffer.from(text));
}

export function day(text: string): Date {
  return new Date(text);
}
