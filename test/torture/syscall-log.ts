import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What a process did, in order, as far as a power failure cares. */
export type Event =
  | { kind: 'create' | 'remove' | 'sync'; path: string }
  | { kind: 'write'; path: string; offset: number; bytes: Buffer }
  | { kind: 'resize'; path: string; size: number }
  | { kind: 'reply'; to: number };

/** How strace has to be called for a log that this can read. */
export const straceArguments = (prefix: string) => [
  // A file for each thread: no line of one is then cut in two by another's.
  '-ff',
  '-y',
  '-xx',
  ...['-s', '50000000'],
  ...['-e', 'trace=openat,pwrite64,write,writev,sendmsg,fsync,fdatasync,ftruncate,unlink,rename'],
  ...['-e', 'signal=none'],
  ...['-o', prefix],
];

const TEXT = String.raw`"((?:\\x..)*)"`;
const FILE = String.raw`\d+<((?:\\x..)*)>`;
const CREATE = new RegExp(String.raw`^openat\(\S+ ${TEXT}, \S*O_CREAT\S*.*\) = \d+`);
const WRITE = new RegExp(String.raw`^pwrite64\(${FILE}, ${TEXT}, \d+, (\d+)\) = (\d+)$`);
const SYNC = new RegExp(String.raw`^(?:fsync|fdatasync)\(${FILE}\) = 0$`);
const RESIZE = new RegExp(String.raw`^ftruncate\(${FILE}, (\d+)\) = 0$`);
const REMOVE = new RegExp(String.raw`^unlink\(${TEXT}\) = 0$`);
const SEND = new RegExp(String.raw`^(?:write|writev|sendmsg)\(${FILE}, .* = (\d+)$`);

/** The events of the thread that writes the store of a folder; it is also the one that answers clients. */
export async function readLog(logFolder: string, folder: string): Promise<Event[]> {
  const mark = Buffer.from(`<${escaped(join(folder, 'engine.db'))}`);
  for (const name of await readdir(logFolder)) {
    const path = join(logFolder, name);
    const events = (await hasWrites(path, mark)) ? await eventsIn(path, folder) : [];
    if (events.length > 0) return events;
  }
  throw new Error(`No thread in ${logFolder} has written the store of ${folder}`);
}

async function hasWrites(path: string, mark: Buffer): Promise<boolean> {
  return (await readFile(path)).includes(mark);
}

async function eventsIn(path: string, folder: string): Promise<Event[]> {
  const replies = new ReplyReader();
  const events: Event[] = [];
  for await (const line of createInterface({ input: createReadStream(path) }))
    for (const event of eventsOf(line, replies))
      if (event.kind === 'reply' || event.path.startsWith(folder)) events.push(event);
  return events;
}

function eventsOf(line: string, replies: ReplyReader): Event[] {
  const [, created] = CREATE.exec(line) ?? [];
  if (created) return [{ kind: 'create', path: textOf(created) }];
  const [, written, bytes = '', offset, count] = WRITE.exec(line) ?? [];
  if (written) {
    const data = bytesOf(bytes).subarray(0, Number(count));
    return [{ kind: 'write', path: textOf(written), offset: Number(offset), bytes: data }];
  }
  const [, synced] = SYNC.exec(line) ?? [];
  if (synced) return [{ kind: 'sync', path: textOf(synced) }];
  const [, resized, size] = RESIZE.exec(line) ?? [];
  if (resized) return [{ kind: 'resize', path: textOf(resized), size: Number(size) }];
  const [, removed] = REMOVE.exec(line) ?? [];
  if (removed) return [{ kind: 'remove', path: textOf(removed) }];
  const [, socket, sent] = SEND.exec(line) ?? [];
  if (socket && textOf(socket).includes('socket')) {
    const parts = [...line.slice(line.indexOf('>')).matchAll(/"((?:\\x..)*)"/g)];
    const data = Buffer.concat(parts.map(([, part = '']) => bytesOf(part)));
    return replies.read(socket, data.subarray(0, Number(sent)));
  }
  if (/^(?:rename|pwrite64|ftruncate)/.test(line) && !line.includes(' = -1 '))
    throw new Error(`The log has a line that cannot be read: ${line.slice(0, 200)}`);
  return [];
}

/** Finds in what is sent through sockets which requests are answered. */
class ReplyReader {
  private readonly rests = new Map<string, Buffer>();

  read(socket: string, data: Buffer): Event[] {
    const events: Event[] = [];
    let rest = Buffer.concat([this.rests.get(socket) ?? Buffer.alloc(0), data]);
    while (rest.length >= 16 && rest.length >= rest.readInt32LE(0)) {
      events.push({ kind: 'reply', to: rest.readInt32LE(8) });
      rest = rest.subarray(rest.readInt32LE(0));
    }
    this.rests.set(socket, rest);
    return events;
  }
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text.replaceAll(String.raw`\x`, ''), 'hex');
}

function textOf(text: string): string {
  return bytesOf(text).toString();
}

function escaped(text: string): string {
  return [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
