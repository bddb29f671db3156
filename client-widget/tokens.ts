/**
 * The rule that dresses the buttons in the site's colour, with black or white text, whichever reads better
 * (WCAG 2.2, relative luminance). Anything but `#rrggbb` is ignored: the value lands in a style sheet.
 */
export function accentRule(accent: string | null): string {
  if (!accent || !/^#[0-9a-f]{6}$/i.test(accent)) return '';
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = parseInt(accent.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  // Where both contrasts are equal: (l + .05)² = 1.05 × .05.
  return `.layer{--fill:${accent};--on-fill:${luminance > 0.179 ? '#000' : '#fff'}}`;
}
