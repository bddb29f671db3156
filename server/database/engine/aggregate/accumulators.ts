import { CommandError, notSupported } from '../errors.ts';
import { compareValues } from '../values/compare.ts';
import {
  fieldOf,
  isDocument,
  isNullish,
  isNumeric,
  numberType,
  setField,
  type Document,
  type Numeric,
} from '../values/kinds.ts';
import { equalityKey } from '../values/keys.ts';
import { sizeOf } from '../values/size.ts';
import { calculate, doubleOf, toNumber } from '../values/numbers.ts';

/** Takes values one by one, so that a group never holds its documents. */
export interface Accumulator {
  add(value: unknown): void;
  result(): unknown;
}

class Sum implements Accumulator {
  private total: Numeric = 0;

  add(value: unknown): void {
    if (isNumeric(value)) this.total = addGrowing(this.total, value);
  }

  result(): unknown {
    return this.total;
  }
}

/** A sum of longs that overflows goes on as a double. */
function addGrowing(total: Numeric, value: Numeric): Numeric {
  if (typeof total === 'number' && typeof value === 'number') {
    const sum = total + value;
    if (Number.isSafeInteger(sum) && Math.abs(sum) < 2 ** 31) return sum;
  }
  try {
    return calculate(total, value, '+');
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return doubleOf(toNumber(total) + toNumber(value));
  }
}

class Average implements Accumulator {
  private total: Numeric = 0;
  private count = 0;

  add(value: unknown): void {
    if (!isNumeric(value)) return;
    this.total = addGrowing(this.total, value);
    this.count++;
  }

  result(): unknown {
    if (this.count === 0) return null;
    if (numberType(this.total) === 'decimal') throw notSupported('$avg of decimals');
    return doubleOf(toNumber(this.total) / this.count);
  }
}

/** Told about how many bytes more an accumulator holds. */
type Grow = (bytes: number) => void;

/** Says whether a value takes the place of the one that is held; undefined is none yet, or missing. */
type Prefers = (value: unknown, held: unknown, isFirst: boolean) => boolean;

/** The one value that is preferred to all others. */
class Chosen implements Accumulator {
  private readonly grow: Grow;
  private readonly prefers: Prefers;
  private held: unknown;
  private isFirst = true;

  constructor(grow: Grow, prefers: Prefers) {
    this.grow = grow;
    this.prefers = prefers;
  }

  add(value: unknown): void {
    if (this.prefers(value, this.held, this.isFirst)) {
      this.grow(sizeOf(value) - sizeOf(this.held));
      this.held = value;
    }
    this.isFirst = false;
  }

  result(): unknown {
    return this.held ?? null;
  }
}

/** The least or the greatest value; null and missing do not count. */
function extreme(direction: 1 | -1): Prefers {
  return (value, held) =>
    !isNullish(value) && (held === undefined || compareValues(value, held) * direction < 0);
}

class Pushed implements Accumulator {
  private readonly values: unknown[] = [];
  private readonly grow: Grow;

  constructor(grow: Grow) {
    this.grow = grow;
  }

  add(value: unknown): void {
    if (value === undefined) return;
    this.values.push(value);
    this.grow(sizeOf(value));
  }

  result(): unknown {
    return this.values;
  }
}

class Distinct implements Accumulator {
  private readonly values = new Map<string, unknown>();
  private readonly grow: Grow;

  constructor(grow: Grow) {
    this.grow = grow;
  }

  add(value: unknown): void {
    const key = equalityKey(value);
    if (value === undefined || this.values.has(key)) return;
    this.values.set(key, value);
    this.grow(sizeOf(key) + sizeOf(value));
  }

  result(): unknown {
    return [...this.values.values()];
  }
}

class Merged implements Accumulator {
  private readonly document: Document = {};
  private readonly grow: Grow;

  constructor(grow: Grow) {
    this.grow = grow;
  }

  add(value: unknown): void {
    if (isNullish(value)) return;
    if (!isDocument(value)) throw new CommandError(40400, '$mergeObjects requires object inputs');
    for (const [name, inner] of Object.entries(value)) {
      if (!Object.hasOwn(this.document, name)) this.grow(sizeOf(name) + sizeOf(inner));
      setField(this.document, name, inner);
    }
  }

  result(): unknown {
    return this.document;
  }
}

/** How to make an accumulator of a kind. */
export type MakeAccumulator = (grow: Grow) => Accumulator;

const ACCUMULATORS: Readonly<Record<string, MakeAccumulator>> = {
  $sum: () => new Sum(),
  $avg: () => new Average(),
  $min: (grow) => new Chosen(grow, extreme(1)),
  $max: (grow) => new Chosen(grow, extreme(-1)),
  $first: (grow) => new Chosen(grow, (_value, _held, isFirst) => isFirst),
  $last: (grow) => new Chosen(grow, () => true),
  $push: (grow) => new Pushed(grow),
  $addToSet: (grow) => new Distinct(grow),
  $mergeObjects: (grow) => new Merged(grow),
  // Of the ones that stand for its documents.
  $count: () => new Sum(),
};

/** Real accumulators that the engine does not have, refused as such. */
const UNSUPPORTED = new Set(
  `$accumulator $bottom $bottomN $covariancePop $covarianceSamp $derivative $expMovingAvg $firstN
  $integral $lastN $linearFill $locf $maxN $median $minN $percentile $shift $stdDevPop $stdDevSamp
  $top $topN`.split(/\s+/),
);

/** How to make accumulators of a kind. Throws 15952 for unknown ones. */
export function accumulatorOf(operator: string): MakeAccumulator {
  if (UNSUPPORTED.has(operator)) throw notSupported(operator);
  const make = fieldOf(ACCUMULATORS, operator);
  if (!make) throw new CommandError(15952, `unknown group operator '${operator}'`);
  return make;
}

export function accumulate(make: MakeAccumulator, values: Iterable<unknown>): unknown {
  const accumulator = make(() => undefined);
  for (const value of values) accumulator.add(value);
  return accumulator.result();
}
