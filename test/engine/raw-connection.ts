import { BSON } from 'mongodb';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const OP_QUERY = 2004;
const OP_MSG = 2013;

/** Bytes to an engine and back, for what no driver would send. */
export class RawConnection {
  readonly closed: Promise<unknown>;
  private readonly socket: Socket;
  private readonly replies: AsyncIterator<BSON.Document, undefined>;

  private constructor(socket: Socket) {
    this.socket = socket;
    this.closed = once(socket, 'close');
    socket.on('error', () => socket.destroy());
    this.replies = repliesFrom(socket)[Symbol.asyncIterator]();
  }

  static async open(uri: string): Promise<RawConnection> {
    const { hostname, port } = new URL(uri);
    const socket =
      port === '' ? connect(decodeURIComponent(hostname)) : connect(Number(port), hostname);
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  send(...messages: Buffer[]): void {
    this.socket.write(Buffer.concat(messages));
  }

  /** The next reply; undefined when the engine has closed the connection. */
  async reply(): Promise<BSON.Document | undefined> {
    const next = await this.replies.next();
    return next.done === true ? undefined : next.value;
  }

  async ask(message: Buffer): Promise<BSON.Document | undefined> {
    this.send(message);
    return this.reply();
  }

  close(): void {
    this.socket.destroy();
  }
}

/** The length with which the chunks begin. */
function sizeIn(chunks: Buffer[]): number {
  return Buffer.concat(chunks, 4).readInt32LE(0);
}

/** Reads only when somebody asks for a reply. */
async function* repliesFrom(socket: Socket): AsyncGenerator<BSON.Document, undefined> {
  let chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      while (length >= 4 && length >= sizeIn(chunks)) {
        const bytes = Buffer.concat(chunks);
        const size = sizeIn(chunks);
        const start = bytes.readInt32LE(12) === OP_MSG ? 21 : 36;
        yield BSON.deserialize(bytes.subarray(start, size));
        chunks = [bytes.subarray(size)];
        length -= size;
      }
    }
  } catch {
    // The connection broke, which ends the replies as well.
  }
  return undefined;
}

export function bson(document: BSON.Document): Buffer {
  return Buffer.from(BSON.serialize(document));
}

/** A message around a body, with a length that says how long it is unless told otherwise. */
export function message(body: Buffer, { opcode = OP_MSG, length = body.length + 16 } = {}): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(length, 0);
  header.writeInt32LE(opcode, 12);
  return Buffer.concat([header, body]);
}

function flagsOf(flags: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(flags);
  return bytes;
}

/** An OP_MSG of one command, as BSON or as bytes that pass for it. */
export function opMsg(command: BSON.Document | Buffer, flags = 0): Buffer {
  const bytes = Buffer.isBuffer(command) ? command : bson(command);
  return message(Buffer.concat([flagsOf(flags), Buffer.from([0]), bytes]));
}

/** An OP_QUERY as drivers of old sent it. */
export function opQuery(database: string, command: BSON.Document): Buffer {
  const name = Buffer.from(`${database}.$cmd\0`);
  const body = [flagsOf(0), name, Buffer.alloc(8), bson(command)];
  return message(Buffer.concat(body), { opcode: OP_QUERY });
}
