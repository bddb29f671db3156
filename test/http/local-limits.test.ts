import { expect } from 'chai';
import { LocalCounts } from '../../server/security/local-counts.ts';

const MINUTE = 60_000;
const BEGIN = Date.UTC(2026, 0, 1, 12);

describe('Knocks that are counted in memory', () => {
  it('count for each sender alone, until the window ends', () => {
    const counts = new LocalCounts(1);
    const hits = (who: string, at: number) => counts.countHit(who, BEGIN + at).totalHits;
    expect([hits('a', 0), hits('a', 10), hits('b', 20), hits('a', MINUTE - 1)]).to.deep.equal([
      1, 2, 1, 3,
    ]);
    expect(hits('a', MINUTE)).to.equal(1);
  });

  it('say when the window ends', () => {
    const { resetTime } = new LocalCounts(1).countHit('a', BEGIN + 15_000);
    expect(resetTime.getTime()).to.equal(BEGIN + MINUTE);
  });

  it('begin anew when the clock is put back', () => {
    const counts = new LocalCounts(1);
    counts.countHit('a', BEGIN + 10 * MINUTE);
    expect(counts.countHit('a', BEGIN).totalHits).to.equal(1);
  });

  it('keep nobody’s address, and no crowd for ever', () => {
    const counts = new LocalCounts(60);
    counts.countHit('first', BEGIN);
    for (let at = 0; at < 100_000; at++) counts.countHit(`crowd ${at}`, BEGIN);
    expect(counts.countHit('crowd 99999', BEGIN).totalHits).to.equal(2);
    expect(counts.countHit('first', BEGIN).totalHits).to.equal(1);
  });
});
