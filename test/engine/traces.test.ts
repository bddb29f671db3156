import { expect } from 'chai';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sinon, { type SinonFakeTimers } from 'sinon';
import { Store } from '../../server/database/engine/storage/store.ts';

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
