import { blindIndexes, type Organization } from '../organizations/service.ts';
import { facet } from './facets.ts';

const MOST_WORDS = 6;
const PURPOSE = 'request-search';
/** 96 bits tell words apart well enough, and keep the index small. */
const INDEX_SIGNS = 16;

/** Words without case, accents and punctuation. */
const wordsOf = (text: string): string[] => [
  ...new Set(
    text
      .normalize('NFKD')
      .replaceAll(/\p{Mark}/gu, '')
      .toLowerCase()
      .split(/[^\p{Letter}\p{Number}]+/u)
      .filter((word) => word !== ''),
  ),
];

async function wordIndexes(organization: Organization, words: readonly string[]) {
  const indexes = await blindIndexes(organization, PURPOSE, words);
  return indexes.map((index) => index.slice(0, INDEX_SIGNS));
}

/**
 * What staff find a request by: the words of the name and the whole address, each only as a keyed
 * hash. They belong to the request, proven or not, and say nothing about who the person is: no
 * other part of the product looks anybody up by them.
 */
export async function searchFacets(
  organization: Organization,
  { name, email }: { name: string; email: string },
): Promise<string[]> {
  const words = wordsOf(name).slice(0, MOST_WORDS);
  const indexes = await wordIndexes(organization, email === '' ? words : [...words, email]);
  return indexes.map((index) => facet('word', index));
}

/** The beginning of a reference as it is stored; null when what was typed cannot be one. */
export function beginningOf(typed: string): string | null {
  const signs = typed.toUpperCase().replaceAll(/[\s\p{Dash_Punctuation}]/gu, '');
  if (!/^[0-9A-HJKMNP-TV-Z]{3,9}$/u.test(signs)) return null;
  const grouped = [signs.slice(0, 4), signs.slice(4, 8), signs.slice(8)];
  return grouped.filter((part) => part !== '').join('-');
}

/** What a search asks for, with nothing in it that names a person. */
export interface Search {
  words: string[];
  tag: string | null;
}

/** Reads addresses, words of a name and a #tag. */
export async function readSearch(organization: Organization, typed: string): Promise<Search> {
  const parts = typed.split(/\s+/u).filter((part) => part !== '');
  const [tag] = parts.filter((part) => part.startsWith('#') && part.length > 1);
  const addresses = parts.filter((part) => !part.startsWith('#') && part.includes('@'));
  const rest = parts.filter((part) => !part.startsWith('#') && !part.includes('@'));
  const words = [...addresses, ...wordsOf(rest.join(' '))].slice(0, MOST_WORDS);
  return {
    words: await wordIndexes(organization, words),
    tag: tag?.slice(1).toLowerCase() ?? null,
  };
}
