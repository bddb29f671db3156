// Everything that can be said of the sources without running them: format, types, lint, arrows.
import { spawnSync } from 'node:child_process';
import { install } from './bootstrap.mjs';

install();
const steps = [
  ['format', 'node_modules/prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']],
  ['types', 'node_modules/typescript/bin/tsc', ['--noEmit', '-p', 'tsconfig.json']],
  ['types of the widget', 'node_modules/typescript/bin/tsc', ['-p', 'client-widget/tsconfig.json']],
  [
    'lint',
    'node_modules/eslint/bin/eslint.js',
    ['-c', 'config/eslint.js', '--max-warnings=0', '.'],
  ],
  [
    'arrows',
    'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
    [
      '--config',
      'config/arrows.cjs',
      '--output-type',
      'err',
      'server',
      'jobs',
      'config',
      'scripts',
      'test',
      'client-widget',
    ],
  ],
];
let failed = false;
for (const [name, file, args] of steps) {
  const { status } = spawnSync(process.execPath, [file, ...args], { stdio: 'inherit' });
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}`);
  failed ||= status !== 0;
}
process.exit(failed ? 1 : 0);
