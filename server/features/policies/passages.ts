/** A sentence or list item of a text, with the heading that it stands under. */
export interface Passage {
  readonly text: string;
  readonly heading: string;
}

const BULLET = /^\s*(?:[-*•–·]|\d+[.)])\s+/u;
const NUMBER_ONLY = /^\d{1,3}\.?$/u;

/** Short, and no sentence: such lines head what follows. */
const isHeading = (line: string) =>
  line.length <= 90 && !/[.;:!?,"”]$/u.test(line) && !/^[-*•–·]\s/u.test(line);

/** Ends of sentences, save after a single letter or the usual short forms. */
const SENTENCES = /(?<!\b(?:e\.g|i\.e|etc|Inc|Ltd|No|Art|U\.S|\p{L}))\.(?=\s+["“]?\p{Lu})/u;

/** Rules look at pairs of words: a passage without end would cost them the square of its length. */
const LONGEST_PASSAGE = 1000;

const pieces = (sentence: string): string[] =>
  sentence.match(new RegExp(`[^]{1,${LONGEST_PASSAGE}}`, 'gu')) ?? [];

/** Takes a text apart. */
export function passagesOf(text: string): Passage[] {
  let heading = '';
  return text
    .split(/\r?\n/u)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !NUMBER_ONLY.test(line))
    .flatMap((line) => {
      if (isHeading(line) && !BULLET.test(line.replace(/^\d+(?:\.\d+)*\.?\s+/u, ''))) {
        heading = line;
        return [{ text: line, heading }];
      }
      return line
        .replace(BULLET, '')
        .split(SENTENCES)
        .flatMap(pieces)
        .map((sentence) => ({ text: sentence.trim(), heading }));
    })
    .filter((passage) => passage.text !== '');
}

const LONGEST_QUOTE = 280;

/** What is shown of a passage. */
export const quoteOf = ({ text }: Passage): string =>
  text.length <= LONGEST_QUOTE ? text : `${text.slice(0, LONGEST_QUOTE - 1).trimEnd()}…`;

const ENGLISH = /\b(?:the|and|of|to|we|you|your|our|is|or|for|with|may)\b/giu;

/** Whether a text is English enough to be read by these rules: about every fifth word is such a one. */
export function isEnglish(text: string): boolean {
  const words = text.split(/\s+/u).length;
  return (text.match(ENGLISH) ?? []).length >= words / 8;
}
