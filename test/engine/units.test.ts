import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from '../../server/database/engine/database.ts';
import { CommandError } from '../../server/database/engine/errors.ts';
import { collect } from '../../server/database/engine/query/batches.ts';
import { findDocuments } from '../../server/database/engine/query/find.ts';
import { planQuery } from '../../server/database/engine/query/planner.ts';
import type { Collection } from '../../server/database/engine/storage/collection.ts';
import {
  indexDocument,
  insertDocument,
  recordKey,
  replaceDocument,
} from '../../server/database/engine/storage/documents.ts';
import { spanOf } from '../../server/database/engine/storage/view.ts';
import { encodeDocument } from '../../server/database/engine/values/encode.ts';
import type { Document } from '../../server/database/engine/values/kinds.ts';
import { codeOf } from './support.ts';

const SPEC = { v: 2, key: { key: 1 }, name: 'key_1' };

describe('Units that share a commit', () => {
  let folder = '';
  let database: Database;
  let collection: Collection;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'engine-'));
    database = await Database.open(folder);
    collection = await database.catalog.ensure('test.c');
  });
  afterEach(async () => {
    await database.close();
    rmSync(folder, { recursive: true });
  });

  const insert = (...documents: Document[]) =>
    database.write((target) => {
      for (const document of documents)
        insertDocument(target, collection, document, encodeDocument(document));
    });
  const fail = (work: () => void) =>
    codeOf(
      database.write(() => {
        work();
        throw new Error('planned');
      }),
    );
  const catalogNow = () =>
    database.catalog.all().map((each) => ({ ...each.toStored(), count: each.count }));

  /** Whatever was written, a restart must find what memory held. */
  async function expectSameAfterReopening(): Promise<void> {
    const before = catalogNow();
    await database.close();
    database = await Database.open(folder);
    expect(catalogNow()).to.deep.equal(before);
  }

  it('keep the count of a collection whose drop failed beside them', async () => {
    const dropped = () => {
      database.catalog.drop(collection);
    };
    await Promise.all([insert({ _id: 1 }), insert({ _id: 2 }), fail(dropped)]);
    expect(collection.count).to.equal(2);
    await expectSameAfterReopening();
  });

  it('keep the word that an index holds arrays when a drop failed beside them', async () => {
    await database.write(() => database.catalog.addIndex(collection, { ...SPEC }, false));
    const dropped = () => {
      database.catalog.drop(collection);
    };
    await Promise.all([insert({ _id: 1, key: [1, 2] }), fail(dropped)]);
    expect(collection.indexes.map(({ isMultikey }) => isMultikey)).to.deep.equal([false, true]);
    await expectSameAfterReopening();
  });

  it('take back an option that an index did not have before', async () => {
    const index = await database.write(() =>
      database.catalog.addIndex(collection, { ...SPEC }, false),
    );
    await fail(() => {
      database.catalog.changeIndex(collection, index, { hidden: true });
    });
    expect(index.spec).to.deep.equal(SPEC);
    await expectSameAfterReopening();
  });

  it('take back a made, a dropped and a half-built index', async () => {
    const index = await database.write(() =>
      database.catalog.addIndex(collection, { ...SPEC }, true),
    );
    await fail(() => {
      database.catalog.finishIndex(collection, index);
      database.catalog.removeIndex(collection, index);
      database.catalog.addIndex(collection, { ...SPEC, name: 'other' }, false);
      database.catalog.create('test.d');
    });
    expect(collection.indexes.map(({ name }) => name)).to.deep.equal(['_id_', 'key_1']);
    expect(index.isBuilding).to.equal(true);
    await database.write(() => {
      database.catalog.finishIndex(collection, index);
    });
    await expectSameAfterReopening();
  });

  it('fail all together when what was gathered for the commit cannot be written', async () => {
    await insert({ _id: 1 });
    database.store.setBeforeCommit(() => {
      throw new Error('planned');
    });
    const failed = [insert({ _id: 2 }), insert({ _id: 3 }), insert({ _id: 4 }, { _id: 5 })];
    const outcomes = await Promise.allSettled(failed);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(Array(3).fill('rejected'));
    expect(collection.count).to.equal(1);
    await expectSameAfterReopening();
    expect(database.store.view.count(spanOf(collection.prefix), 9).count).to.equal(1);
  });

  it('remove what an index left that could not be removed when its build failed', async () => {
    const document = { _id: 1, key: 'x' };
    const building = await database.write((target) => {
      const index = database.catalog.addIndex(collection, { ...SPEC }, true);
      indexDocument(target, collection, index, recordKey(collection, 1), document);
      return index;
    });
    const left = () => database.store.view.count(spanOf(building.prefix), 9).count;
    database.catalog.abandonIndex(collection, building);
    expect(left()).to.equal(1);
    await fail(() => {
      database.catalog.addIndex(collection, { ...SPEC }, true);
    });
    expect(left()).to.equal(1);
    await database.catalog.clearAbandoned();
    expect(left()).to.equal(0);
    await expectSameAfterReopening();
  });

  it('never write to a collection that one of them has dropped', async () => {
    const dropped = database.write(() => {
      database.catalog.drop(collection);
    });
    expect(await codeOf(insert({ _id: 1 }))).to.equal(175);
    await dropped;
    expect(catalogNow()).to.be.empty;
    await expectSameAfterReopening();
  });

  it('leave a record in a unique index under construction when another leaves its key', async () => {
    const [reached, unreached] = [
      { _id: 1, key: 'x' },
      { _id: 2, key: 'x' },
    ];
    await insert(reached, unreached);
    await database.write((target) => {
      const { catalog } = database;
      const index = catalog.addIndex(collection, { ...SPEC, unique: true }, true);
      indexDocument(target, collection, index, recordKey(collection, 1), reached);
      replaceDocument(target, collection, {
        key: recordKey(collection, 2),
        oldBytes: encodeDocument(unreached),
        oldDocument: unreached,
        newDocument: { _id: 2, key: 'y' },
      });
      catalog.finishIndex(collection, index);
    });
    const search = { filter: { key: 'x' }, hint: 'key_1' };
    const found = collect(findDocuments(database.store.view, collection, search));
    expect(found.map(({ document }) => document)).to.deep.equal([reached]);
  });

  it('let a reply go, but never that the write was done', async () => {
    const { sessions } = database;
    const session = { name: 'a session', bytes: Buffer.from('a session') };
    await database.write(() => {
      sessions.keepReply(session, 5n, { value: 'what was deleted' });
    });
    await sessions.purgeReplies();
    expect(sessions.keptReply(session, 5n)).to.deep.equal({ value: 'what was deleted' });
    await sessions.purgeReplies(0);
    expect(() => sessions.keptReply(session, 5n))
      .to.throw(CommandError)
      .with.property('code', 217);
    expect(() => sessions.keptReply(session, 4n))
      .to.throw(CommandError)
      .with.property('code', 225);
    expect(sessions.keptReply(session, 6n)).to.equal(undefined);
  });

  it('answer a repeated commit with what became of the first', async () => {
    const session = { name: 'a session', bytes: Buffer.from('a session') };
    const transaction = database.sessions.begin(session, 1n, '');
    const document = { _id: 1 };
    transaction.noteWrite(collection);
    insertDocument(transaction.target, collection, document, encodeDocument(document));
    const commit = () => codeOf(database.sessions.commit(session, transaction));
    const dropped = database.write(() => {
      database.catalog.drop(collection);
    });
    expect(await Promise.all([commit(), commit()])).to.deep.equal([112, 112]);
    expect(await commit()).to.equal(251);
    await dropped;
  });
});

describe('A plan', () => {
  it('looks up ids that are named, rather than read all that another field leaves', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'engine-'));
    const database = await Database.open(folder);
    try {
      const collection = await database.catalog.ensure('test.c');
      await database.write(() =>
        database.catalog.addIndex(
          collection,
          { v: 2, key: { owner: 1, at: 1 }, name: 'owner' },
          false,
        ),
      );
      const indexFor = (filter: Document, sort?: Document) => {
        const plan = planQuery(collection, { filter, sort });
        return plan.kind === 'scan' ? plan.index?.name : plan.kind;
      };
      expect(indexFor({ owner: 1, _id: { $in: [1, 2, 3] }, at: { $lte: 5 } })).to.equal('_id_');
      expect(indexFor({ owner: 1, _id: { $in: [1, 2, 3] } }, { at: 1 })).to.equal('owner');
      expect(indexFor({ owner: 1, at: { $lte: 5 } })).to.equal('owner');
    } finally {
      await database.close();
      rmSync(folder, { recursive: true });
    }
  });
});
