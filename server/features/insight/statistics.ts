/** What shares of counts can tell, and how sure one may be of it. */

/** Quantile of the normal distribution for intervals that hold in 95 of 100 cases. */
const Z = 1.959964;

export interface Interval {
  low: number;
  high: number;
}

/** The interval in which a share lies, with 95 % confidence (Wilson 1927): sound for few cases and near 0 and 1. */
export function wilsonInterval(hits: number, cases: number): Interval {
  if (cases === 0) return { low: 0, high: 1 };
  const share = hits / cases;
  const square = (Z * Z) / cases;
  const middle = share + square / 2;
  const spread = Z * Math.sqrt((share * (1 - share)) / cases + square / (4 * cases));
  return {
    low: hits === 0 ? 0 : Math.max(0, (middle - spread) / (1 + square)),
    high: hits === cases ? 1 : Math.min(1, (middle + spread) / (1 + square)),
  };
}

export interface Sample {
  hits: number;
  cases: number;
}

export interface SharesCompared {
  /** Of the second sample less that of the first. */
  difference: number;
  interval: Interval;
  /** `few`: too few cases to say anything. `unclear`: the interval holds no difference as well. */
  verdict: 'few' | 'unclear' | 'more' | 'less';
}

/** Below this many cases in either sample nothing is said. */
export const FEWEST_CASES = 30;

/**
 * How a share differs between two samples, with the interval in which the true difference lies with 95 % confidence
 * (Newcombe 1998, method 10: from the Wilson intervals of both).
 */
export function compareShares(first: Sample, second: Sample): SharesCompared {
  const shareOf = ({ hits, cases }: Sample) => (cases === 0 ? 0 : hits / cases);
  const [one, other] = [shareOf(first), shareOf(second)];
  const of = ({ hits, cases }: Sample) => wilsonInterval(hits, cases);
  const [a, b] = [of(first), of(second)];
  const difference = other - one;
  const interval = {
    low: difference - Math.hypot(other - b.low, a.high - one),
    high: difference + Math.hypot(b.high - other, one - a.low),
  };
  const isFew = Math.min(first.cases, second.cases) < FEWEST_CASES;
  const isUnclear = interval.low <= 0 && interval.high >= 0;
  const verdict = isFew ? 'few' : isUnclear ? 'unclear' : difference > 0 ? 'more' : 'less';
  return { difference, interval, verdict };
}
