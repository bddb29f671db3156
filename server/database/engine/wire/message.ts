import { serialize } from 'bson';
import { CommandError, errorReply } from '../errors.ts';
import { decodeDocument } from '../values/decode.ts';
import type { Document } from '../values/kinds.ts';
import { crc32c } from './checksum.ts';

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const HEADER_BYTES = 16;
/** maxMessageSizeBytes, as hello tells it. */
export const MAX_MESSAGE_BYTES = 48_000_000;
const FLAG_CHECKSUM = 1;
const FLAG_MORE_TO_COME = 2;
const KNOWN_REQUIRED_FLAGS = FLAG_CHECKSUM | FLAG_MORE_TO_COME;

/** What a request says. */
interface Content {
  command: Document;
  /** Document sequences, undecoded: what an insert stores is what the client sent. */
  sequences: ReadonlyMap<string, Buffer[]>;
}

/** A command as it came over the wire. */
export interface Request {
  id: number;
  /** The legacy OP_QUERY, which drivers still use for the first hello. */
  isLegacy: boolean;
  wantsReply: boolean;
  /** Throws what the client is to be told when its message makes no sense. */
  decode(): Content;
}

/** Cuts a byte stream into messages. Throws on lengths that no client sends. */
export class MessageReader {
  private chunks: Buffer[] = [];
  private length = 0;

  *read(chunk: Buffer, maxBytes: number): Generator<Buffer, void> {
    this.chunks.push(chunk);
    this.length += chunk.length;
    while (this.length >= 4) {
      const size = this.join(4).readInt32LE(0);
      if (size < HEADER_BYTES || size > maxBytes) throw new Error(`Bad message length ${size}`);
      if (this.length < size) return;
      const bytes = this.join(size);
      // Nothing of a message is held on to by a connection that says no more.
      this.chunks = bytes.length > size ? [bytes.subarray(size)] : [];
      this.length -= size;
      yield bytes.subarray(0, size);
    }
  }

  /** The first chunk, after joining so that it holds at least `size` bytes. */
  private join(size: number): Buffer {
    const [first] = this.chunks;
    if (first && first.length >= size) return first;
    const joined = Buffer.concat(this.chunks);
    this.chunks = [joined];
    return joined;
  }
}

/** Parses one message. Throws on a broken frame and on anything but OP_MSG and OP_QUERY: the connection is lost. */
export function parseMessage(bytes: Buffer): Request {
  const id = bytes.readInt32LE(4);
  const opcode = bytes.readInt32LE(12);
  if (opcode === OP_QUERY)
    return { id, isLegacy: true, wantsReply: true, decode: () => decodeQuery(bytes) };
  if (opcode !== OP_MSG) throw new Error(`Unsupported opcode ${opcode}`);
  const flags = bytes.readUInt32LE(HEADER_BYTES);
  // The low 16 bits are required: a receiver that does not know one must refuse the message.
  if ((flags & 0xffff & ~KNOWN_REQUIRED_FLAGS) !== 0) throw new Error('Unknown message flags');
  const hasChecksum = (flags & FLAG_CHECKSUM) !== 0;
  const end = hasChecksum ? bytes.length - 4 : bytes.length;
  if (hasChecksum && crc32c(bytes.subarray(0, end)) !== bytes.readUInt32LE(end))
    throw new Error('The checksum of a message does not match');
  return {
    id,
    isLegacy: false,
    wantsReply: (flags & FLAG_MORE_TO_COME) === 0,
    decode: () => decodeSections(bytes.subarray(HEADER_BYTES + 4, end)),
  };
}

function decodeSections(bytes: Buffer): Content {
  let command: Document | undefined;
  const sequences = new Map<string, Buffer[]>();
  for (let at = 0; at < bytes.length;) {
    const kind = bytes.readUInt8(at++);
    const section = partAt(bytes, at);
    at += section.length;
    if (kind > 1) throw new CommandError(40432, 'Unknown section kind');
    if (kind === 1) readSequence(section, sequences);
    else if (command) throw new CommandError(40430, 'Multiple body sections in message');
    else command = decodeDocument(section);
  }
  if (!command) throw new CommandError(40587, 'OP_MSG messages must have a body');
  for (const [name, documents] of sequences) {
    if (Object.hasOwn(command, name))
      throw new CommandError(40433, `Duplicate field between body and document sequence ${name}`);
    command[name] = documents.map((document) => decodeDocument(document));
  }
  return { command, sequences };
}

function readSequence(section: Buffer, sequences: Map<string, Buffer[]>): void {
  const nameEnd = section.indexOf(0, 4);
  if (nameEnd < 0) throw new CommandError(22, 'A document sequence without a name');
  const name = section.toString('utf8', 4, nameEnd);
  if (sequences.has(name)) throw new CommandError(40431, `Duplicate document sequence: ${name}`);
  const documents: Buffer[] = [];
  for (let at = nameEnd + 1; at < section.length;) {
    const document = partAt(section, at);
    documents.push(document);
    at += document.length;
  }
  sequences.set(name, documents);
}

/** What begins with its own length. Throws 22 when it is not all there. */
function partAt(bytes: Buffer, at: number): Buffer {
  const size = at + 4 > bytes.length ? 0 : bytes.readInt32LE(at);
  if (size < 5 || at + size > bytes.length) throw new CommandError(22, 'Invalid BSON: bad length');
  return bytes.subarray(at, at + size);
}

function decodeQuery(bytes: Buffer): Content {
  const nameStart = HEADER_BYTES + 4;
  const nameEnd = bytes.indexOf(0, nameStart);
  const [database] = bytes.toString('utf8', nameStart, nameEnd).split('.');
  const command = decodeDocument(partAt(bytes, nameEnd + 9));
  command.$db ??= database;
  return { command, sequences: new Map() };
}

let nextReplyId = 1;

/** The bytes of a reply: header and body, in that order. */
export function replyTo(request: Request, body: Document | Buffer): [header: Buffer, body: Buffer] {
  const bytes = Buffer.isBuffer(body) ? body : encodeReply(body);
  const header = Buffer.alloc(request.isLegacy ? 36 : 21);
  header.writeInt32LE(header.length + bytes.length, 0);
  header.writeInt32LE(nextReplyId, 4);
  header.writeInt32LE(request.id, 8);
  header.writeInt32LE(request.isLegacy ? OP_REPLY : OP_MSG, 12);
  if (request.isLegacy) {
    header.writeInt32LE(8, 16);
    header.writeInt32LE(1, 32);
  }
  nextReplyId = (nextReplyId + 1) & 0x7fffffff;
  return [header, bytes];
}

/** A reply that cannot be written, as it is too large, becomes one that says so. */
function encodeReply(reply: Document): Buffer {
  try {
    return Buffer.from(serialize(reply, { ignoreUndefined: true }));
  } catch (error) {
    return Buffer.from(serialize(errorReply(error)));
  }
}
