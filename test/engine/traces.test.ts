import { expect } from 'chai';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UUID } from 'bson';
import sinon, { type SinonFakeTimers } from 'sinon';
import { Sessions, sessionOf } from '../../server/database/engine/commands/sessions.ts';
import { Catalog } from '../../server/database/engine/storage/catalog.ts';
import { Store } from '../../server/database/engine/storage/store.ts';
import { deleteMarked, marked, writeMarked } from './erasure.ts';
import { useEngine } from './support.ts';

describe('Deleted documents', () => {
  const engine = useEngine();
  const COUNT = 80;

  it('leave no trace of their bytes in any file once the store is compacted', async () => {
    await writeMarked(engine.db, COUNT);
    expect(marked(engine.folder)).not.to.be.empty;
    await deleteMarked(engine.db, COUNT);
    await engine.db.command({ compact: 'rows', force: true });
    expect(marked(engine.folder)).to.be.empty;
    expect(await engine.db.collection('rows').countDocuments()).to.equal(COUNT / 4);
  });
});

describe('Replies that are kept for a retry', () => {
  const FIRST_ID = new UUID('00000000-0000-4000-8000-000000000000');
  const LAST_ID = new UUID('ffffffff-ffff-ffff-ffff-ffffffffffff');
  let folder: string;
  let store: Store;
  let sessions: Sessions;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'engine-'));
    store = new Store(folder);
    sessions = new Sessions(store, new Catalog(store), () => undefined);
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const keep = async (id: UUID) => {
    const session = sessionOf({ id });
    await store.write(() => {
      sessions.keepReply(session, 1n, { value: 'deleted since' });
    });
    return session;
  };

  for (const id of [FIRST_ID, LAST_ID])
    it(`are forgotten whatever the session is called: ${id.toString()}`, async () => {
      const session = await keep(id);
      await sessions.purgeReplies(-Infinity);
      expect(() => sessions.keptReply(session, 1n)).to.throw('not kept any more');
    });

  it('are all forgotten by a compaction, though the clock was set back meanwhile', async () => {
    const session = await keep(FIRST_ID);
    const clock = sinon.useFakeTimers({ now: Date.now() - 3_600_000, toFake: ['Date'] });
    await sessions.purgeReplies(-Infinity).finally(() => {
      clock.restore();
    });
    expect(() => sessions.keptReply(session, 1n)).to.throw('not kept any more');
  });
});

describe('What was removed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'engine-'));
  const key = Buffer.from('the key of a row');
  const secret = Buffer.from('a wrapped data key that must not outlive its row');
  let store: Store;
  let clock: SinonFakeTimers;

  before(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    store = new Store(folder);
  });
  after(async () => {
    await store.close();
    clock.restore();
    rmSync(folder, { recursive: true });
  });

  const traces = () =>
    readdirSync(folder).filter((file) => readFileSync(join(folder, file)).includes(secret));

  it('is in no file of the folder any more after a short while', async () => {
    await store.write(() => {
      store.view.put(key, secret);
    });
    expect(traces()).to.deep.equal(['engine.db-wal']);
    await store.write(() => {
      store.view.remove(key);
    });
    clock.tick(10_000);
    expect(traces()).to.be.empty;
  });

  it('waits for those who still read it', async () => {
    await store.write(() => {
      store.view.put(key, secret);
    });
    const snapshot = store.snapshot();
    await store.write(() => {
      store.view.remove(key);
    });
    clock.tick(10_000);
    expect(Buffer.from(snapshot.reader.get(key) ?? [])).to.deep.equal(secret);
    snapshot.release();
    clock.tick(10_000);
    expect(traces()).to.be.empty;
  });
});
