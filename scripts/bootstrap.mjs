// Makes a checkout runnable: installs what is missing and builds what is out of date.
// Plain JavaScript, for it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');
process.chdir(root);

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Habeas needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(78);
}

function run(command, args) {
  const { status } = spawnSync(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error(`\n${command} ${args.join(' ')} failed.`);
    process.exit(status ?? 1);
  }
}

function stampIsCurrent(stamp, hash) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
}

/** Installs the locked packages unless exactly these are installed already. */
export function install() {
  const lock = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex');
  const stamp = 'node_modules/.habeas-lock';
  if (stampIsCurrent(stamp, lock)) return;
  console.log('Installing packages (once)…');
  run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, lock);
}

function fingerprint(paths) {
  const hash = createHash('sha256');
  const visit = (entry) => {
    const stat = statSync(entry);
    if (stat.isDirectory()) {
      for (const name of readdirSync(entry).sort()) visit(path.join(entry, name));
    } else if (/\.(ts|json|css)$/.test(entry)) {
      hash.update(`${entry}\0${stat.size}\0`).update(readFileSync(entry));
    }
  };
  for (const entry of paths) visit(entry);
  return hash.digest('hex');
}

/** Compiles server, jobs and scripts, and bundles the widget, unless their sources are unchanged. */
export function build() {
  mkdirSync('dist', { recursive: true });
  const sources = fingerprint([
    'server',
    'jobs',
    'config',
    'scripts',
    'client-widget',
    'tsconfig.json',
    'package-lock.json',
  ]);
  if (stampIsCurrent('dist/.habeas-sources', sources)) return;
  console.log('Building…');
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'config/tsconfig.build.json']);
  run(process.execPath, [
    '--import=tsx',
    '--input-type=module',
    '--eval=import { buildWidget } from "./scripts/build-widget.ts"; await buildWidget();',
  ]);
  writeFileSync('dist/.habeas-sources', sources);
}
