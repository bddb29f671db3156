import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';
import { projectFolder } from '../server/folders.ts';

const ENTRIES = { index: 'package/index', server: 'server-side/index' } as const;

interface Manifest {
  version: string;
  license: string;
}

/**
 * Builds `@habeas/consent` into `dist/package`: a loader and the server's helpers as modules without
 * dependencies, with their types. @throws Error when one does not compile.
 */
export async function buildPackage(): Promise<string> {
  const outdir = path.join(projectFolder, 'dist/package');
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  await build({
    absWorkingDir: projectFolder,
    entryPoints: Object.entries(ENTRIES).map(([out, file]) => ({
      in: `client-widget/${file}.ts`,
      out,
    })),
    outdir,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
  });
  writeTypes(path.join(outdir, 'types'));
  const manifest = JSON.parse(
    await readFile(path.join(projectFolder, 'package.json'), 'utf8'),
  ) as Manifest;
  await writeFile(
    path.join(outdir, 'package.json'),
    `${JSON.stringify(
      {
        name: '@habeas/consent',
        version: manifest.version,
        description: 'Types, loader and server helpers of the Habeas consent banner',
        license: manifest.license,
        type: 'module',
        sideEffects: false,
        exports: {
          '.': { types: './types/package/index.d.ts', default: './index.js' },
          './server': { types: './types/server-side/index.d.ts', default: './server.js' },
        },
      },
      null,
      2,
    )}\n`,
  );
  await cp(path.join(projectFolder, 'client-widget/package/README.md'), `${outdir}/README.md`);
  await cp(path.join(projectFolder, 'LICENSE'), `${outdir}/LICENSE`);
  return outdir;
}

function writeTypes(outDir: string): void {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      compiler,
      ...['-p', 'client-widget/tsconfig.json', '--noEmit', 'false', '--declaration'],
      ...['--emitDeclarationOnly', '--rootDir', 'client-widget', '--outDir', outDir],
    ],
    { cwd: projectFolder, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`The types of the package could not be made.\n${stdout}`);
}
