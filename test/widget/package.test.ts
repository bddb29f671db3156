import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { buildPackage } from '../../scripts/build-package.ts';

describe('The package for developers', () => {
  let folder: string;
  let built: string;
  before(async () => {
    built = await buildPackage();
    folder = mkdtempSync(path.join(tmpdir(), 'habeas-package-'));
    mkdirSync(path.join(folder, 'node_modules/@habeas'), { recursive: true });
    symlinkSync(built, path.join(folder, 'node_modules/@habeas/consent'));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('has types that a strict project compiles against, and catches mistakes with', () => {
    const compile = (source: string) => {
      writeFileSync(path.join(folder, 'page.ts'), source);
      return spawnSync(
        process.execPath,
        [
          path.resolve('node_modules/typescript/bin/tsc'),
          ...['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022'],
          ...['--lib', 'es2022,dom,dom.iterable', 'page.ts'],
        ],
        { cwd: folder, encoding: 'utf8' },
      );
    };
    const used = compile(
      `import { loadConsent, type ConsentState } from '@habeas/consent';
       import { consentOf } from '@habeas/consent/server';
       const seen: ConsentState[] = [];
       void loadConsent({ src: '/c/k.js' }).then((habeas) => habeas.onChange((state) => seen.push(state)));
       document.addEventListener('habeas:change', ({ detail }) => detail.choices.analytics);
       window.habeas?.set({ analytics: true });
       export const decide = consentOf;`,
    );
    expect(used.stdout).to.equal('');
    const mistaken = compile(`window.habeas?.set({ analitics: true });
      import type {} from '@habeas/consent';`);
    expect(mistaken.stdout).to.contain('analitics');
  });

  it('gives the server’s helpers', async () => {
    const server = (await import(pathToFileURL(path.join(built, 'server.js')).href)) as object;
    expect(server).to.include.all.keys('consentOf', 'consentPolicy', 'requireConsent');
  });
});
