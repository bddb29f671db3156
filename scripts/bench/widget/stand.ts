import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { begin } from './beginning.ts';
import { entriesAt, packages, type Entry, type Place } from './entries.ts';

/** Installs the consent managers of others, for this benchmark alone, and bundles the one that wants it. */
async function providePeers(): Promise<void> {
  const cwd = path.dirname(packages);
  if (!existsSync(packages)) {
    const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd,
      stdio: 'inherit',
    });
    if (status !== 0) throw new Error('The peers could not be installed.');
  }
  await build({
    absWorkingDir: cwd,
    entryPoints: ['c15t.jsx'],
    outfile: path.join(packages, '.built/c15t.js'),
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2020',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    logLevel: 'warning',
  });
}

export interface Stand {
  entries: Entry[];
  urlOf: (entry: Entry, query?: string) => string;
  close: () => Promise<void>;
}

/** Has the pages and our server served by processes of their own, so that what drives the browser holds neither up. */
export async function openStand(): Promise<Stand> {
  await providePeers();
  const { told, end } = await begin<Place>('pages');
  return {
    entries: entriesAt(told),
    urlOf: ({ id }, query = '') => `${told.pageOrigin}/${id}/${query}`,
    close: end,
  };
}
