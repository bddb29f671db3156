/** A start tag of a page, as far as scripts and policies are concerned. */
export interface PageTag {
  name: 'script' | 'meta' | 'body';
  attributes: ReadonlyMap<string, string>;
  /** Whether it stands before the body. */
  isInHead: boolean;
}

/** More would take longer to look at than anybody waits; no real page has as many. */
const MOST_TAGS = 5_000;

const KEPT: readonly string[] = ['script', 'meta', 'body'];
/** What stands in these are no tags of the page. */
const CLOSED: readonly string[] = ['script', 'style', 'template', 'textarea'];

const ENTITIES: Record<string, string> = { '&amp;': '&', '&quot;': '"', '&#39;': "'" };
const plain = (value: string) =>
  value.replaceAll(/&(?:amp|quot|#39);/gu, (entity) => ENTITIES[entity] ?? entity);

/**
 * Reads on through a page of whoever made it. Every step begins where the last one ended and what is open at the end
 * ends all, so that the time grows with the length of the page, not with its square.
 */
class Reading {
  readonly #html: string;
  #at = 0;

  constructor(html: string) {
    this.#html = html;
  }

  /** What the pattern, which is sticky, finds here; empty where it finds nothing. */
  take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found = ''] = pattern.exec(this.#html) ?? [];
    this.#at += found.length;
    return found;
  }

  /** What stands before a text, which is passed by; null where it does not come any more. */
  upTo(text: string): string | null {
    const end = this.#html.indexOf(text, this.#at);
    if (end < 0) return null;
    const before = this.#html.slice(this.#at, end);
    this.#at = end + text.length;
    return before;
  }

  /** Goes to the end tag of an element; false where there is none. */
  skipContent(name: string): boolean {
    const end = new RegExp(`</${name}(?=[\\s/>])`, 'giu');
    end.lastIndex = this.#at;
    const found = end.exec(this.#html);
    if (found) this.#at = found.index;
    return found !== null;
  }
}

/** A value without or within quotes; null where the quote is never closed. */
function valueIn(reading: Reading): string | null {
  const quote = reading.take(/["']/uy);
  return quote === '' ? reading.take(/[^\s>]*/uy) : reading.upTo(quote);
}

/** The attributes of a tag up to its end, the first of a name; null where the tag never ends. */
function attributesIn(reading: Reading): Map<string, string> | null {
  const attributes = new Map<string, string>();
  for (;;) {
    reading.take(/[\s/]+/uy);
    if (reading.take(/>/uy) !== '') return attributes;
    const key = reading.take(/=?[^\s=/>]*/uy).toLowerCase();
    if (key === '') return null;
    const value = reading.take(/\s*=\s*/uy) === '' ? '' : valueIn(reading);
    if (value === null) return null;
    if (!attributes.has(key)) attributes.set(key, plain(value));
  }
}

/** The tags of a page in their order; comments and what scripts and styles themselves hold are none. */
export function tagsIn(html: string): PageTag[] {
  const reading = new Reading(html);
  const tags: PageTag[] = [];
  let isInHead = true;
  while (tags.length < MOST_TAGS && reading.upTo('<') !== null) {
    if (reading.take(/!--/uy) !== '') {
      if (reading.upTo('-->') === null) break;
      continue;
    }
    const name = reading.take(/\/?[a-z][^\s/>]*/iuy).toLowerCase();
    if (name === '') continue;
    const attributes = attributesIn(reading);
    if (attributes === null) break;
    if (name === '/head' || name === 'body') isInHead = false;
    if (KEPT.includes(name)) tags.push({ name: name as PageTag['name'], attributes, isInHead });
    if (CLOSED.includes(name) && !reading.skipContent(name)) break;
  }
  return tags;
}
