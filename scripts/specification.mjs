// npm run specification -- <folder>: runs MongoDB's own tests of drivers against the database engine.
import { spawnSync } from 'node:child_process';
import { install } from './bootstrap.mjs';

install();
const { status } = spawnSync(
  process.execPath,
  ['--import=tsx/esm', 'test/engine/specification/main.ts', ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
