import { serialize } from 'bson';
import { decodeDocument } from '../values/decode.ts';
import type { Document } from '../values/kinds.ts';

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const HEADER_BYTES = 16;
/** maxMessageSizeBytes, as hello tells it. */
export const MAX_MESSAGE_BYTES = 48_000_000;
const FLAG_CHECKSUM = 1;
const FLAG_MORE_TO_COME = 2;
const KNOWN_REQUIRED_FLAGS = FLAG_CHECKSUM | FLAG_MORE_TO_COME;

/** A command as it came over the wire. */
export interface Request {
  id: number;
  command: Document;
  /** Document sequences, undecoded: what an insert stores is what the client sent. */
  sequences: ReadonlyMap<string, Buffer[]>;
  /** The legacy OP_QUERY, which drivers still use for the first hello. */
  isLegacy: boolean;
  wantsReply: boolean;
}

/** Cuts a byte stream into messages. Throws on lengths that no client sends. */
export class MessageReader {
  private chunks: Buffer[] = [];
  private length = 0;

  *read(chunk: Buffer): Generator<Buffer, void> {
    this.chunks.push(chunk);
    this.length += chunk.length;
    while (this.length >= 4) {
      const size = this.join(4).readInt32LE(0);
      if (size < HEADER_BYTES || size > MAX_MESSAGE_BYTES + HEADER_BYTES)
        throw new Error('Bad message length');
      if (this.length < size) return;
      const bytes = this.join(size);
      this.chunks[0] = bytes.subarray(size);
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

/** Parses one message. Throws on anything but OP_MSG and OP_QUERY, which closes the connection. */
export function parseMessage(bytes: Buffer): Request {
  const id = bytes.readInt32LE(4);
  const opcode = bytes.readInt32LE(12);
  if (opcode === OP_QUERY) return parseQuery(bytes, id);
  if (opcode !== OP_MSG) throw new Error(`Unsupported opcode ${opcode}`);
  const flags = bytes.readUInt32LE(HEADER_BYTES);
  // The low 16 bits are required: a receiver that does not know one must refuse the message.
  if ((flags & 0xffff & ~KNOWN_REQUIRED_FLAGS) !== 0) throw new Error('Unknown message flags');
  const end = (flags & FLAG_CHECKSUM) === 0 ? bytes.length : bytes.length - 4;
  const { command, sequences } = parseSections(bytes, end);
  return { id, command, sequences, isLegacy: false, wantsReply: (flags & FLAG_MORE_TO_COME) === 0 };
}

function parseSections(
  bytes: Buffer,
  end: number,
): { command: Document; sequences: Map<string, Buffer[]> } {
  let command: Document | undefined;
  const sequences = new Map<string, Buffer[]>();
  let at = HEADER_BYTES + 4;
  while (at < end) {
    const kind = bytes.readUInt8(at++);
    const size = bytes.readInt32LE(at);
    if (size < 5 || at + size > end) throw new Error('Bad section length');
    const section = bytes.subarray(at, at + size);
    at += size;
    if (kind === 0) command = decodeDocument(section);
    else if (kind === 1) readSequence(section, sequences);
    else throw new Error(`Unknown section kind ${kind}`);
  }
  if (!command) throw new Error('A message without a body');
  for (const [name, documents] of sequences)
    command[name] = documents.map((document) => decodeDocument(document));
  return { command, sequences };
}

function readSequence(section: Buffer, sequences: Map<string, Buffer[]>): void {
  const nameEnd = section.indexOf(0, 4);
  const documents: Buffer[] = [];
  let at = nameEnd + 1;
  while (at < section.length) {
    const size = section.readInt32LE(at);
    if (size < 5 || at + size > section.length) throw new Error('Bad document length');
    documents.push(section.subarray(at, at + size));
    at += size;
  }
  sequences.set(section.toString('utf8', 4, nameEnd), documents);
}

function parseQuery(bytes: Buffer, id: number): Request {
  const nameStart = HEADER_BYTES + 4;
  const nameEnd = bytes.indexOf(0, nameStart);
  const [database] = bytes.toString('utf8', nameStart, nameEnd).split('.');
  const start = nameEnd + 9;
  const command = decodeDocument(bytes.subarray(start, start + bytes.readInt32LE(start)));
  command.$db ??= database;
  return { id, command, sequences: new Map(), isLegacy: true, wantsReply: true };
}

let nextReplyId = 1;

/** The bytes of a reply: header and body, in that order. */
export function replyTo(request: Request, body: Document | Buffer): [header: Buffer, body: Buffer] {
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(serialize(body, { ignoreUndefined: true }));
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
