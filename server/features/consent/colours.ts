/** Colours of the banner that can be read, whatever a site calls its own (WCAG 2.2, 1.4.3 and 1.4.11). */
import type { BannerLook } from './model.ts';

/** Least contrast of text, and of what shows where a button is. */
const TEXT = 4.5;
const SHAPE = 3;

const WHITE = '#ffffff';
const BLACK = '#0b100e';
/** What the widget's own style sheet has behind its words in either scheme. */
export const surfaces = { light: '#ffffff', dark: '#191f1c' } as const;
type Scheme = keyof typeof surfaces;

type Triple = readonly [number, number, number];

const toLinear = (value: number) =>
  value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
const fromLinear = (value: number) =>
  value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;

function linearOf(hex: string): Triple {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    toLinear(parseInt(hex.slice(at, at + 2), 16) / 255),
  );
  return [red, green, blue];
}

const hexOf = (linear: Triple): string =>
  `#${linear
    .map((value) => Math.round(fromLinear(Math.min(1, Math.max(0, value))) * 255))
    .map((value) => value.toString(16).padStart(2, '0'))
    .join('')}`;

function luminanceOf(hex: string): number {
  const [red, green, blue] = linearOf(hex);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio of two colours written `#rrggbb`, from 1 to 21. */
export function contrastOf(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const product = (rows: readonly Triple[], [x, y, z]: Triple): Triple => {
  const [a = 0, b = 0, c = 0] = rows.map((row) => row[0] * x + row[1] * y + row[2] * z);
  return [a, b, c];
};

// Oklab (https://www.w3.org/TR/css-color-4/#color-conversion-code): lightness changes there without another hue.
const TO_CONES: readonly Triple[] = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
];
const TO_LAB: readonly Triple[] = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
];
const FROM_LAB: readonly Triple[] = [
  [1, 0.3963377774, 0.2158037573],
  [1, -0.1055613458, -0.0638541728],
  [1, -0.0894841775, -1.291485548],
];
const FROM_CONES: readonly Triple[] = [
  [4.0767416621, -3.3077115913, 0.2309699292],
  [-1.2684380046, 2.6097574011, -0.3413193965],
  [-0.0041960863, -0.7034186147, 1.707614701],
];

/** The same hue, lighter or darker by hundredths; vividness fades towards white and black. */
function shade(hex: string, hundredths: number): string {
  const [l, m, s] = product(TO_CONES, linearOf(hex));
  const [lightness, a, b] = product(TO_LAB, [Math.cbrt(l), Math.cbrt(m), Math.cbrt(s)]);
  const goal = Math.min(1, Math.max(0, lightness + hundredths / 100));
  const fading = Math.min(1, (1 - goal) / (1 - lightness || 1), goal / (lightness || 1));
  const [long, middle, short] = product(FROM_LAB, [goal, a * fading, b * fading]);
  return hexOf(product(FROM_CONES, [long ** 3, middle ** 3, short ** 3]));
}

/** The nearest shade of a colour that has the contrast wanted beside another one; itself where it has. */
export function readableShade(colour: string, beside: string, least: number): string {
  for (let distance = 0; distance <= 100; distance++)
    for (const step of [-distance, distance]) {
      const candidate = distance === 0 ? colour : shade(colour, step);
      if (contrastOf(candidate, beside) >= least) return candidate;
    }
  return contrastOf(WHITE, beside) > contrastOf(BLACK, beside) ? WHITE : BLACK;
}

const betterText = (on: string) =>
  contrastOf(WHITE, on) >= TEXT || contrastOf(WHITE, on) > contrastOf(BLACK, on) ? WHITE : BLACK;

/** A colour to stand behind words, with the words' own: repaired until they can be read. */
function groundOf(colour: string): { ground: string; text: string } {
  const text = betterText(colour);
  return { ground: readableShade(colour, text, TEXT), text };
}

/** The buttons in the site's colour, on one of our surfaces: to be seen there, with words to be read. */
export function buttonColours(accent: string, scheme: Scheme): { fill: string; text: string } {
  // From where a shape is seen on white or near-black, making its words readable never leads back.
  const { ground, text } = groundOf(readableShade(accent, surfaces[scheme], SHAPE));
  return { fill: ground, text };
}

const declarations = (tokens: Record<string, string>) =>
  Object.entries(tokens)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';');

const inBoth = (light: string, dark: string) =>
  `.auto,.light{${light}}.dark{${dark}}@media(prefers-color-scheme:dark){.auto{${dark}}}`;

/**
 * The look as the widget gets it: `brand` lays the words on the site's colour, in the other themes it fills the
 * buttons. Every pair of colours meets WCAG AA, so no choice of colour can hide a button.
 */
export function widgetLook({ position, corner, theme, accent }: BannerLook) {
  const fills = (colour: string, scheme: Scheme) => {
    const { fill, text } = buttonColours(colour, scheme);
    return declarations({ fill, 'on-fill': text });
  };
  if (!accent) return { position, corner, theme: theme === 'brand' ? 'auto' : theme, paint: '' };
  if (theme !== 'brand')
    return {
      position,
      corner,
      theme,
      paint: inBoth(fills(accent, 'light'), fills(accent, 'dark')),
    };
  const { ground, text } = groundOf(accent);
  // No tint behind words that are just readable on the plain ground.
  const brand = declarations({ surface: ground, ink: text, soft: text, quiet: 'transparent' });
  const scheme: Scheme = text === WHITE ? 'dark' : 'light';
  return { position, corner, theme: scheme, paint: `.${scheme}{${brand}}` };
}
