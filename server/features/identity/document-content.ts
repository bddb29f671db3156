import sharp from 'sharp';
import { identityFigures } from '../../../config/identity.ts';
import { Problem } from '../../problem.ts';

const { maxBytes, maxPixels } = identityFigures.document;
/** A small file can unfold to a huge picture. */
const MOST_PIXELS = 50_000_000;

export interface DocumentContent {
  type: 'image/jpeg' | 'application/pdf';
  content: Buffer;
}

const refused = (code: string) =>
  new Problem('invalid', 'This file cannot be used.', {
    errors: [{ pointer: '/document', code, detail: 'document cannot be used' }],
  });

const begins = (content: Buffer, ...bytes: number[]) =>
  content.subarray(0, bytes.length).equals(Buffer.from(bytes));

/** What a file is by its first bytes, whatever it is called. */
function typeOf(content: Buffer): 'picture' | 'pdf' | null {
  if (begins(content, 0xff, 0xd8, 0xff)) return 'picture';
  if (begins(content, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'picture';
  return begins(content, 0x25, 0x50, 0x44, 0x46, 0x2d) ? 'pdf' : null;
}

/**
 * Makes of an uploaded document what a reviewer may see. Pictures are drawn anew, so that places,
 * dates, thumbnails and whatever else hides in them is gone; a PDF stays as it is.
 * @throws Problem invalid for what is too large, no JPEG, PNG or PDF, or cannot be drawn.
 */
export async function readDocument(given: Buffer): Promise<DocumentContent> {
  if (given.length > maxBytes) throw refused('document.too-large');
  const type = typeOf(given);
  if (type === null) throw refused('document.type');
  if (type === 'pdf') return { type: 'application/pdf', content: given };
  try {
    const content = await sharp(given, { limitInputPixels: MOST_PIXELS, failOn: 'error' })
      .autoOrient()
      .flatten({ background: 'white' })
      .resize({ width: maxPixels, height: maxPixels, fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 85 })
      .toBuffer();
    return { type: 'image/jpeg', content };
  } catch {
    throw refused('document.broken');
  }
}
