import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Event } from './syscall-log.ts';

const SECTOR = 512;

type Change = { offset: number; bytes: Buffer } | { size: number };

/** Bytes that grow. */
class Content {
  private room = Buffer.alloc(0);
  private size = 0;

  get bytes(): Buffer {
    return this.room.subarray(0, this.size);
  }

  copy(): Content {
    const copy = new Content();
    copy.apply({ offset: 0, bytes: this.bytes });
    return copy;
  }

  apply(change: Change): void {
    if ('size' in change) {
      this.reserve(change.size);
      this.room.fill(0, Math.min(change.size, this.size), this.size);
      this.size = change.size;
      return;
    }
    const end = change.offset + change.bytes.length;
    this.reserve(end);
    change.bytes.copy(this.room, change.offset);
    this.size = Math.max(this.size, end);
  }

  private reserve(size: number): void {
    if (size <= this.room.length) return;
    const larger = Buffer.alloc(size * 2);
    this.room.copy(larger);
    this.room = larger;
  }
}

/** A file as it is surely on disk, and what was done to it since its last fsync. */
interface FileOnDisk {
  durable: Content;
  pending: Change[];
}

/** What may survive of the writes since the last fsync of a file. */
export const SURVIVALS = [
  'nothing',
  'all, the last torn',
  'some, in order',
  'any, in any order',
] as const;
export type Survival = (typeof SURVIVALS)[number];

/**
 * A disk that keeps its promises and no more. What was synced is there. Of what was written to a file since
 * its last fsync each write may be there, absent or torn at sectors. A name is surely there, or gone, once
 * its folder was synced after it was made or removed; before that it may be either.
 */
export class HonestDisk {
  private readonly now = new Map<string, FileOnDisk>();
  private readonly named = new Map<string, FileOnDisk>();

  apply(event: Event): void {
    if (event.kind === 'reply') return;
    const { path } = event;
    const file = this.now.get(path);
    if (event.kind === 'create' && !file)
      this.now.set(path, { durable: new Content(), pending: [] });
    else if (event.kind === 'remove') this.now.delete(path);
    else if (event.kind === 'sync' && !file) this.syncFolder(path);
    else if (event.kind === 'sync' && file) {
      for (const change of file.pending) file.durable.apply(change);
      file.pending = [];
    } else if (event.kind === 'write')
      file?.pending.push({ offset: event.offset, bytes: event.bytes });
    else if (event.kind === 'resize') file?.pending.push({ size: event.size });
  }

  /** Writes a folder as it could be found after the power failed now. */
  show(folder: string, survival: Survival, random: () => number): void {
    mkdirSync(folder, { recursive: true });
    for (const path of new Set([...this.named.keys(), ...this.now.keys()])) {
      // Not for what must survive: every process makes its own.
      if (!/engine\.db(?:-wal|-journal)?$/.test(path)) continue;
      const isNewNameKept = survival !== 'nothing' && random() < 0.5;
      const file = (isNewNameKept ? this.now : this.named).get(path);
      if (!file) continue;
      const content = file.durable.copy();
      for (const change of surviving(file.pending, survival, random)) content.apply(change);
      writeFileSync(join(folder, basename(path)), content.bytes);
    }
  }

  private syncFolder(folder: string): void {
    for (const path of [...this.named.keys()])
      if (dirname(path) === folder) this.named.delete(path);
    for (const [path, file] of this.now) if (dirname(path) === folder) this.named.set(path, file);
  }
}

function surviving(pending: Change[], survival: Survival, random: () => number): Change[] {
  if (survival === 'nothing') return [];
  if (survival === 'any, in any order') {
    const kept = pending.filter(() => random() < 0.5);
    const places = new Map(kept.map((change) => [change, random()]));
    const shuffled = kept.sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
    return shuffled.flatMap((change) => (random() < 0.2 ? torn(change, random) : [change]));
  }
  const length =
    survival === 'all, the last torn'
      ? pending.length
      : Math.floor(random() * (pending.length + 1));
  const last = pending[length - 1];
  return last ? [...pending.slice(0, length - 1), ...torn(last, random)] : [];
}

/** Some sectors of a write, and not the others. */
function torn(change: Change, random: () => number): Change[] {
  if ('size' in change) return random() < 0.5 ? [change] : [];
  const { offset, bytes } = change;
  const pieces: Change[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = Math.min(bytes.length, start + SECTOR - ((offset + start) % SECTOR));
    if (random() < 0.5) pieces.push({ offset: offset + start, bytes: bytes.subarray(start, end) });
    start = end;
  }
  return pieces;
}
