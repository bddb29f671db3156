import { rightKeywords } from '../../../config/inbox-keywords.ts';
import type { RightId } from '../../../config/rights.ts';

export interface Guess {
  right: RightId;
  /** The language of the word that gave the right away. */
  language: string;
}

/**
 * The right that a message seems to use, by single words: a start for whoever reads it, never a
 * decision. Null where no word is known.
 */
export function guessRight(subject: string, text: string): Guess | null {
  const words = `${subject}\n${text}`.normalize('NFC').toLowerCase().replaceAll('’', "'");
  for (const [right, byLanguage] of rightKeywords) {
    for (const [language, keywords] of Object.entries(byLanguage)) {
      if (keywords.some((keyword) => words.includes(keyword))) return { right, language };
    }
  }
  return null;
}
