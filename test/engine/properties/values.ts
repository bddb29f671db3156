import fc from 'fast-check';
import { BSON } from 'mongodb';
import { compileFilter } from '../../../server/database/engine/query/matcher.ts';
import { Sorter } from '../../../server/database/engine/query/sort.ts';
import { compileUpdate } from '../../../server/database/engine/update/compile.ts';
import { compareValues } from '../../../server/database/engine/values/compare.ts';
import { decodeDocument } from '../../../server/database/engine/values/decode.ts';
import { encodeDocument } from '../../../server/database/engine/values/encode.ts';
import { keyValuesOf } from '../../../server/database/engine/values/key-values.ts';
import { equalityKey, keyOf } from '../../../server/database/engine/values/keys.ts';
import { updatable, updates, type RandomUpdate } from '../random-updates.ts';
import { documents, filters, sorts, values } from '../random.ts';
import { matches } from '../reference/matcher.ts';
import { compare, type Fields } from '../reference/order.ts';
import { Refused, Unknown } from '../reference/outcomes.ts';
import { keysOf, ParallelArrays } from '../reference/paths.ts';
import { sortKeyOf } from '../reference/sort.ts';
import { updated, type UpdateOptions } from '../reference/update.ts';
import { expectAgreement, expectSameValues, parametersOf, type Runs } from './agreement.ts';

/** What the engine computes without a collection, thousands of times. */
export function describeValues(runs: Runs): void {
  it('order as the reference orders them, as values and as keys', () => {
    const property = fc.property(values, values, (left, right) => {
      const [a, b] = [left, right].map((value) => decoded({ value }).value);
      const keys = [false, true].map((descending) => [keyOf(a, descending), keyOf(b, descending)]);
      const [ascending, descending] = keys.map(([x, y]) => Buffer.compare(x ?? NONE, y ?? NONE));
      const order = Math.sign(compare(left, right));
      const wanted = { order, ascending: order, descending: 0 - order, isEqual: order === 0 };
      const isEqual = equalityKey(a) === equalityKey(b);
      const got = { order: Math.sign(compareValues(a, b)), ascending, descending, isEqual };
      expectAgreement(got, wanted, { left, right });
    });
    fc.assert(property, parametersOf(runs, 6000));
  });

  it('never have a key that another begins with', () => {
    const property = fc.property(values, values, fc.boolean(), (left, right, descending) => {
      const [a, b] = [left, right].map((value) => keyOf(decoded({ value }).value, descending));
      const isPrefix =
        a?.equals(b ?? NONE) === false && b?.subarray(0, a.length).equals(a) === true;
      expectAgreement(isPrefix, false, { left, right, descending });
    });
    fc.assert(property, parametersOf(runs, 3000));
  });

  it('give the keys that the reference gives', () => {
    const property = fc.property(documents, sorts, (fields, sort) => {
      const paths = Object.keys(sort);
      const document = decoded(fields);
      expectAgreement(
        orFailure(() => ({
          keys: keyValuesOf(
            document,
            paths.map((path) => path.split('.')),
          ).keys.map((key) => key.values),
          first: new Sorter(sort).keyOf(document),
        })),
        orFailure(() => ({
          keys: keysOf(fields, paths).map(heldKey),
          first: heldKey(sortKeyOf(fields, sort)),
        })),
        { fields, sort },
      );
    });
    fc.assert(property, parametersOf(runs, 4000));
  });

  it('match as the reference matches them', () => {
    const someDocuments = fc.array(documents, { minLength: 1, maxLength: 8, size: 'max' });
    const property = fc.property(someDocuments, filters, (all, filter) => {
      const isMatching = compileFilter(decoded({ filter }).filter);
      for (const fields of all)
        expectAgreement(isMatching(decoded(fields)), matches(fields, filter), { filter, fields });
    });
    fc.assert(property, parametersOf(runs, 4000));
  });

  it('change as the reference changes them', () => {
    const options = fc.record({
      position: fc.option(fc.constantFrom(0, 1), { nil: undefined }),
      isInsert: fc.boolean(),
    });
    const property = fc.property(updatable, updates, options, (fields, update, how) => {
      const wanted = orFailure(() => updated(fields, update.update, { ...update, ...how }));
      if (wanted instanceof Unknown) return;
      const got = orFailure(() => changed(fields, update, how));
      expectSameValues(got, wanted, { fields, ...update, ...how });
    });
    fc.assert(property, parametersOf(runs, 4000));
  });
}

const NONE = Buffer.alloc(0);

/** A document as the engine holds it. */
function decoded(fields: Fields): Fields {
  return decodeDocument(Buffer.from(BSON.serialize(fields)));
}

function heldKey(key: unknown[]): unknown[] {
  return key.map((value) => (value === undefined ? undefined : decoded({ value }).value));
}

function changed(
  fields: Fields,
  { update, arrayFilters }: RandomUpdate,
  { position, isInsert }: UpdateOptions,
): Fields {
  const sent = decoded({ update, arrayFilters });
  const compiled = compileUpdate(sent.update, { arrayFilters: sent.arrayFilters });
  const after = compiled.apply(decoded(fields), {
    position: position ?? -1,
    isInsert: isInsert === true,
  });
  return BSON.deserialize(encodeDocument(after), { promoteValues: false, bsonRegExp: true });
}

/** What is computed, or the code that it is refused with. */
function orFailure(compute: () => unknown): unknown {
  try {
    return compute();
  } catch (error) {
    if (error instanceof Unknown) return error;
    if (error instanceof ParallelArrays) return 171;
    if (error instanceof Refused || 'code' in (error as object)) return (error as Refused).code;
    throw error;
  }
}
