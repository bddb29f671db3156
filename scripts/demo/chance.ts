/** Choices that look random and are the same on each run. */
export interface Chance {
  /** From 0 up to, not including, 1. */
  number(): number;
  /** A whole number, both ends included. */
  between(low: number, high: number): number;
  /** True in so many of a hundred cases. */
  percent(share: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Picks by weight. */
  weighted<T>(from: readonly (readonly [T, number])[]): T;
  shuffled<T>(from: readonly T[]): T[];
  /** A UUID of version 4. */
  uuid(): string;
}

/** Mulberry32: 32 bits of state, good enough to look at. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const seedOf = (text: string) =>
  Buffer.from(text).reduce((sum, byte) => Math.imul(sum ^ byte, 0x01000193), 0x811c9dc5);

/** A source of choices with a name: the same name makes the same choices. */
export function chanceOf(name: string): Chance {
  const number = generator(seedOf(name));
  const between = (low: number, high: number) => low + Math.floor(number() * (high - low + 1));
  const pick = <T>(from: readonly T[]): T => {
    const picked = from[between(0, from.length - 1)];
    if (picked === undefined) throw new Error('There is nothing to pick from.');
    return picked;
  };
  return {
    number,
    between,
    pick,
    percent: (share) => number() * 100 < share,
    weighted: (from) => {
      let left = number() * from.reduce((sum, [, weight]) => sum + weight, 0);
      const found = from.find(([, weight]) => (left -= weight) < 0) ?? from.at(-1);
      if (!found) throw new Error('There is nothing to pick from.');
      return found[0];
    },
    shuffled: (from) =>
      from
        .map((each) => [number(), each] as const)
        .sort(([a], [b]) => a - b)
        .map(([, each]) => each),
    uuid: () => {
      const digits = Array.from({ length: 32 }, (_, at) => {
        const digit = between(0, 15);
        if (at === 12) return '4';
        return (at === 16 ? 8 + (digit % 4) : digit).toString(16);
      }).join('');
      return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/u, '$1-$2-$3-$4-');
    },
  };
}
