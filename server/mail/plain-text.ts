const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  nbsp: '\u00a0',
};

const character = (whole: string, name: string) => {
  if (!name.startsWith('#')) return ENTITIES[name] ?? whole;
  const hexadecimal = name.startsWith('#x');
  return String.fromCodePoint(parseInt(name.slice(hexadecimal ? 2 : 1), hexadecimal ? 16 : 10));
};

/**
 * The plain text of a mail's simple HTML: paragraphs, headings, lists, line breaks and links. Every
 * value in it was escaped by Handlebars, so what looks like a tag is one of the template's own.
 */
export function textOf(html: string): string {
  return html
    .replace(/\s+/gu, ' ')
    .replace(/<a\s[^>]*href="([^"]*)"[^>]*>(.*?)<\/a>/gu, (_, href: string, label: string) =>
      label === href ? href : `${label} (${href})`,
    )
    .replace(/<br\s*\/?>/gu, '\n')
    .replace(/<li>/gu, '\n- ')
    .replace(/<\/?(?:p|h[1-6]|ul|ol|div)(?:\s[^>]*)?>/gu, '\n\n')
    .replace(/<[^>]+>/gu, '')
    .replace(/&(#x[0-9a-f]+|#\d+|[a-z]+);/giu, character)
    .replace(/ *\n */gu, '\n')
    .replace(/\n{3,}/gu, '\n\n')
    .trim();
}
