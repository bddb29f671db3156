import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson';

/** A decoded BSON document. Values are what `decodeDocument` gives: see there for how numbers are held. */
export type Document = Record<string, unknown>;

export type Numeric = number | Double | Int32 | Long | Decimal128;

/** BSON comparison order; the numbers are also the first byte of an encoded key, so they never change. */
export const KIND = {
  minKey: 5,
  null: 10,
  number: 20,
  string: 30,
  document: 35,
  array: 40,
  binary: 45,
  objectId: 50,
  boolean: 60,
  date: 65,
  timestamp: 70,
  regex: 75,
  code: 85,
  maxKey: 127,
} as const;

type Kind = (typeof KIND)[keyof typeof KIND];

/** The place of a value in the BSON type order. Missing counts as null. */
export function kindOf(value: unknown): Kind {
  switch (typeof value) {
    case 'number':
      return KIND.number;
    case 'string':
      return KIND.string;
    case 'boolean':
      return KIND.boolean;
    case 'undefined':
      return KIND.null;
    default:
      return value === null ? KIND.null : kindOfObject(value as object);
  }
}

function kindOfObject(value: object): Kind {
  if (Array.isArray(value)) return KIND.array;
  if (value instanceof ObjectId) return KIND.objectId;
  if (value instanceof Date) return KIND.date;
  if (value instanceof Double || value instanceof Decimal128 || value instanceof Int32)
    return KIND.number;
  // Timestamp extends Long, so it has to be asked first.
  if (value instanceof Timestamp) return KIND.timestamp;
  if (value instanceof Long) return KIND.number;
  if (value instanceof Binary) return KIND.binary;
  if (value instanceof BSONRegExp) return KIND.regex;
  if (value instanceof BSONSymbol) return KIND.string;
  if (value instanceof Code) return KIND.code;
  if (value instanceof MinKey) return KIND.minKey;
  if (value instanceof MaxKey) return KIND.maxKey;
  return KIND.document;
}

export function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && kindOfObject(value) === KIND.document;
}

/** `Array.isArray` that does not let `any` in. */
export function isArray(value: unknown): value is unknown[] {
  return Array.isArray(value);
}

export function isNumeric(value: unknown): value is Numeric {
  return kindOf(value) === KIND.number;
}

export function isNullish(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/** Own fields only: a document may hold a field called `constructor`. */
export function fieldOf<T>(document: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(document, name) ? document[name] : undefined;
}

/** Sets a field even when it is called `__proto__`. */
export function setField(document: Document, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(document, name, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  else document[name] = value;
}

export function removeField(document: Document, name: string): void {
  Reflect.deleteProperty(document, name);
}

const TYPE_NAMES: Readonly<Record<Kind, string>> = {
  [KIND.minKey]: 'minKey',
  [KIND.null]: 'null',
  [KIND.number]: 'number',
  [KIND.string]: 'string',
  [KIND.document]: 'object',
  [KIND.array]: 'array',
  [KIND.binary]: 'binData',
  [KIND.objectId]: 'objectId',
  [KIND.boolean]: 'bool',
  [KIND.date]: 'date',
  [KIND.timestamp]: 'timestamp',
  [KIND.regex]: 'regex',
  [KIND.code]: 'javascript',
  [KIND.maxKey]: 'maxKey',
};

/** The type's alias as `$type` gives it. */
export function typeName(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value instanceof BSONSymbol) return 'symbol';
  return isNumeric(value) ? numberType(value) : TYPE_NAMES[kindOf(value)];
}

type NumberType = 'int' | 'long' | 'double' | 'decimal';

/** Which BSON number a value is: a JavaScript number is an int exactly when BSON would write it as one. */
export function numberType(value: Numeric): NumberType {
  if (typeof value === 'number') return isInt32(value) ? 'int' : 'double';
  if (value instanceof Double) return 'double';
  if (value instanceof Decimal128) return 'decimal';
  return value instanceof Long ? 'long' : 'int';
}

export function isInt32(value: number): boolean {
  return (value | 0) === value && !Object.is(value, -0);
}
