import {
  type Binary,
  type BSONRegExp,
  type Code,
  Double,
  Long,
  ObjectId,
  type Timestamp,
} from 'bson';
import { binaryBytes } from './compare.ts';
import { KIND, kindOf, type Document, type Numeric } from './kinds.ts';
import { exactOf, subtractExact, toNumber, type Exact } from './numbers.ts';

/** Collects bytes; one is reused for every key, as keys are built by the million. */
class KeyWriter {
  private bytes = Buffer.allocUnsafe(512);
  private length = 0;

  clear(): void {
    this.length = 0;
  }

  result(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.length));
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  append(bytes: ArrayLike<number>): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Eight bytes that sort as the doubles do; NaN sorts first. */
  double(value: number): void {
    this.reserve(8);
    if (Number.isNaN(value)) this.bytes.fill(0, this.length, this.length + 8);
    else {
      const at = this.bytes.writeDoubleBE(value === 0 ? 0 : value, this.length) - 8;
      if (value < 0)
        for (let i = at; i < at + 8; i++) this.bytes[i] = 0xff ^ this.bytes.readUInt8(i);
      else this.bytes[at] = 0x80 ^ this.bytes.readUInt8(at);
    }
    this.length += 8;
  }

  long(value: bigint, signed: boolean): void {
    this.reserve(8);
    this.bytes.writeBigUInt64BE(
      BigInt.asUintN(64, signed ? value ^ (1n << 63n) : value),
      this.length,
    );
    this.length += 8;
  }

  /** UTF-8 ended by 00, with 00 and 01 escaped as 01 01 and 01 02: no key is the prefix of another. */
  text(value: string): void {
    this.reserve(value.length * 3 + 1);
    const start = this.length;
    this.length += this.bytes.write(value, start, 'utf8');
    const written = this.bytes.subarray(start, this.length);
    if (written.includes(0) || written.includes(1)) {
      const unescaped = Buffer.from(written);
      this.length = start;
      for (const byte of unescaped)
        if (byte > 1) this.byte(byte);
        else this.append([1, byte + 1]);
    }
    this.byte(0);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + count));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}

const writer = new KeyWriter();

/** Sorts between MinKey and null. */
const UNDEFINED = 7;

/** Bytes whose order is the BSON order of the values, inverted when descending. */
export function keyOf(value: unknown, descending = false): Buffer {
  writer.clear();
  writeValue(writer, value);
  const key = writer.result();
  return descending ? inverted(key) : key;
}

export function inverted(key: Buffer): Buffer {
  for (let i = 0; i < key.length; i++) key[i] = 0xff ^ key.readUInt8(i);
  return key;
}

function writeValue(out: KeyWriter, value: unknown): void {
  const kind = kindOf(value);
  out.byte(value === undefined ? UNDEFINED : kind);
  switch (kind) {
    case KIND.number:
      writeNumber(out, value as Numeric);
      return;
    case KIND.string:
      out.text(String(value));
      return;
    case KIND.boolean:
      out.byte(value === true ? 1 : 0);
      return;
    case KIND.date:
      out.long(BigInt((value as Date).getTime()), true);
      return;
    case KIND.objectId:
      out.append((value as ObjectId).id);
      return;
    case KIND.timestamp:
      out.long((value as Timestamp).toBigInt(), false);
      return;
    case KIND.binary:
      writeBinary(out, value as Binary);
      return;
    case KIND.regex:
      out.text((value as BSONRegExp).pattern);
      out.text((value as BSONRegExp).options);
      return;
    case KIND.code:
      out.text((value as Code).code);
      return;
    case KIND.array:
      for (const element of value as unknown[]) writeValue(out, element);
      out.byte(0);
      return;
    case KIND.document:
      writeDocument(out, value as Document);
      return;
    case KIND.null:
    case KIND.minKey:
    case KIND.maxKey:
  }
}

function writeDocument(out: KeyWriter, document: Document): void {
  for (const [name, value] of Object.entries(document)) {
    out.byte(kindOf(value));
    out.text(name);
    writeValue(out, value);
  }
  out.byte(0);
}

function writeBinary(out: KeyWriter, value: Binary): void {
  const bytes = binaryBytes(value);
  const size = Buffer.alloc(5);
  size.writeUInt32BE(bytes.length, 0);
  size.writeUInt8(value.sub_type, 4);
  out.append(size);
  out.append(bytes);
}

/**
 * The nearest double, then how the exact value differs from it, so that long and decimal values sort
 * exactly and values equal across types give equal bytes.
 */
function writeNumber(out: KeyWriter, value: Numeric): void {
  const number = toNumber(value);
  if (typeof value === 'number' || value instanceof Double) {
    out.double(number);
    out.byte(0x80);
    return;
  }
  const exact = exactOf(value);
  const nearest = exact ? clampToFinite(number) : number;
  out.double(nearest);
  const base = exact && exactOf(nearest);
  writeDifference(out, base ? subtractExact(exact, base) : { coefficient: 0n, exponent: 0 });
}

function clampToFinite(value: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));
}

function writeDifference(out: KeyWriter, { coefficient, exponent }: Exact): void {
  if (coefficient === 0n) {
    out.byte(0x80);
    return;
  }
  const negative = coefficient < 0n;
  const digits = String(negative ? -coefficient : coefficient);
  const body = Buffer.alloc(2);
  body.writeUInt16BE(0x8000 + exponent + digits.length);
  const bytes = Buffer.concat([body, Buffer.from(digits.replace(/0+$/, '')), Buffer.from([0])]);
  out.byte(negative ? 0x7f : 0x81);
  out.append(negative ? inverted(bytes) : bytes);
}

/** A string that is equal for two values exactly when MongoDB holds them equal; for Map and Set. */
export function equalityKey(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `s${value}`;
    case 'number':
      return `n${value === 0 ? 0 : value}`;
    case 'boolean':
      return value ? 'b1' : 'b0';
    case 'undefined':
      return '0';
    default:
      return value === null ? '0' : equalityKeyOfObject(value as object);
  }
}

function equalityKeyOfObject(value: object): string {
  if (value instanceof Date) return `d${value.getTime()}`;
  if (value instanceof ObjectId) return `o${value.toHexString()}`;
  if (value instanceof Double) return `n${value.value === 0 ? 0 : value.value}`;
  if (value instanceof Long && kindOf(value) === KIND.number) {
    const number = value.toNumber();
    if (BigInt(number) === value.toBigInt()) return `n${number}`;
  }
  const key = keyOf(value);
  // A number that a double holds exactly shares its text with that double.
  if (key.readUInt8(0) === KIND.number && key.at(-1) === 0x80 && key.length === 10)
    return `n${toNumber(value as Numeric)}`;
  return `x${key.toString('latin1')}`;
}
