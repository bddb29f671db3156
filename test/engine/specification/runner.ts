import { BSON, MongoClient, type Document } from 'mongodb';
import { Entities } from './entities.ts';
import type { ObservedEvent } from './event-log.ts';
import {
  refuseUnknownFields,
  TestFailure,
  type CollectionData,
  type ExpectedEvents,
  type SpecificationFile,
  type SpecificationTest,
} from './format.ts';
import { expectEventMatch, expectMatch } from './matching.ts';
import { runOperation } from './operations.ts';
import { describeServer, whyNotRunnable, whyUnmet, type ServerUnderTest } from './requirements.ts';

export type Verdict =
  { kind: 'passed' } | { kind: 'failed'; why: string } | { kind: 'skipped'; why: string };

export interface TestReport {
  description: string;
  verdict: Verdict;
}

/** The newest version of the format that the runner was written for. */
const NEWEST_MINOR = 23;
const TEST_MS = 30_000;

const FILE_FIELDS = [
  'description',
  'schemaVersion',
  'runOnRequirements',
  'createEntities',
  'initialData',
  'tests',
  '_yamlAnchors',
];
const TEST_FIELDS = [
  'description',
  'skipReason',
  'runOnRequirements',
  'operations',
  'expectEvents',
  'outcome',
];
const EVENT_FIELDS = ['client', 'eventType', 'events', 'ignoreExtraEvents'];

/** Runs files of MongoDB's unified test format against one server, through the official driver. */
export class SpecificationRunner {
  private readonly uri: string;
  private readonly client: MongoClient;
  private readonly server: ServerUnderTest;

  private constructor(uri: string, client: MongoClient, server: ServerUnderTest) {
    this.uri = uri;
    this.client = client;
    this.server = server;
  }

  static async connect(uri: string): Promise<SpecificationRunner> {
    const client = await new MongoClient(uri).connect();
    return new SpecificationRunner(uri, client, await describeServer(client));
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  /** Runs the tests of one file, one after the other. Whatever the runner does not know is a failure. */
  async runFile(text: string): Promise<TestReport[]> {
    const file = BSON.EJSON.parse(text) as SpecificationFile;
    const reports: TestReport[] = [];
    for (const test of file.tests)
      reports.push({ description: test.description, verdict: await this.judge(file, test) });
    return reports;
  }

  private async judge(file: SpecificationFile, test: SpecificationTest): Promise<Verdict> {
    try {
      checkFormat(file, test);
      const why =
        test.skipReason ??
        whyUnmet(file.runOnRequirements, this.server) ??
        whyUnmet(test.runOnRequirements, this.server) ??
        whyNotRunnable(test);
      if (why !== undefined) return { kind: 'skipped', why };
      await inTime(this.run(file, test));
      return { kind: 'passed' };
    } catch (error) {
      return { kind: 'failed', why: error instanceof Error ? error.message : String(error) };
    }
  }

  private async run(file: SpecificationFile, test: SpecificationTest): Promise<void> {
    // A transaction that a failed test left open would hold up this one.
    await this.client.db('admin').command({ killAllSessions: [] });
    for (const data of file.initialData ?? []) await this.fill(data);
    const entities = new Entities(this.uri, this.client);
    try {
      await entities.create(file.createEntities ?? []);
      for (const operation of test.operations) await runOperation(operation, entities);
      for (const expected of test.expectEvents ?? []) checkEvents(expected, entities);
      for (const data of test.outcome ?? []) await this.checkOutcome(data, entities);
    } finally {
      await entities.close();
    }
  }

  private async fill(data: CollectionData): Promise<void> {
    const { databaseName, collectionName, createOptions = {}, documents } = data;
    const database = this.client.db(databaseName, { writeConcern: { w: 'majority' } });
    await database.dropCollection(collectionName);
    await database.createCollection(collectionName, createOptions);
    if (documents.length > 0) await database.collection(collectionName).insertMany(documents);
  }

  private async checkOutcome(data: CollectionData, entities: Entities): Promise<void> {
    const { databaseName, collectionName, documents } = data;
    const collection = this.client.db(databaseName).collection(collectionName);
    const found = await collection.find({}, { sort: { _id: 1 } }).toArray();
    // An outcome is exact: nothing more may be in a document.
    const exact = documents.map((document): Document => ({ document }));
    const actual = found.map((document): Document => ({ document }));
    expectMatch(exact, actual, `${databaseName}.${collectionName}`, entities);
  }
}

function checkFormat(file: SpecificationFile, test: SpecificationTest): void {
  const [major, minor = 0] = file.schemaVersion.split('.').map(Number);
  if (major !== 1 || minor > NEWEST_MINOR)
    throw new TestFailure(`The runner does not know version ${file.schemaVersion} of the format`);
  refuseUnknownFields(file, FILE_FIELDS, 'the file');
  refuseUnknownFields(test, TEST_FIELDS, 'the test');
}

function checkEvents(expected: ExpectedEvents, entities: Entities): void {
  refuseUnknownFields(expected, EVENT_FIELDS, 'expectEvents');
  const { client, eventType = 'command', events, ignoreExtraEvents = false } = expected;
  const observed = entities.log(client).events.filter(({ kind }) => kind === eventType);
  const names = observed.map(describeEvent).join(', ');
  if (observed.length < events.length || (observed.length > events.length && !ignoreExtraEvents))
    throw new TestFailure(
      `${client} should have ${events.length} ${eventType} events, and has ${observed.length}: ${names}`,
    );
  for (const [i, wanted] of events.entries()) {
    const [name = ''] = Object.keys(wanted);
    const actual = observed[i];
    if (actual?.name !== name)
      throw new TestFailure(`event ${i} of ${client} should be ${name}, and there are: ${names}`);
    expectEventMatch(wanted[name] as Document, actual.event, `event ${i} of ${client}`, entities);
  }
}

function describeEvent({ name, event }: ObservedEvent): string {
  return 'commandName' in event ? `${name} ${String(event.commandName)}` : name;
}

async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new TestFailure(`The test took more than ${TEST_MS} ms`));
    }, TEST_MS);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
