import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** How a text may lie in a file. */
export type Encoding = 'plain' | 'base64' | 'UTF-16LE' | 'UTF-16BE';

interface Pattern {
  bytes: Buffer;
  text: string;
  encoding: Encoding;
}

export interface Finding {
  file: string;
  text: string;
  encoding: Encoding;
}

const PREFIX = 8;
const SLOTS = 1 << 20;

function bigEndian(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

/**
 * The signs that a text certainly leaves in base64, whatever stands before and after it: one form
 * for each place in the groups of three bytes, in the ordinary alphabet and in the one for URLs.
 */
function base64Forms(text: string): Buffer[] {
  const plain = Buffer.from(text);
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), plain]).toString('base64');
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor(((offset + plain.length) * 8) / 6);
    const sure = encoded.slice(first, last);
    const forUrls = sure.replaceAll('+', '-').replaceAll('/', '_');
    return [...new Set([sure, forUrls])].map((form) => Buffer.from(form));
  });
}

/** Every form of a text that is searched for. */
export function formsOf(text: string): Pattern[] {
  const wide = (encoding: Encoding, bytes: Buffer): Pattern => ({ bytes, text, encoding });
  return [
    wide('plain', Buffer.from(text)),
    wide('UTF-16LE', Buffer.from(text, 'utf16le')),
    wide('UTF-16BE', bigEndian(text)),
    ...base64Forms(text).map((bytes) => wide('base64', bytes)),
  ];
}

const slotOf = (bytes: Buffer, at: number) =>
  (Math.imul(bytes.readInt32LE(at), 0x9e3779b1) ^
    Math.imul(bytes.readInt32LE(at + 4), 0x85ebca6b)) >>>
  12;

/** Searches bytes for thousands of patterns at once, by the first eight bytes of each. */
export function searcher(texts: readonly string[]) {
  const bySlot = new Map<number, Pattern[]>();
  const used = new Uint8Array(SLOTS);
  for (const pattern of texts.flatMap(formsOf)) {
    if (pattern.bytes.length < PREFIX) throw new Error(`Too short to search for: ${pattern.text}`);
    const slot = slotOf(pattern.bytes, 0);
    bySlot.set(slot, [...(bySlot.get(slot) ?? []), pattern]);
    used[slot] = 1;
  }
  return (bytes: Buffer): Pattern[] => {
    const found = new Set<Pattern>();
    for (let at = 0; at + PREFIX <= bytes.length; at++) {
      const slot = slotOf(bytes, at);
      if (used[slot] === 0) continue;
      for (const pattern of bySlot.get(slot) ?? []) {
        const end = at + pattern.bytes.length;
        if (pattern.bytes.compare(bytes, at, Math.min(end, bytes.length)) === 0) found.add(pattern);
      }
    }
    return [...found];
  };
}

/** Every file below a folder; a log of a database before the database, as bytes only go from the one to the other. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .reverse();
}

/** Where any of the texts lies in the files of a folder, in any encoding. */
export function searchFolder(folder: string, texts: readonly string[]): Finding[] {
  const search = searcher(texts);
  return filesBelow(folder).flatMap((file) =>
    search(readFileSync(file)).map(({ text, encoding }) => ({ file, text, encoding })),
  );
}
