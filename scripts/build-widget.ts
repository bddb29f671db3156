import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform, type BuildOptions, type Plugin } from 'esbuild';
import { minify } from 'uglify-js';
import { trackerList } from './trackers.ts';

const minifiedCssAsText: Plugin = {
  name: 'minified-css-as-text',
  setup(bundler) {
    bundler.onLoad({ filter: /\.css$/ }, async (file) => {
      const css = await readFile(file.path, 'utf8');
      const { code } = await transform(css, { loader: 'css', minify: true, target: 'safari16.4' });
      return { contents: code.trim(), loader: 'text' };
    });
  },
};

/** The root of the project, from the sources as well as from `dist/`. */
function projectRoot(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const parent = path.resolve(here, '..');
  return path.basename(parent) === 'dist' ? path.dirname(parent) : parent;
}

/** What is delivered apart: see `client-widget/types.ts`. */
const PIECES = ['first', 'back', 'back-guarded', 'rest', 'whole', 'dialog', 'embeds'];

/**
 * What the pieces call each other's properties, and nobody else does, with what is delivered in place of these names.
 * Each piece is bundled alone, so the short ones are set here.
 */
const SHORT_NAMES = Object.fromEntries(
  [
    'accept',
    'answer',
    'adopt',
    'api',
    'ask',
    'asker',
    'box',
    'cover',
    'createAsker',
    'createGuard',
    'createRelease',
    'dismiss',
    'dress',
    'floating',
    'follow',
    'hadFocus',
    'hide',
    'isAllowed',
    'isOver',
    'isSignalled',
    'isSignalNew',
    'listeners',
    'moduleUrl',
    'readOutbox',
    'refuse',
    'say',
    'script',
    'seen',
    'settle',
    'show',
    'shown',
    'stage',
    'update',
    'verdict',
    'fetchRest',
    'writeOutbox',
  ].map((name, at) => [name, `$${at.toString(36)}`]),
);

/**
 * Bundles the pieces of the consent widget into `dist/client-widget/<piece>.js`, for the server to serve behind
 * `let C=…`. Throws when one does not compile.
 */
export async function buildWidget(): Promise<void> {
  const root = projectRoot();
  const outdir = path.join(root, 'dist/client-widget');
  await mkdir(outdir, { recursive: true });
  const shared: BuildOptions = {
    absWorkingDir: root,
    outdir,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    define: { __HABEAS_TRACKERS__: JSON.stringify(await trackerList()) },
    plugins: [minifiedCssAsText],
  };
  const { outputFiles } = await build({
    ...shared,
    write: false,
    entryPoints: PIECES.map((piece) => `client-widget/${piece}.ts`),
    mangleProps: RegExp(`^(${Object.keys(SHORT_NAMES).join('|')})$`),
    mangleCache: SHORT_NAMES,
    define: { ...shared.define, CONFIG: 'C' },
  });
  for (const { path: file, text } of outputFiles) {
    // Its names and its inlining compress better than those of the bundler.
    const { code, error } = minify(text, { module: true, compress: { passes: 3, inline: 1 } });
    if (error) throw error;
    await writeFile(file, code);
  }
  await build({
    ...shared,
    entryPoints: [
      { in: 'client-widget/declaration.ts', out: 'declaration' },
      { in: 'client-widget/server-side/index.ts', out: 'server-side' },
    ],
  });
}
