/** A tag up to the address that it loads by itself. */
const LOADING_TAG = /(<\w[^<>]*\s)(src\s*=\s*["']?([^"'\s>]+))/gi;

/** Holds back, in a piece of markup, what comes from an address for which `missing` names a purpose. */
export function heldMarkup(
  markup: string,
  missing: (address: string) => string | undefined,
): string {
  return markup.replace(LOADING_TAG, (tag, before: string, source: string, address: string) => {
    const purpose = missing(address);
    return purpose ? `${before}data-consent="${purpose}" data-${source}` : tag;
  });
}
