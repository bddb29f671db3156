import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson';
import { CommandError, notSupported } from '../errors.ts';
import { dateAt } from './dates.ts';
import { setField, type Document } from './kinds.ts';
import { doubleOf } from './numbers.ts';

/*
 * Our own reader, because types must survive a rewrite: an int is a JavaScript number, a double is one
 * only when BSON would write it back as a double (else it is boxed), longs and decimals are objects.
 */

/** As many levels as the server takes. */
const MAX_DEPTH = 200;

function invalid(what: string): CommandError {
  return new CommandError(22, `Invalid BSON: ${what}`);
}

/** Names of top-level fields that a reader wants, found by their bytes so that others cost no text. */
export class FieldSet {
  readonly names: ReadonlySet<string>;
  private readonly byLength: [name: string, bytes: Buffer][][] = [];

  constructor(names: Iterable<string>) {
    this.names = new Set(names);
    for (const name of this.names) {
      const bytes = Buffer.from(name);
      (this.byLength[bytes.length] ??= []).push([name, bytes]);
    }
  }

  /** The wanted name that stands at these bytes, if one does. */
  nameAt(bytes: Buffer, start: number, end: number): string | undefined {
    const candidates = this.byLength[end - start];
    if (!candidates) return undefined;
    for (const [name, wanted] of candidates) {
      let i = end - start;
      while (i > 0 && bytes[start + i - 1] === wanted[i - 1]) i--;
      if (i === 0) return name;
    }
    return undefined;
  }
}

class BsonReader {
  private readonly bytes: Buffer;
  private at: number;
  private depth = 0;

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  document(): Document {
    const end = this.openContainer();
    const document: Document = {};
    for (let type = this.byte(); type !== 0; type = this.byte())
      setField(document, this.cstring(), this.value(type));
    this.closeContainer(end);
    return document;
  }

  /** Only some of the fields; the rest is passed over, and not even that when all are found. */
  partOfDocument(wanted: FieldSet): Document {
    const document: Document = {};
    let left = wanted.names.size;
    this.openContainer();
    for (let type = this.byte(); type !== 0 && left > 0; type = this.byte()) {
      const start = this.at;
      const end = this.nameEnd();
      this.at = end + 1;
      const name = wanted.nameAt(this.bytes, start, end);
      if (name === undefined) this.skip(type);
      else {
        if (!Object.hasOwn(document, name)) left--;
        setField(document, name, this.value(type));
      }
    }
    return document;
  }

  private array(): unknown[] {
    const end = this.openContainer();
    const array: unknown[] = [];
    for (let type = this.byte(); type !== 0; type = this.byte()) {
      this.at = this.nameEnd() + 1;
      array.push(this.value(type));
    }
    this.closeContainer(end);
    return array;
  }

  private openContainer(): number {
    const end = this.at + this.bytes.readInt32LE(this.at);
    if (end < this.at + 5 || end > this.bytes.length) throw invalid('bad document length');
    if (++this.depth > MAX_DEPTH)
      throw new CommandError(15, 'BSONObj exceeds maximum nested object depth');
    this.at += 4;
    return end;
  }

  private closeContainer(end: number): void {
    if (this.at !== end) throw invalid('document length does not match its content');
    this.depth -= 1;
  }

  private byte(): number {
    return this.bytes.readUInt8(this.at++);
  }

  private int32(): number {
    const value = this.bytes.readInt32LE(this.at);
    this.at += 4;
    return value;
  }

  private long(): Long {
    const low = this.int32();
    return new Long(low, this.int32());
  }

  private nameEnd(): number {
    let end = this.at;
    while (this.bytes[end] !== 0)
      if (++end >= this.bytes.length) throw invalid('unterminated name');
    return end;
  }

  private cstring(): string {
    const end = this.nameEnd();
    const text = this.text(end);
    this.at = end + 1;
    return text;
  }

  private string(): string {
    const length = this.int32();
    if (length < 1 || this.at + length > this.bytes.length) throw invalid('bad string length');
    const text = this.text(this.at + length - 1);
    this.at += length;
    return text;
  }

  /** Short ASCII text is read by hand: several times faster than crossing into the UTF-8 decoder. */
  private text(end: number): string {
    const { bytes, at } = this;
    if (end - at > 24) return bytes.toString('utf8', at, end);
    let text = '';
    for (let i = at; i < end; i++) {
      const unit = bytes.readUInt8(i);
      if (unit > 0x7f) return bytes.toString('utf8', at, end);
      text += String.fromCharCode(unit);
    }
    return text;
  }

  private take(length: number): Buffer {
    if (length < 0 || this.at + length > this.bytes.length) throw invalid('bad length');
    // A copy: the message buffer must not be kept alive, or changed, through a value.
    const taken = Buffer.from(this.bytes.subarray(this.at, this.at + length));
    this.at += length;
    return taken;
  }

  private binary(): Binary {
    const length = this.int32();
    const subType = this.byte();
    if (subType !== 2) return new Binary(this.take(length), subType);
    return new Binary(this.take(this.int32()), subType);
  }

  private value(type: number): unknown {
    switch (type) {
      case 0x01: {
        const value = this.bytes.readDoubleLE(this.at);
        this.at += 8;
        return doubleOf(value);
      }
      case 0x02:
        return this.string();
      case 0x03:
        return this.document();
      case 0x04:
        return this.array();
      case 0x05:
        return this.binary();
      case 0x06:
        return undefined;
      case 0x07:
        return new ObjectId(this.take(12));
      case 0x08:
        return this.byte() === 1;
      case 0x09:
        return dateAt(this.long().toNumber());
      case 0x0a:
        return null;
      case 0x0b: {
        const pattern = this.cstring();
        return new BSONRegExp(pattern, this.cstring());
      }
      case 0x0c:
        throw notSupported('the deprecated type DBPointer');
      case 0x0d:
        return new Code(this.string());
      case 0x0e:
        return new BSONSymbol(this.string());
      case 0x0f:
        throw notSupported('the deprecated type JavaScript with scope');
      case 0x10:
        return this.int32();
      case 0x11:
        return new Timestamp(this.long());
      case 0x12:
        return this.long();
      case 0x13:
        return new Decimal128(this.take(16));
      case 0x7f:
        return new MaxKey();
      case 0xff:
        return new MinKey();
      default:
        throw invalid(`unsupported element type ${type}`);
    }
  }

  private skip(type: number): void {
    switch (type) {
      case 0x01:
      case 0x09:
      case 0x11:
      case 0x12:
        this.at += 8;
        return;
      case 0x02:
        this.at += 4 + this.bytes.readInt32LE(this.at);
        return;
      case 0x03:
      case 0x04:
        this.at += this.bytes.readInt32LE(this.at);
        return;
      case 0x05:
        this.at += 5 + this.bytes.readInt32LE(this.at);
        return;
      case 0x07:
        this.at += 12;
        return;
      case 0x08:
        this.at += 1;
        return;
      case 0x06:
      case 0x0a:
      case 0x7f:
      case 0xff:
        return;
      case 0x10:
        this.at += 4;
        return;
      case 0x13:
        this.at += 16;
        return;
      default:
        this.value(type);
    }
  }
}

/** Decodes with exact number types. `wanted` limits it to those top-level fields. Throws 22 on broken bytes. */
export function decodeDocument(bytes: Buffer, wanted?: FieldSet): Document {
  try {
    const reader = new BsonReader(bytes, 0);
    return wanted ? reader.partOfDocument(wanted) : reader.document();
  } catch (error) {
    if (error instanceof RangeError) throw invalid('truncated');
    throw error;
  }
}
