import { expect } from 'chai';
import mongoose, { Types } from 'mongoose';
import { faultsOf, shapesOf, type Command } from '../support/commands.ts';
import { connectFreshDatabase, dropDatabase } from '../support/database.ts';
import { slowQueries } from '../support/plans.ts';

const majority = { readConcern: { level: 'majority' }, writeConcern: { w: 'majority', j: true } };
const organizationId = new Types.ObjectId();

describe('The watch over commands', () => {
  let slow: string[] = [];
  before(async () => {
    const shapes = explained.flatMap(([, name, command]) => shapesOf(name, command));
    const found = await slowQueries(shapes.map((what) => ({ what, test: '' })));
    slow = found.map(({ what }) => what);
  });

  const careless: [string, string, Command][] = [
    ['a read of what may be rolled back', 'find', { find: 'mails' }],
    [
      'a transaction that begins with such a read',
      'find',
      { find: 'mails', autocommit: false, startTransaction: true },
    ],
    [
      'a write that one server acknowledges',
      'insert',
      { insert: 'mails', txnNumber: 1n, writeConcern: { w: 1 } },
    ],
    [
      'a write that is acknowledged from memory',
      'insert',
      { insert: 'mails', txnNumber: 1n, writeConcern: { w: 'majority', j: false } },
    ],
    ['a commit without a majority', 'commitTransaction', { autocommit: false }],
    ['an index without a majority', 'createIndexes', { createIndexes: 'mails' }],
    ['a write that is not retried', 'insert', { insert: 'mails', ...majority }],
    [
      'counting many rows up outside of a transaction',
      'update',
      { updates: [{ q: {}, u: { $inc: { tries: 1 } }, multi: true }], ...majority },
    ],
  ];
  for (const [what, name, command] of careless) {
    it(`finds fault with ${what}`, () => {
      expect(faultsOf(name, command)).to.have.lengthOf(1);
    });
  }

  const careful: [string, string, Command][] = [
    ['a majority read', 'find', { find: 'mails', ...majority }],
    ['a read within a transaction', 'find', { find: 'mails', autocommit: false }],
    ['a retried write', 'insert', { insert: 'mails', txnNumber: 1n, ...majority }],
    ['a majority commit', 'commitTransaction', { autocommit: false, ...majority }],
    ['deleting many rows', 'delete', { deletes: [{ q: {}, limit: 0 }], ...majority }],
    [
      'setting many rows',
      'update',
      { updates: [{ q: {}, u: { $set: { tries: 1 } }, multi: true }], ...majority },
    ],
  ];
  for (const [what, name, command] of careful) {
    it(`accepts ${what}`, () => {
      expect(faultsOf(name, command)).to.deep.equal([]);
    });
  }

  it('takes queries that differ in values alone for one', () => {
    const find = (ids: unknown[], limit: number) =>
      shapesOf('find', { find: 'mails', filter: { _id: { $in: ids } }, limit })[0]?.text;
    const [one, other] = [new Types.ObjectId(), new Types.ObjectId()];
    expect(find([one], 5)).to.equal(find([one, other], 5));
    expect(find([one], 5)).not.to.equal(find([one], 6));
    expect(find([one], 5)).not.to.equal(find(['text'], 5));
  });

  const explained: [string, string, Command, RegExp | null][] = [
    [
      'a field without an index',
      'find',
      { find: 'mails', filter: { lease: organizationId } },
      /whole/u,
    ],
    ['everything', 'aggregate', { aggregate: 'mails', pipeline: [{ $match: {} }] }, /whole/u],
    [
      'an order that no index has',
      'find',
      { find: 'mails', filter: { organizationId }, sort: { queuedAt: 1 } },
      /sorts/u,
    ],
    [
      'an index that gives the order alone',
      'find',
      { find: 'mails', filter: { template: 'reminder' }, sort: { _id: 1 }, limit: 1 },
      /from its beginning/u,
    ],
    [
      'an update by a field without an index',
      'update',
      { update: 'mails', updates: [{ q: { lease: organizationId }, u: { $set: { tries: 0 } } }] },
      /whole/u,
    ],
    [
      'an index in its order',
      'find',
      { find: 'mails', filter: { organizationId }, sort: { _id: -1 }, limit: 50 },
      null,
    ],
    ['a collection without a model', 'find', { find: 'notes', filter: { a: 1 } }, /no model/u],
    ['any row', 'find', { find: 'mails', filter: {}, limit: 1 }, null],
    ['a small collection', 'find', { find: 'organizations', filter: { name: 'x' } }, null],
  ];
  for (const [what, name, command, fault] of explained) {
    it(`${fault ? 'finds fault with' : 'accepts'} a query for ${what}`, () => {
      const [{ text } = { text: '' }] = shapesOf(name, command);
      const found = slow.filter((line) => line.endsWith(text)).join('\n');
      if (fault) expect(found).to.match(fault);
      else expect(found).to.equal('');
    });
  }

  it('is not weakened by what the address of the database says', async () => {
    await connectFreshDatabase({
      w: '1',
      journal: 'false',
      wtimeoutMS: '1',
      readConcernLevel: 'local',
      readPreference: 'nearest',
      retryReads: 'false',
      retryWrites: 'false',
    });
    const { writeConcern, readConcern, readPreference, retryReads, retryWrites } =
      mongoose.connection.getClient().options;
    await dropDatabase();
    expect(writeConcern).to.include({ w: 'majority', journal: true, wtimeoutMS: 15_000 });
    expect(readConcern).to.include({ level: 'majority' });
    expect(readPreference.mode).to.equal('primary');
    expect({ retryReads, retryWrites }).to.deep.equal({ retryReads: true, retryWrites: true });
  });
});
