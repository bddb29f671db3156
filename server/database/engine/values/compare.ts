import { type Binary, type BSONRegExp, type Code, type ObjectId, type Timestamp } from 'bson';
import { KIND, kindOf, type Document, type Numeric } from './kinds.ts';
import { compareNumbers } from './numbers.ts';

export interface Collator {
  compare(left: string, right: string): number;
}

/** UTF-8 byte order, which JavaScript's UTF-16 order is not where surrogates are involved. */
export function compareStrings(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a !== b) return codeUnitOrder(a, b) - codeUnitOrder(b, a);
  }
  return left.length - right.length;
}

function codeUnitOrder(unit: number, other: number): number {
  if (unit < 0xd800 || other < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x2000 : unit + 0x2000;
}

/** The bytes that a Binary holds. */
export function binaryBytes(value: Binary): Buffer {
  const { buffer, byteOffset } = value.buffer;
  return Buffer.from(buffer, byteOffset, value.position);
}

/** The one total order of BSON values: by type, then by value. Undefined, as an empty array sorts, is before null. */
export function compareValues(left: unknown, right: unknown, collator?: Collator): number {
  if (left === right) return 0;
  const kind = kindOf(left);
  const other = kindOf(right);
  if (kind !== other) return kind - other;
  switch (kind) {
    case KIND.number:
      return compareNumbers(left as Numeric, right as Numeric);
    case KIND.string:
      return collator
        ? collator.compare(String(left), String(right))
        : compareStrings(String(left), String(right));
    case KIND.boolean:
      return left === true ? 1 : -1;
    case KIND.date:
      return (left as Date).getTime() - (right as Date).getTime();
    case KIND.objectId:
      return Buffer.compare((left as ObjectId).id, (right as ObjectId).id);
    case KIND.binary:
      return compareBinary(left as Binary, right as Binary);
    case KIND.timestamp:
      return compareTimestamps(left as Timestamp, right as Timestamp);
    case KIND.regex:
      return compareRegex(left as BSONRegExp, right as BSONRegExp);
    case KIND.array:
      return compareArrays(left as unknown[], right as unknown[], collator);
    case KIND.document:
      return compareDocuments(left as Document, right as Document, collator);
    case KIND.code:
      return compareStrings((left as Code).code, (right as Code).code);
    case KIND.null:
      return left === undefined ? -1 : 1;
    // All MinKeys are equal, and so are all MaxKeys.
    default:
      return 0;
  }
}

export function areEqual(left: unknown, right: unknown): boolean {
  return compareValues(left, right) === 0;
}

function compareBinary(left: Binary, right: Binary): number {
  const a = binaryBytes(left);
  const b = binaryBytes(right);
  return a.length - b.length || left.sub_type - right.sub_type || Buffer.compare(a, b);
}

function compareTimestamps(left: Timestamp, right: Timestamp): number {
  const a = BigInt.asUintN(64, left.toBigInt());
  const b = BigInt.asUintN(64, right.toBigInt());
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareRegex(left: BSONRegExp, right: BSONRegExp): number {
  return compareStrings(left.pattern, right.pattern) || compareStrings(left.options, right.options);
}

function compareArrays(left: unknown[], right: unknown[], collator?: Collator): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const order = compareValues(left[i], right[i], collator);
    if (order) return order;
  }
  return left.length - right.length;
}

function compareDocuments(left: Document, right: Document, collator?: Collator): number {
  const a = Object.keys(left);
  const b = Object.keys(right);
  for (const [i, name] of a.entries()) {
    const other = b[i];
    if (other === undefined) return 1;
    const order =
      kindOf(left[name]) - kindOf(right[other]) ||
      compareStrings(name, other) ||
      compareValues(left[name], right[other], collator);
    if (order) return order;
  }
  return a.length - b.length;
}
