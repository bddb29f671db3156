import { expect } from 'chai';
import { engineUri } from '../../server/database/engine/start.ts';
import { SpecificationRunner, type TestReport } from './specification/runner.ts';
import { failureLines, tableOf } from './specification/summary.ts';
import { useEngine } from './support.ts';

const data = { databaseName: 'specified', collectionName: 'things' };
const insertThing = {
  name: 'insertOne',
  object: 'collection',
  arguments: { document: { _id: 2, n: 2 } },
};
const findThings = {
  name: 'find',
  object: 'collection',
  arguments: { filter: { _id: { $gt: 0 } }, sort: { _id: -1 } },
};

/** A file of the unified test format around some tests. */
function fileOf(...tests: object[]): string {
  return JSON.stringify({
    description: 'ours',
    schemaVersion: '1.0',
    createEntities: [
      { client: { id: 'client', observeEvents: ['commandStartedEvent'] } },
      { database: { id: 'database', client: 'client', databaseName: data.databaseName } },
      {
        collection: { id: 'collection', database: 'database', collectionName: data.collectionName },
      },
      { session: { id: 'session', client: 'client' } },
    ],
    initialData: [{ ...data, documents: [{ _id: 1, n: 1 }] }],
    tests: tests.map((test, i) => ({ description: `test ${i}`, ...test })),
  });
}

describe('The runner of the unified test format', () => {
  const engine = useEngine();
  let runner: SpecificationRunner;
  before(async () => {
    runner = await SpecificationRunner.connect(engineUri(engine.folder));
  });
  after(async () => {
    await runner.close();
  });

  async function run(...tests: object[]): Promise<TestReport[]> {
    return runner.runFile(fileOf(...tests));
  }

  async function failureOf(test: object): Promise<string> {
    const [report] = await run(test);
    expect(report?.verdict.kind).to.equal('failed');
    return report?.verdict.kind === 'failed' ? report.verdict.why : '';
  }

  it('passes what is as expected: results, errors, events and outcome', async () => {
    const [report] = await run({
      operations: [
        { ...insertThing, expectResult: { insertedId: { $$unsetOrMatches: 2 } } },
        {
          ...insertThing,
          expectError: { errorCode: 11000, isClientError: false, errorContains: 'dup key' },
        },
        { ...findThings, expectResult: [{ _id: 2 }, { _id: 1, n: { $$type: 'int' } }] },
      ],
      expectEvents: [
        {
          client: 'client',
          events: [
            { commandStartedEvent: { commandName: 'insert' } },
            { commandStartedEvent: { command: { insert: 'things' } } },
            { commandStartedEvent: { command: { sort: { _id: -1 }, skip: { $$exists: false } } } },
          ],
        },
      ],
      outcome: [
        {
          ...data,
          documents: [
            { _id: 1, n: 1 },
            { _id: 2, n: 2 },
          ],
        },
      ],
    });
    expect(report).to.deep.equal({ description: 'test 0', verdict: { kind: 'passed' } });
  });

  it('runs operations in sessions and transactions', async () => {
    const session = 'session';
    const insertInSession = {
      ...insertThing,
      arguments: { ...insertThing.arguments, session },
    };
    const [report] = await run({
      operations: [
        {
          name: 'withTransaction',
          object: session,
          arguments: {
            callback: [insertInSession, { ...insertInSession, expectError: { isError: true } }],
          },
          expectError: { errorCode: 11000 },
        },
        {
          name: 'assertSessionTransactionState',
          object: 'testRunner',
          arguments: { session, state: 'aborted' },
        },
        { ...findThings, expectResult: [{ _id: 1, n: 1 }] },
      ],
    });
    expect(report?.verdict).to.deep.equal({ kind: 'passed' });
  });

  it('fails a test whose expectation is not met, and says where', async () => {
    const findsWrong = { ...findThings, expectResult: [{ _id: 1, n: 2 }] };
    expect(await failureOf({ operations: [findsWrong] })).to.equal(
      'find result[0].n should be 2, and is 1',
    );
    const succeeds = { ...insertThing, expectError: { isError: true } };
    expect(await failureOf({ operations: [succeeds] })).to.contain('should fail');
    const failsOtherwise = { ...insertThing, expectError: { errorCode: 112 } };
    expect(await failureOf({ operations: [insertThing, failsOtherwise] })).to.contain('11000');
    expect(await failureOf({ operations: [insertThing, insertThing] })).to.contain('E11000');
    const outcome = [{ ...data, documents: [{ _id: 1 }] }];
    expect(await failureOf({ operations: [], outcome })).to.contain('n should be absent');
    const expectEvents = [{ client: 'client', events: [] }];
    expect(await failureOf({ operations: [findThings], expectEvents })).to.contain(
      '0 command events',
    );
  });

  it('fails what it does not know, also where an error is expected', async () => {
    const unknown = { name: 'fly', object: 'collection', expectError: { isError: true } };
    expect(await failureOf({ operations: [unknown] })).to.contain(
      'does not know the operation fly',
    );
    expect(await failureOf({ operations: [], mood: 1 })).to.contain("does not know 'mood'");
    const wanted = { ...findThings, expectResult: { $$almost: 1 } };
    expect(await failureOf({ operations: [wanted] })).to.contain('does not know the operator');
  });

  it('skips what the server cannot run, counts why, and puts all in a table', async () => {
    const tests = await run(
      { operations: [], runOnRequirements: [{ minServerVersion: '8.0' }] },
      {
        operations: [],
        runOnRequirements: [{ maxServerVersion: '6.99' }, { topologies: ['sharded'] }],
      },
      {
        operations: [],
        runOnRequirements: [{ topologies: ['sharded'] }, { minServerVersion: '7.0' }],
      },
      {
        operations: [{ name: 'failPoint', object: 'testRunner', arguments: { client: 'client' } }],
      },
      { operations: [{ ...findThings, expectResult: [] }] },
    );
    expect(tableOf([{ name: 'ours.json', tests }]).split('\n')[1]).to.equal(
      'ours.json       1       1       3  1 needs a server from 8.0; ' +
        '1 needs a server up to 6.99 or needs sharded; 1 needs a fail point',
    );
    expect(failureLines({ name: 'ours.json', tests })).to.have.length(1);
  });
});
