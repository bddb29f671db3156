import fc, { type Arbitrary } from 'fast-check';
import { BSON } from 'mongodb';
import { conditions, documents, integers, numbers, plainPaths, sorts, values } from './random.ts';
import { copyOf, type Fields } from './reference/order.ts';

export interface RandomUpdate {
  update: Fields;
  arrayFilters: Fields[];
}

const int = (value: number) => new BSON.Int32(value);

const paths = fc.oneof(
  { weight: 6, arbitrary: plainPaths },
  { weight: 2, arbitrary: fc.constantFrom('a.0', 'a.1', 'a.4', 'a.0.b', 'b.1.a', 'a.b.0') },
  fc.constantFrom('a.$', 'a.$.b', 'a.$[]', 'a.$[].b', 'a.b.$[]'),
  fc.constantFrom('a.$[x]', 'a.$[x].b', 'b.$[x].a'),
);

const lists = fc.array(values, { maxLength: 3 });
const several = lists.map(($each) => ({ $each }));
const pushes = fc
  .record(
    {
      $each: fc.array(fc.oneof(values, documents), { maxLength: 3 }),
      $position: fc.constantFrom(...[-2, -1, 0, 1, 9].map(int)),
      $slice: fc.constantFrom(...[-2, 0, 1, 3].map(int)),
      $sort: fc.oneof(fc.constantFrom(int(1), int(-1)), sorts),
    },
    { requiredKeys: ['$each'], noNullPrototype: true },
  )
  .map((modifiers): Fields => ({ ...modifiers }));

const bits = fc.dictionary(
  fc.constantFrom('and', 'or', 'xor'),
  integers.filter((value) => !(value instanceof BSON.Double)),
  { minKeys: 1, maxKeys: 2, noNullPrototype: true },
);

const pulls = fc.oneof(
  values,
  conditions,
  fc.dictionary(plainPaths, fc.oneof(values, conditions), { maxKeys: 2, noNullPrototype: true }),
);

const ARGUMENTS: Readonly<Record<string, Arbitrary<unknown>>> = {
  $set: values,
  $setOnInsert: values,
  $unset: fc.constant(''),
  $inc: numbers,
  $mul: numbers,
  $min: values,
  $max: values,
  $bit: bits,
  $rename: plainPaths,
  $push: fc.oneof(values, { weight: 2, arbitrary: pushes }),
  $addToSet: fc.oneof(values, several),
  $pop: fc.constantFrom(int(1), int(-1)),
  $pull: pulls,
  $pullAll: lists,
};

interface Action {
  operator: string;
  path: string;
  argument: unknown;
}

const actions: Arbitrary<Action> = fc.oneof(
  ...Object.entries(ARGUMENTS).map(([operator, argument]) =>
    fc.record({
      operator: fc.constant(operator),
      path: operator === '$rename' ? plainPaths : paths,
      argument,
    }),
  ),
);

const filtersOfX = fc.oneof(
  fc.oneof(values, conditions).map((condition) => ({ x: condition })),
  fc.oneof(values, conditions).map((condition) => ({ 'x.b': condition })),
);

/** Updates that no server refuses for what they are, though it may for the document. */
export const updates: Arbitrary<RandomUpdate> = fc
  .tuple(fc.array(actions, { minLength: 1, maxLength: 4 }), filtersOfX)
  .map(([chosen, filter]) => updateOf(chosen, filter))
  .filter(({ update }) => Object.keys(update).length > 0);

function updateOf(chosen: Action[], filter: Fields): RandomUpdate {
  const taken: string[] = [];
  const update: Record<string, Fields> = {};
  for (const { operator, path, argument } of chosen) {
    const places = operator === '$rename' ? [path, String(argument)] : [path];
    if (
      places.some((place, i) =>
        [...taken, ...places.slice(0, i)].some((other) => isNear(place, other)),
      )
    )
      continue;
    taken.push(...places);
    update[operator] = { ...update[operator], [path]: argument };
  }
  const isFiltered = taken.some((path) => path.includes('$[x]'));
  return { update, arrayFilters: isFiltered ? [filter] : [] };
}

/** Documents that have what the paths of the updates lead through. */
export const updatable: Arbitrary<Fields> = fc.oneof(
  documents,
  fc
    .tuple(documents, fc.array(fc.oneof(values, documents), { minLength: 1, maxLength: 4 }))
    .map(([fields, a]) => copyOf({ ...fields, a }) as Fields),
);

/** The server wants no two paths where one is, or could be, within the other. */
function isNear(path: string, other: string): boolean {
  const parts = path.split('.');
  return other.split('.').every((part, i) => {
    const mine = parts[i];
    return mine === undefined || mine === part || part.startsWith('$') || mine.startsWith('$');
  });
}
