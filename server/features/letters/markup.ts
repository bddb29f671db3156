/** A piece of a line. */
export interface Span {
  text: string;
  isStrong?: true;
  href?: string;
  /** A new line begins before it. */
  breaks?: true;
}

/** A piece of a letter, as mails and pages show it. Everything in it is text, never markup. */
export interface Block {
  heading?: Span[];
  paragraph?: Span[];
  list?: Span[][];
  facts?: { term: string; text: string }[];
  button?: { label: string; href: string };
}

// Signs that mean something in a letter. In a value they stand for themselves: while a letter is
// read, private signs hold their places.
const SIGNS = '\n#-|[]()*';
const FIRST = 0xe000;
const PRIVATE = /[\uE000-\uE0FF]/gu;

/** A value as it stands in a letter before `blocksOf` reads it. */
export const guarded = (value: string): string =>
  unguarded(value, '')
    .replace(/\r\n?/gu, '\n')
    .replace(/[\n#\-|[\]()*]/gu, (sign) => String.fromCodePoint(FIRST + SIGNS.indexOf(sign)));

/** The signs again that a value held; private signs of other origin are dropped. */
export const unguarded = (text: string, signs = SIGNS): string =>
  text.replace(PRIVATE, (held) => signs[(held.codePointAt(0) ?? 0) - FIRST] ?? '');

const LINK = /\[([^[\]\n]+)\]\(([^()\s]+)\)/u;
const INLINE = /\[([^[\]\n]+)\]\(([^()\s]+)\)|\*\*([^*\n]+)\*\*|\n/gu;

/** Where a link leads, or null when that is no page of the web. */
export function webAddress(written: string): string | null {
  const address = unguarded(written);
  return URL.canParse(address) && /^https?:$/u.test(new URL(address).protocol) ? address : null;
}

function spansOf(source: string): Span[] {
  const spans: Span[] = [];
  let breaks = false;
  const add = (text: string, more: Partial<Span> = {}) => {
    // A value of several lines has line breaks of its own.
    unguarded(text)
      .split('\n')
      .forEach((piece, at) => {
        spans.push({ text: piece, ...more, ...((breaks || at > 0) && { breaks: true }) });
        breaks = false;
      });
  };
  let from = 0;
  for (const match of source.matchAll(INLINE)) {
    const [whole, label, address, strong] = match;
    if (match.index > from) add(source.slice(from, match.index));
    from = match.index + whole.length;
    if (strong !== undefined) add(strong, { isStrong: true });
    else if (label === undefined || address === undefined) breaks = true;
    else {
      const href = webAddress(address);
      add(label, href === null ? {} : { href });
    }
  }
  if (from < source.length) add(source.slice(from));
  return spans;
}

const linesOf = (text: string) => text.split('\n').map((line) => line.trim());

function blockOf(lines: readonly string[]): Block {
  const [first = ''] = lines;
  if (lines.length === 1 && first.startsWith('# ')) return { heading: spansOf(first.slice(2)) };
  if (lines.every((line) => line.startsWith('- '))) {
    return { list: lines.map((line) => spansOf(line.slice(2))) };
  }
  if (lines.every((line) => /^\|[^|]+\|/u.test(line))) {
    return {
      facts: lines.map((line) => {
        const [, term = '', text = ''] = line.split('|');
        return { term: unguarded(term).trim(), text: unguarded(text).trim() };
      }),
    };
  }
  const [whole, label = '', address = ''] = LINK.exec(first) ?? [];
  const href = webAddress(address);
  if (lines.length === 1 && whole === first && href !== null) {
    return { button: { label: unguarded(label), href } };
  }
  return { paragraph: spansOf(lines.join('\n')) };
}

/**
 * Reads a letter's light markup: paragraphs between empty lines, `# heading`, `- item`,
 * `| term | text`, `**strong**`, `[label](address)`, which alone in a paragraph is a button.
 */
export const blocksOf = (text: string): Block[] =>
  text
    .split(/\n\s*\n/u)
    .map((part) => linesOf(part).filter((line) => line !== ''))
    .filter((lines) => lines.length > 0)
    .map(blockOf);

const plain = (spans: readonly Span[]) =>
  spans
    .map(({ text, href, breaks }) => {
      const words = href === undefined || href === text ? text : `${text} (${href})`;
      return breaks ? `\n${words}` : words;
    })
    .join('');

function textOfBlock({ heading, paragraph, list, facts, button }: Block): string {
  if (list) return list.map((item) => `- ${plain(item)}`).join('\n');
  if (facts) return facts.map(({ term, text }) => `${term}: ${text}`).join('\n');
  if (button) return `${button.label}: ${button.href}`;
  return plain(heading ?? paragraph ?? []);
}

/** The same as plain text. */
export const textOfBlocks = (blocks: readonly Block[]): string =>
  blocks.map(textOfBlock).join('\n\n');

/** The first words of a mail, for the list of the inbox: its first sentence of some length. */
export function preheaderOf(blocks: readonly Block[]): string {
  const texts = blocks.flatMap(({ paragraph }) => (paragraph ? [plain(paragraph)] : []));
  return texts.find((text) => text.length > 30) ?? texts[0] ?? '';
}
