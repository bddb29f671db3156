import { expect } from 'chai';
import { PieceCache } from '../../server/features/consent/piece-cache.ts';

describe('The memory of composed pieces', () => {
  const made: string[] = [];
  const aCache = () => {
    made.length = 0;
    const cache = new PieceCache<string>(10, ({ length }) => length);
    return (key: string, value = 'four') =>
      cache.get(key, () => {
        made.push(key);
        return Promise.resolve(value);
      });
  };

  it('makes each once, however many ask', async () => {
    const get = aCache();
    expect(await Promise.all([get('a'), get('a')])).to.deep.equal(['four', 'four']);
    expect(await get('a')).to.equal('four');
    expect(made).to.deep.equal(['a']);
  });

  it('forgets what was used longest ago, once there are too many bytes', async () => {
    const get = aCache();
    for (const key of ['a', 'b', 'a', 'c', 'a', 'd', 'a']) await get(key);
    expect(made).to.deep.equal(['a', 'b', 'c', 'd']);
    await get('b');
    expect(made.at(-1)).to.equal('b');
    expect(await get('huge', 'x'.repeat(100))).to.have.length(100);
    await get('a');
    expect(made.slice(-2)).to.deep.equal(['huge', 'a']);
  });

  it('does not keep a failure, and goes on after it', async () => {
    const cache = new PieceCache<string>(10, ({ length }) => length);
    const failure = await cache
      .get('a', () => Promise.reject(new Error('not built')))
      .catch(String);
    expect(failure).to.equal('Error: not built');
    expect(await cache.get('a', () => Promise.resolve('yes'))).to.equal('yes');
  });

  it('makes one at a time', async () => {
    const cache = new PieceCache<number>(1000, () => 1);
    let running = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running -= 1;
      return 1;
    };
    await Promise.all(['a', 'b', 'c', 'd'].map((key) => cache.get(key, work)));
    expect(most).to.equal(1);
  });
});
