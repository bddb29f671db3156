import { CommandError } from '../errors.ts';
import { inOneBatch, slice, type Batches } from '../query/batches.ts';
import { sortBatches, type SortedKind } from '../query/external-sort.ts';
import { compileFilter } from '../query/matcher.ts';
import { checkSort, Sorter } from '../query/sort.ts';
import { checkMemory, type Scratch } from '../storage/scratch.ts';
import { decodeDocument } from '../values/decode.ts';
import { encodeDocument } from '../values/encode.ts';
import { isDocument, isNumeric, typeName, type Document } from '../values/kinds.ts';
import { toNumber } from '../values/numbers.ts';
import { sizeOf } from '../values/size.ts';
import { compileExpression, scopeOf } from './expressions/compile.ts';
import type { StageBuilder } from './stage.ts';

/** All documents of a stage that needs to see every one, with places to pause on the way. Throws 146. */
export function* gather(
  input: Batches<Document>,
  scratch: Scratch,
): Generator<Document[], Document[]> {
  const all: Document[] = [];
  let bytes = 0;
  for (const batch of input) {
    for (const document of batch) {
      all.push(document);
      bytes += sizeOf(document);
    }
    checkMemory(bytes, scratch);
    yield [];
  }
  return all;
}

/** A stage that turns each document into one other. */
export function* mapEach(
  input: Batches<Document>,
  change: (document: Document) => Document,
): Batches<Document> {
  for (const batch of input) yield batch.map(change);
}

export const matchStage: StageBuilder = (spec, { variables, collator }) => {
  const matches = compileFilter(spec, { variables, collator });
  return function* (input) {
    for (const batch of input) yield batch.filter((document) => matches(document));
  };
};

export const sortStage: StageBuilder = (spec, { collator, scratch }) => {
  checkSort(spec);
  if (!isDocument(spec) || Object.keys(spec).length === 0)
    throw new CommandError(15976, '$sort stage must have at least one sort key');
  const sorter = new Sorter(spec, collator);
  const kind: SortedKind<Document> = {
    keyOf: (document) => sorter.keyOf(document),
    sizeOf,
    keep: (document) => document,
    encode: encodeDocument,
    decode: (bytes) => decodeDocument(bytes),
  };
  return (input) => sortBatches(input, kind, { sorter, scratch, most: Infinity });
};

export const skipStage: StageBuilder = (spec) => {
  const count = wholeNumber(spec, '$skip', 0);
  return (input) => slice(input, count, 0);
};

export const limitStage: StageBuilder = (spec) => {
  const count = wholeNumber(spec, '$limit', 1);
  return (input) => slice(input, 0, count);
};

export function wholeNumber(value: unknown, name: string, least: number): number {
  const number = isNumeric(value) ? toNumber(value) : NaN;
  if (!Number.isInteger(number) || number < least)
    throw new CommandError(
      name === '$limit' ? 15958 : 5107200,
      `invalid argument to ${name} stage: Expected a ${least ? 'positive' : 'non-negative'} number`,
    );
  return number;
}

export const countStage: StageBuilder = (spec) => {
  if (typeof spec !== 'string' || spec === '' || /^\$|\./.test(spec))
    throw new CommandError(40156, 'the count field must be a non-empty string');
  return function* (input) {
    let count = 0;
    for (const batch of input) {
      count += batch.length;
      yield [];
    }
    if (count > 0) yield [{ [spec]: count }];
  };
};

export const sampleStage: StageBuilder = (spec, { scratch }) => {
  const size = wholeNumber(isDocument(spec) ? spec.size : undefined, '$sample', 0);
  return function* (input) {
    const all = yield* gather(input, scratch);
    const picked: Document[] = [];
    while (picked.length < size && all.length > 0) {
      const place = Math.floor(Math.random() * all.length);
      const last = all.pop();
      const document = place < all.length ? all[place] : last;
      if (last && place < all.length) all[place] = last;
      if (document) picked.push(document);
    }
    yield picked;
  };
};

export const facetStage: StageBuilder = (spec, context) => {
  if (!isDocument(spec))
    throw new CommandError(40169, 'the $facet specification must be an object');
  const facets = Object.entries(spec).map(([name, pipeline]) => {
    if (!Array.isArray(pipeline))
      throw new CommandError(
        40170,
        `arguments to $facet must be arrays, ${name} is ${typeName(pipeline)}`,
      );
    return { name, run: context.compile(pipeline, context) };
  });
  return function* (input) {
    const all = yield* gather(input, context.scratch);
    const result: Document = {};
    for (const { name, run } of facets)
      result[name] = yield* gather(run(inOneBatch(all)), context.scratch);
    yield [result];
  };
};

export const documentsStage: StageBuilder = (spec, { variables }) => {
  const evaluate = compileExpression(spec);
  return function* () {
    const documents = evaluate(scopeOf({}, variables));
    if (!Array.isArray(documents))
      throw new CommandError(5858203, 'an array is expected in $documents');
    yield documents.filter(isDocument);
  };
};
