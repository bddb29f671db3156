/** A start tag of a page, as far as scripts and policies are concerned. */
export interface PageTag {
  name: 'script' | 'meta' | 'body';
  attributes: ReadonlyMap<string, string>;
  /** Whether it stands before the body. */
  isInHead: boolean;
}

const TAG = /<(?<name>script|meta|body|\/head)\b(?<rest>(?:"[^"]*"|'[^']*'|[^'">])*)>/giu;
const ATTRIBUTE =
  /(?<key>[^\s"'<>/=]+)(?:\s*=\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<bare>[^\s"'<>`]+)))?/gu;

const ENTITIES: Record<string, string> = { '&amp;': '&', '&quot;': '"', '&#39;': "'" };
const plain = (value: string) =>
  value.replaceAll(/&(?:amp|quot|#39);/gu, (entity) => ENTITIES[entity] ?? entity);

function attributesIn(rest: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const { groups } of rest.matchAll(ATTRIBUTE)) {
    const { key = '', double, single, bare } = groups ?? {};
    attributes.set(key.toLowerCase(), plain(double ?? single ?? bare ?? ''));
  }
  return attributes;
}

/** Comments, and what scripts and styles themselves hold, are no tags of the page. */
const withoutContents = (html: string) =>
  html
    .replaceAll(/<!--.*?-->/gsu, '')
    .replaceAll(
      /(?<tag><(?<name>script|style|template|textarea)\b[^>]*>).*?<\/\k<name>\s*>/gisu,
      '$<tag>',
    );

/** The tags of a page in their order. */
export function tagsIn(html: string): PageTag[] {
  const tags: PageTag[] = [];
  let isInHead = true;
  for (const { groups } of withoutContents(html).matchAll(TAG)) {
    const name = groups?.name?.toLowerCase() ?? '';
    if (name === '/head' || name === 'body') isInHead = false;
    if (name === '/head') continue;
    tags.push({
      name: name as PageTag['name'],
      attributes: attributesIn(groups?.rest ?? ''),
      isInHead,
    });
  }
  return tags;
}
