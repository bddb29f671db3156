import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../errors.ts';

const BLOCK_BYTES = 256 * 1024;
const LENGTH_BYTES = 4;

const MEMORY = 48 * 1024 * 1024;

/** What a stage of a query may hold in memory, and files for what does not fit. */
export class Scratch {
  /** Bytes beyond which a stage has to spill. */
  readonly memory: number;
  private readonly folder: string | undefined;

  /** Without a folder nothing may spill. */
  constructor(folder: string | undefined, memory = MEMORY) {
    this.folder = folder;
    this.memory = memory;
  }

  /** Throws 292 when nothing may spill. */
  open(): ScratchFile {
    if (this.folder === undefined)
      throw new CommandError(
        292,
        `Exceeded the memory limit of ${this.memory} bytes, but did not opt in to external sorting: pass allowDiskUse: true`,
      );
    const path = join(this.folder, `scratch-${randomUUID()}`);
    const file = openSync(path, 'wx+', 0o600);
    // Without a name it is gone with the process, however that ends.
    rmSync(path);
    return new ScratchFile(file);
  }
}

/** For queries that have forbidden to spill. */
export const MEMORY_ONLY = new Scratch(undefined);

/** Throws 146 when a stage that cannot spill holds too much. */
export function checkMemory(bytes: number, { memory }: Scratch): void {
  // Twice what makes others spill: the server's own 100 MB.
  if (bytes > memory * 2)
    throw new CommandError(
      146,
      `A stage used too much memory and cannot spill to disk. Memory limit: ${memory * 2} bytes`,
    );
}

/** Records written one after the other, to be read back in that order. */
export class ScratchFile {
  private readonly file: number;
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private written = 0;

  constructor(file: number) {
    this.file = file;
  }

  /** Where the next record will begin. */
  get end(): number {
    return this.written + this.waitingBytes;
  }

  /** Throws 14031 when the disk is full. */
  append(record: Buffer): void {
    const length = Buffer.allocUnsafe(LENGTH_BYTES);
    length.writeUInt32LE(record.length);
    this.waiting.push(length, record);
    this.waitingBytes += LENGTH_BYTES + record.length;
    if (this.waitingBytes >= BLOCK_BYTES) this.flush();
  }

  /** The records between two places. */
  *read(from: number, to: number): Generator<Buffer, void> {
    this.flush();
    let block: Buffer = Buffer.alloc(0);
    let at = from;
    const take = (length: number): Buffer => {
      if (block.length < length) {
        const size = Math.min(Math.max(BLOCK_BYTES, length), to - at);
        const next = Buffer.allocUnsafe(size - block.length);
        readSync(this.file, next, 0, next.length, at + block.length);
        block = Buffer.concat([block, next]);
      }
      const taken = block.subarray(0, length);
      block = block.subarray(length);
      at += length;
      return taken;
    };
    while (at < to) yield take(take(LENGTH_BYTES).readUInt32LE(0));
  }

  close(): void {
    closeSync(this.file);
  }

  private flush(): void {
    if (this.waitingBytes === 0) return;
    const bytes = Buffer.concat(this.waiting);
    this.waiting = [];
    this.waitingBytes = 0;
    try {
      for (let done = 0; done < bytes.length;) {
        const count = writeSync(this.file, bytes, done, bytes.length - done, this.written);
        done += count;
        this.written += count;
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new CommandError(14031, `Spilling to disk failed: ${reason}`);
    }
  }
}
