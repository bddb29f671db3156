import fc, { type Arbitrary } from 'fast-check';
import { BSON, type Collection, type Document } from 'mongodb';
import { indexKeysOf, indexSets, isUnique, queries, type IndexSpec } from '../random-indexes.ts';
import { updatable, updates } from '../random-updates.ts';
import { conditions, documents, filters, numbered } from '../random.ts';
import { isElementMatching, matches } from '../reference/matcher.ts';
import { areSame, type Fields } from '../reference/order.ts';
import { Refused, Unknown } from '../reference/outcomes.ts';
import { ParallelArrays } from '../reference/paths.ts';
import { updated } from '../reference/update.ts';
import { codeOf, type EngineUnderTest } from '../support.ts';
import { expectAgreement, expectSameValues, parametersOf, type Runs } from './agreement.ts';
import { ask, build } from './queries.ts';

interface Step {
  kind: 'update' | 'updateMany' | 'positional' | 'replace' | 'upsert' | 'delete' | 'insert';
  /** Which of the documents there are, counted around. */
  choice: number;
  filter: Fields;
  element: Fields;
  content: Fields;
  change: { update: Fields; arrayFilters: Fields[] };
}

const steps: Arbitrary<Step> = fc.record({
  kind: fc.constantFrom<Step['kind']>(
    'update',
    'update',
    'update',
    'updateMany',
    'positional',
    'replace',
    'upsert',
    'delete',
    'insert',
  ),
  choice: fc.nat(20),
  filter: filters,
  element: conditions,
  content: updatable,
  change: updates,
});

/** What is written comes back, and indexes follow. */
export function describeWrites(engine: EngineUnderTest, runs: Runs): void {
  it('come back byte for byte', async () => {
    const property = fc.asyncProperty(
      fc.array(documents, { minLength: 20, maxLength: 40, size: 'max' }),
      async (contents) => {
        const all = numbered(contents);
        const collection = await engine.collectionOf(all);
        expectAgreement(await bytesIn(collection), all.map(bytesOf), { all });
        await collection.drop();
      },
    );
    await fc.assert(property, parametersOf(runs, 25));
  });

  it('leave the documents and the indexes that the reference would have', async () => {
    const property = fc.asyncProperty(
      fc.array(updatable, { minLength: 1, maxLength: 8, size: 'max' }),
      indexSets,
      fc.array(steps, { minLength: 4, maxLength: 12, size: 'max' }),
      fc.array(queries, { minLength: 2, maxLength: 4, size: 'max' }),
      async (contents, specs, plan, asked) => {
        const all = numbered(contents);
        const collection = await engine.collectionOf(all);
        const built: IndexSpec[] = [];
        for (const [i, spec] of specs.entries())
          if (await build(collection, spec, `i${i}`, all)) built.push(spec);
        const model = new Model(all, built);
        for (const step of plan) await take(step, collection, model);
        expectSameValues(await documentsIn(collection), model.documents, { all, built, plan });
        for (const query of asked) await ask(collection, query, specs, built, model.documents);
        await collection.drop();
      },
    );
    await fc.assert(property, parametersOf(runs, 45));
  });
}

function bytesOf(fields: Fields): string {
  return Buffer.from(BSON.serialize(fields)).toString('hex');
}

async function bytesIn(collection: Collection): Promise<string[]> {
  const found = await collection.find({}, { sort: { _id: 1 }, raw: true }).toArray();
  return found.map((bytes) => (bytes as unknown as Buffer).toString('hex'));
}

async function documentsIn(collection: Collection): Promise<Document[]> {
  const options = { sort: { _id: 1 }, promoteValues: false, bsonRegExp: true } as const;
  return collection.find({}, options).toArray();
}

/** The documents that there should be, in the order of their ids. */
class Model {
  documents: Fields[];
  readonly indexes: readonly IndexSpec[];

  constructor(documents: Fields[], indexes: readonly IndexSpec[]) {
    this.documents = documents;
    this.indexes = indexes;
  }

  get hasUnique(): boolean {
    return this.indexes.some(isUnique);
  }

  /** Puts a changed or new document in its place. Throws Refused for what an index does not take. */
  put(fields: Fields): void {
    const others = this.documents.filter(({ _id }) => !areSame(_id, fields._id));
    for (const spec of this.indexes) this.checkIndex(spec, fields, others);
    this.documents = [...others, fields].sort((a, b) => Number(a._id) - Number(b._id));
  }

  remove(gone: Fields[]): void {
    this.documents = this.documents.filter((fields) => !gone.includes(fields));
  }

  private checkIndex(spec: IndexSpec, fields: Fields, others: Fields[]): void {
    try {
      const keys = indexKeysOf(fields, spec);
      if (!isUnique(spec)) return;
      const taken = others.flatMap((other) => indexKeysOf(other, spec));
      if (keys.some((key) => taken.some((other) => areSame(key, other)))) throw new Refused(11000);
    } catch (error) {
      throw error instanceof ParallelArrays ? new Refused(171) : error;
    }
  }
}

/** Does one thing to the model and to the collection, and wants the same outcome of both. */
async function take(step: Step, collection: Collection, model: Model): Promise<void> {
  const before = model.documents;
  let refusal: number | undefined;
  try {
    applyToModel(step, model);
  } catch (error) {
    model.documents = before;
    if (error instanceof Unknown) return;
    if (!(error instanceof Refused)) throw error;
    // What an update of many did before it failed depends on the order it read them in.
    if (step.kind === 'updateMany') return;
    refusal = error.code;
  }
  const code = await codeOf(applyToCollection(step, collection, before));
  expectAgreement(code, refusal, { step, before, indexes: model.indexes });
}

function chosen({ choice }: Step, documents: Fields[]): Fields | undefined {
  return documents[choice % Math.max(1, documents.length)];
}

function newId({ choice }: Step, documents: Fields[]): BSON.Int32 {
  return new BSON.Int32(Math.max(-1, ...documents.map(({ _id }) => Number(_id))) + 1 + choice);
}

function applyToModel(step: Step, model: Model): void {
  const { update, arrayFilters } = step.change;
  const { documents: all } = model;
  // Which element another filter matches is not for the reference to know.
  if (step.kind !== 'positional' && usesPosition(update)) throw new Unknown();
  const one = chosen(step, all);
  const matching = all.filter((fields) => matches(fields, step.filter));
  switch (step.kind) {
    case 'update':
      if (one && matching.includes(one)) model.put(updated(one, update, { arrayFilters }));
      return;
    case 'positional': {
      const position = one ? positionIn(one, step.element) : -1;
      if (one && position >= 0) model.put(updated(one, update, { arrayFilters, position }));
      return;
    }
    case 'updateMany':
      if (model.hasUnique) throw new Unknown();
      for (const fields of matching) model.put(updated(fields, update, { arrayFilters }));
      return;
    case 'replace':
      if (one) model.put({ _id: one._id, ...step.content });
      return;
    case 'upsert': {
      const seed = { _id: newId(step, all) };
      model.put(updated(seed, update, { arrayFilters, isInsert: true }));
      return;
    }
    case 'delete':
      model.remove(matching);
      return;
    case 'insert':
      model.put({ _id: newId(step, all), ...step.content });
  }
}

function usesPosition(update: Fields): boolean {
  const paths = Object.values(update).flatMap((fields) => Object.keys(fields as Fields));
  return paths.some((path) => path.split('.').includes('$'));
}

function positionIn({ a }: Fields, condition: Fields): number {
  return Array.isArray(a) ? a.findIndex((element) => isElementMatching(element, condition)) : -1;
}

async function applyToCollection(
  step: Step,
  collection: Collection,
  before: Fields[],
): Promise<unknown> {
  const { kind, filter, element, content } = step;
  const { update, arrayFilters } = step.change;
  const options = arrayFilters.length > 0 ? { arrayFilters } : {};
  const _id = chosen(step, before)?._id as never;
  const added = newId(step, before) as never;
  switch (kind) {
    case 'update':
      return collection.updateOne({ $and: [{ _id }, filter] }, update, options);
    case 'positional':
      return collection.updateOne({ _id, a: { $elemMatch: element } }, update, options);
    case 'updateMany':
      return collection.updateMany(filter, update, options);
    case 'replace':
      return collection.replaceOne({ _id }, content);
    case 'upsert':
      return collection.updateOne({ _id: added }, update, { ...options, upsert: true });
    case 'delete':
      return collection.deleteMany(filter);
    case 'insert':
      return collection.insertOne({ _id: added, ...content });
  }
}
