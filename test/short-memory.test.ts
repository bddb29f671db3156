import { expect } from 'chai';
import sinon from 'sinon';
import { ShortMemory } from '../server/short-memory.ts';

describe('A short memory', () => {
  let clock: sinon.SinonFakeTimers;
  let rows: (string | Error)[];
  let memory: ShortMemory<string>;

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['performance'] });
    rows = [];
    memory = new ShortMemory({ seconds: 5, most: 10 });
  });
  afterEach(() => {
    clock.restore();
  });

  /** What is recalled when the store would answer with this. */
  async function recall(row: string | Error): Promise<string> {
    const look = () => {
      rows.push(row);
      return row instanceof Error ? Promise.reject(row) : Promise.resolve(row);
    };
    const found = await memory.recall('key', look).catch((error: unknown) => String(error));
    // Lets a look behind the answer end.
    await new Promise(setImmediate);
    return found;
  }

  it('asks once in its seconds', async () => {
    expect(await recall('one')).to.equal('one');
    clock.tick(4_999);
    expect(await recall('two')).to.equal('one');
    expect(rows).to.deep.equal(['one']);
  });

  it('answers with what it knows after them, and looks behind that', async () => {
    await recall('one');
    clock.tick(5_000);
    expect(await recall('two')).to.equal('one');
    expect(await recall('three')).to.equal('two');
    expect(rows).to.deep.equal(['one', 'two']);
  });

  it('looks only once the answer is on its way', async () => {
    await recall('one');
    clock.tick(5_000);
    const behind = recall('two');
    await Promise.resolve();
    expect(rows).to.deep.equal(['one']);
    await behind;
    expect(rows).to.deep.equal(['one', 'two']);
  });

  it('waits for an answer once what it knows is a minute older', async () => {
    await recall('one');
    clock.tick(65_000);
    expect(await recall('two')).to.equal('two');
  });

  it('bears a store that is away for a minute, and no longer', async () => {
    const away = new Error('away');
    await recall('one');
    for (let tries = 0; tries < 12; tries += 1) {
      clock.tick(5_000);
      expect(await recall(away)).to.equal('one');
    }
    clock.tick(5_000);
    expect(await recall(away)).to.equal('Error: away');
    expect(await recall('back')).to.equal('back');
  });

  it('forgets at once, what is still being looked up as well', async () => {
    await recall('one');
    clock.tick(5_000);
    const behind = memory.recall('key', () => Promise.resolve('before the change'));
    memory.forget();
    expect(await behind).to.equal('one');
    expect(await recall('two')).to.equal('two');
  });
});
