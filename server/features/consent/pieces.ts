import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { config } from '../../../config/index.ts';
import { widgetFolder } from '../../folders.ts';
import type { SiteRow } from '../organizations/service.ts';
import type { Shown } from './banner.ts';
import { dialogConfig } from './dialog-config.ts';
import type { ConfigurationRow } from './model.ts';
import { PieceCache } from './piece-cache.ts';
import {
  backConfig,
  embedConfig,
  firstConfig,
  guardedConfig,
  restConfig,
  widgetConfig,
} from './widget-config.ts';

/** What the script of a site may be, and the modules that it fetches later. */
export type ScriptPiece = 'first' | 'back' | 'back-guarded';
export const modulePieces = ['rest', 'whole', 'dialog', 'embeds'] as const;
export type ModulePiece = (typeof modulePieces)[number];
type Piece = ScriptPiece | ModulePiece;

const pieces: readonly Piece[] = ['first', 'back', 'back-guarded', ...modulePieces];

let bundles: Record<Piece, string> | undefined;

/** @throws Error saying how to build the widget when that was not done. */
function widgetBundles(): Record<Piece, string> {
  try {
    bundles ??= Object.fromEntries(
      pieces.map((piece) => [
        piece,
        readFileSync(path.join(widgetFolder, `${piece}.js`), 'utf8').trim(),
      ]),
    ) as Record<Piece, string>;
    return bundles;
  } catch (error) {
    throw new Error(`The widget is not built (${widgetFolder}): run npm run build.`, {
      cause: error,
    });
  }
}

let declaration: Buffer | undefined;

/** The script that builds the table of cookies; it asks for what it shows. */
export function declarationScript(): Buffer {
  declaration ??= readFileSync(path.join(widgetFolder, 'declaration.js'));
  return declaration;
}

let build: string | undefined;

/** Names this build of the widget: it is part of the modules' addresses. */
export function widgetBuild(): string {
  build ??= createHash('sha256')
    .update(Object.values(widgetBundles()).join('\n'))
    .digest('hex')
    .slice(0, 8);
  return build;
}

// In a script these would end a tag or a line, wherever the text is pasted.
const UNSAFE: Record<string, string> = {
  '<': '\\u003c',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};
const scriptJson = (value: unknown) =>
  JSON.stringify(value)
    // Plain names need no quotes in a script, and every visitor pays for them. Other strings are passed over whole.
    .replace(/"([a-z]\w*)":|"(?:\\.|[^"\\])*"/giu, (string, name?: string) =>
      name === undefined ? string : `${name}:`,
    )
    .replace(/[<\u2028\u2029]/gu, (sign) => UNSAFE[sign] ?? '');

export const bannerEncodings = ['br', 'gzip', 'identity'] as const;
export type BannerEncoding = (typeof bannerEncodings)[number];

export interface ComposedPiece {
  /** Names the content, whatever its encoding. */
  digest: string;
  bytes: Record<BannerEncoding, Buffer>;
}

/**
 * Chromium then compiles every function while the script arrives, and not one after another as they are called, with
 * the page waiting (https://github.com/WICG/explicit-javascript-compile-hints-file-based). Others read a comment.
 */
const ALL_AT_ONCE = '//# allFunctionsCalledOnLoad\n';

const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzip);

type Site = Pick<SiteRow, 'siteKey'>;

const addressPart = ({ version }: Pick<ConfigurationRow, 'version'>) =>
  `${version}-${widgetBuild()}`;

function textOf(piece: Piece, site: Site, row: ConfigurationRow, shown: Shown): string {
  const version = addressPart(row);
  const told = {
    first: () => firstConfig(row, shown, version),
    back: () => backConfig(row, shown, version),
    'back-guarded': () => guardedConfig(row, shown, version),
    rest: () => restConfig(row, shown),
    whole: () => widgetConfig(row, shown, version),
    dialog: () => dialogConfig(site, row, shown),
    embeds: () => embedConfig(row, shown),
  };
  const code = `let C=${scriptJson(told[piece]())};${widgetBundles()[piece]}`;
  if ((modulePieces as readonly Piece[]).includes(piece)) return code;
  return `${piece === 'first' ? ALL_AT_ONCE : ''}(()=>{${code}})();`;
}

/** The widget for a page that fetches nothing: its script, and its modules by the addresses it would fetch them from. */
export function inlineWidget(
  site: Site,
  row: ConfigurationRow,
  shown: Shown,
): { script: string; modules: Record<string, string> } {
  const { language, law } = shown;
  const address = `${config.publicUrl}/c/${site.siteKey}`;
  const base = `${address}/${addressPart(row)}/${language}/${law.regime}`;
  const modules = (['rest', 'dialog', 'embeds'] as const).map((piece) => [
    `${base}/${piece}.js`,
    textOf(piece, site, row, shown),
  ]);
  return {
    script: textOf('first', site, row, { ...shown, address }),
    modules: Object.fromEntries(modules) as Record<string, string>,
  };
}

/** How many distances brotli writes directly: what is smallest differs from text to text, by up to 40 bytes. */
const DIRECT_DISTANCES = [0, 4, 8, 12, 15];

async function compose(...about: Parameters<typeof textOf>): Promise<ComposedPiece> {
  const identity = Buffer.from(textOf(...about));
  const { BROTLI_PARAM_MODE, BROTLI_MODE_TEXT, BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } =
    constants;
  const params = {
    [BROTLI_PARAM_MODE]: BROTLI_MODE_TEXT,
    [BROTLI_PARAM_QUALITY]: 11,
    [BROTLI_PARAM_SIZE_HINT]: identity.length,
  };
  const [zipped, ...tries] = await Promise.all([
    toGzip(identity, { level: 9 }),
    ...DIRECT_DISTANCES.map((direct) =>
      toBrotli(identity, { params: { ...params, [constants.BROTLI_PARAM_NDIRECT]: direct } }),
    ),
  ]);
  const br = tries.reduce((least, one) => (one.length < least.length ? one : least));
  const digest = createHash('sha256').update(identity).digest('base64url').slice(0, 22);
  return { digest, bytes: { br, gzip: zipped, identity } };
}

// Compressed once per version, law and language; about 40 KB each.
const composed = new PieceCache<ComposedPiece>(64 * 1024 * 1024, ({ bytes }) =>
  Object.values(bytes).reduce((sum, { length }) => sum + length, 0),
);

/** A piece of the widget behind what it is told, compressed ahead of time. */
export function composePiece(
  piece: Piece,
  site: Site,
  configuration: ConfigurationRow,
  shown: Shown,
): Promise<ComposedPiece> {
  const { law, language, forms, standing } = shown;
  // What the second layer says is the same under all laws of one model.
  const about = piece === 'dialog' ? law.model : law.regime;
  const ofChoice = piece === 'back' ? [standing?.stands, standing?.isGpcHonoured] : [];
  const told = [...forms.map(({ url }) => url), ...ofChoice];
  const key = [configuration.hash, about, language, piece, ...told].join(' ');
  return composed.get(key, () => compose(piece, site, configuration, shown));
}

/** The best of our encodings that a browser accepts (RFC 9110, section 12.5.3). */
export function encodingFor(acceptEncoding: string): BannerEncoding {
  const accepted = new Map(
    acceptEncoding
      .toLowerCase()
      .split(',')
      .map((part) => {
        const [name = '', ...params] = part.split(';').map((piece) => piece.trim());
        const quality = params.find((param) => param.startsWith('q='))?.slice(2);
        return [name, quality === undefined ? 1 : Number(quality)] as const;
      }),
  );
  return (
    bannerEncodings.find((name) => (accepted.get(name) ?? accepted.get('*') ?? 0) > 0) ?? 'identity'
  );
}
