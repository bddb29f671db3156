import sharp from 'sharp';
import { identityFigures } from '../../../config/identity.ts';
import { invalidField, Problem } from '../../problem.ts';
import { scanForViruses } from '../../security/virus-scan.ts';

const { maxBytes, maxPixels, mostPixels, drawSeconds, drawsWaiting } = identityFigures.document;

export interface DocumentContent {
  type: 'image/jpeg' | 'application/pdf';
  content: Buffer;
  /** Whether a scanner for viruses looked at it. */
  isScanned: boolean;
}

const refused = (code: string) => invalidField('document', code, 'document cannot be used');

const begins = (content: Buffer, ...bytes: number[]) =>
  content.subarray(0, bytes.length).equals(Buffer.from(bytes));

/** What a file is by its first bytes, whatever it is called. */
function typeOf(content: Buffer): 'picture' | 'pdf' | null {
  if (begins(content, 0xff, 0xd8, 0xff)) return 'picture';
  if (begins(content, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'picture';
  return begins(content, 0x25, 0x50, 0x44, 0x46, 0x2d) ? 'pdf' : null;
}

let lastDraw: Promise<unknown> = Promise.resolve();
let waiting = 0;

/** Draws one picture at a time: anybody may send one, and each unfolds in memory. */
async function inTurn<T>(draw: () => Promise<T>): Promise<T> {
  if (waiting >= drawsWaiting) {
    throw new Problem('unavailable', 'Too many pictures are being read just now.');
  }
  waiting += 1;
  const mine = lastDraw.then(draw);
  lastDraw = mine.catch(() => undefined);
  try {
    return await mine;
  } finally {
    waiting -= 1;
  }
}

/** A small file can unfold to a huge picture: its header is asked before anything is drawn. */
async function refuseHuge(given: Buffer): Promise<void> {
  const { width, height } = await sharp(given, { limitInputPixels: false }).metadata();
  if (width * height > mostPixels) throw refused('document.too-many-pixels');
}

const draw = (given: Buffer): Promise<Buffer> =>
  sharp(given, { limitInputPixels: mostPixels, failOn: 'error' })
    .autoOrient()
    .flatten({ background: 'white' })
    .resize({ width: maxPixels, height: maxPixels, fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 85 })
    .timeout({ seconds: drawSeconds })
    .toBuffer();

/**
 * Makes of an uploaded document what a reviewer may see. Pictures are drawn anew, so that places,
 * dates, thumbnails and whatever else hides in them is gone; a PDF stays as it is. The scanner sees
 * what was sent.
 * @throws Problem invalid for what is too large, no JPEG, PNG or PDF, infected, or cannot be drawn;
 * unavailable while too many pictures wait.
 */
export async function readDocument(given: Buffer): Promise<DocumentContent> {
  if (given.length > maxBytes) throw refused('document.too-large');
  const type = typeOf(given);
  if (type === null) throw refused('document.type');
  const scan = await scanForViruses(given);
  if (scan === 'infected') throw refused('document.infected');
  const isScanned = scan === 'clean';
  if (type === 'pdf') return { type: 'application/pdf', content: given, isScanned };
  try {
    const content = await inTurn(async () => {
      await refuseHuge(given);
      return draw(given);
    });
    return { type: 'image/jpeg', content, isScanned };
  } catch (error) {
    throw error instanceof Problem ? error : refused('document.broken');
  }
}
