import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform, type Plugin } from 'esbuild';

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

/**
 * Bundles the consent widget into `dist/client-widget/widget.js`, for the server to serve behind
 * `const __HABEAS_CONFIG__=…`. Throws when it does not compile.
 */
export async function buildWidget(): Promise<void> {
  const root = projectRoot();
  const folder = path.join(root, 'dist/client-widget');
  await mkdir(folder, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: ['client-widget/index.ts'],
    outfile: path.join(folder, 'widget.js'),
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2020',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [minifiedCssAsText],
  });
}
