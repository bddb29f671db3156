import { BSON, ClientSession, type Document } from 'mongodb';
import type { Entities } from './entities.ts';
import { TestFailure } from './format.ts';

type Check = (
  wanted: unknown,
  actual: unknown,
  path: string,
  entities: Entities,
  isRoot: boolean,
) => void;

/** The operators that a test may write where a value is expected. */
const OPERATORS: Readonly<Record<string, Check>> = {
  $$exists(wanted, actual, path) {
    if ((actual !== undefined) !== wanted)
      throw mismatch(path, wanted === true ? 'there' : 'absent', actual);
  },
  $$type(wanted, actual, path) {
    const types = (Array.isArray(wanted) ? wanted : [wanted]).map(String);
    if (!types.some((type) => isOfType(actual, type)))
      throw mismatch(path, `a value of type ${types.join(' or ')}`, actual);
  },
  $$unsetOrMatches(wanted, actual, path, entities, isRoot) {
    if (actual !== undefined && actual !== null) matchValue(wanted, actual, path, entities, isRoot);
  },
  $$matchesEntity(wanted, actual, path, entities) {
    matchValue(entities.get(String(wanted)), actual, path, entities, false);
  },
  $$matchesHexBytes(wanted, actual, path) {
    const bytes = actual instanceof BSON.Binary ? actual.value() : actual;
    if (!(bytes instanceof Uint8Array) || Buffer.from(bytes).toString('hex') !== wanted)
      throw mismatch(path, `the bytes ${String(wanted)}`, actual);
  },
  $$sessionLsid(wanted, actual, path, entities) {
    const { id } = entities.getAs(String(wanted), ClientSession);
    if (inText(id) !== inText(actual)) throw mismatch(path, `the session ${inText(id)}`, actual);
  },
  $$matchAsDocument(wanted, actual, path, entities) {
    matchValue(wanted, BSON.EJSON.parse(String(actual)), path, entities, false);
  },
  $$matchAsRoot(wanted, actual, path, entities) {
    matchValue(wanted, actual, path, entities, true);
  },
  $$lte(wanted, actual, path) {
    if (!(Number(actual) <= Number(wanted)))
      throw mismatch(path, `at most ${inText(wanted)}`, actual);
  },
};

/** Throws, naming the place, unless the value is as a test expects. At the root, more fields may be there. */
export function expectMatch(
  wanted: unknown,
  actual: unknown,
  path: string,
  entities: Entities,
): void {
  matchValue(wanted, actual, path, entities, true);
}

/** Throws unless an event is as a test expects: its commands and replies are roots of their own. */
export function expectEventMatch(
  wanted: Document,
  event: object,
  path: string,
  entities: Entities,
): void {
  const { serviceId, serverConnectionId } = event as Document;
  const seen: Document = {
    ...event,
    hasServiceId: Boolean(serviceId),
    hasServerConnectionId: typeof serverConnectionId === 'bigint',
  };
  for (const [field, value] of Object.entries(wanted))
    expectMatch(value, seen[field], `${path} ${field}`, entities);
}

function matchValue(
  wanted: unknown,
  actual: unknown,
  path: string,
  entities: Entities,
  isRoot: boolean,
): void {
  if (Array.isArray(wanted)) {
    matchArray(wanted, actual, path, entities, isRoot);
    return;
  }
  if (!isPlainDocument(wanted)) {
    if (inText(wanted) !== inText(actual)) throw mismatch(path, inText(wanted), actual);
    return;
  }
  const [first = ''] = Object.keys(wanted);
  if (first.startsWith('$$')) {
    const check = OPERATORS[first];
    if (!check) throw new TestFailure(`The runner does not know the operator ${first}`);
    check(wanted[first], actual, path, entities, isRoot);
    return;
  }
  matchDocument(wanted, actual, path, entities, isRoot);
}

function matchArray(
  wanted: unknown[],
  actual: unknown,
  path: string,
  entities: Entities,
  isRoot: boolean,
): void {
  if (!Array.isArray(actual) || actual.length !== wanted.length)
    throw mismatch(path, inText(wanted), actual);
  for (const [i, item] of wanted.entries())
    matchValue(item, actual[i], `${path}[${i}]`, entities, isRoot);
}

function matchDocument(
  wanted: Document,
  actual: unknown,
  path: string,
  entities: Entities,
  isRoot: boolean,
): void {
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual))
    throw mismatch(path, inText(wanted), actual);
  // The driver holds a sort as a map, and results as objects whose fields are getters.
  const document = (actual instanceof Map ? Object.fromEntries(actual) : actual) as Document;
  for (const [field, value] of Object.entries(wanted))
    matchValue(value, document[field], `${path}.${field}`, entities, false);
  if (isRoot) return;
  for (const [field, value] of Object.entries(document))
    if (!(field in wanted) && value !== undefined)
      throw mismatch(`${path}.${field}`, 'absent', value);
}

const NUMBER_TYPES = new Set(['int', 'long', 'double', 'number']);

/** Numbers are compared by value, so any JavaScript number is of each type that can hold it. */
function isOfType(value: unknown, type: string): boolean {
  if (NUMBER_TYPES.has(type)) return asNumber(value) !== undefined;
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'binData':
      return value instanceof BSON.Binary || value instanceof Uint8Array;
    case 'bool':
      return typeof value === 'boolean';
    case 'date':
      return value instanceof Date;
    case 'decimal':
      return value instanceof BSON.Decimal128;
    case 'null':
      return value === null;
    case 'object':
      return isPlainDocument(value) || value instanceof Map;
    case 'objectId':
      return value instanceof BSON.ObjectId;
    case 'regex':
      return value instanceof RegExp || value instanceof BSON.BSONRegExp;
    case 'string':
      return typeof value === 'string';
    case 'timestamp':
      return value instanceof BSON.Timestamp;
    default:
      throw new TestFailure(`The runner does not know the type ${type}`);
  }
}

function asNumber(value: unknown): number | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  // A timestamp is a long for the library, but no number.
  if (value instanceof BSON.Timestamp) return undefined;
  if (value instanceof BSON.Long) return value.toNumber();
  if (value instanceof BSON.Int32 || value instanceof BSON.Double) return value.valueOf();
  return undefined;
}

function isPlainDocument(value: unknown): value is Document {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

/** A value as text that is equal exactly when the values count as equal. */
function inText(value: unknown): string {
  if (value === undefined) return 'undefined';
  const number = asNumber(value);
  if (number !== undefined) return String(number);
  return BSON.EJSON.stringify(value, { relaxed: false });
}

function mismatch(path: string, wanted: string, actual: unknown): TestFailure {
  return new TestFailure(`${path} should be ${wanted}, and is ${inText(actual)}`);
}
