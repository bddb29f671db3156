// npm test: installs what is missing (a browser too), builds the widget, runs everything.
// npm run torture: the long-running checks instead.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { build, install } from './bootstrap.mjs';

const rooms = (...names) => names.map((name) => `test/${name}/**/*.test.ts`);

/**
 * What the lanes beside the first one run, chosen so that all take about as long; each leaves out what a
 * later one runs. They wait for the disk and for browsers more than they compute, so there are more of
 * them than cores.
 */
const OTHER_LANES = [
  rooms('engine', 'start', 'database', 'deadlines'),
  rooms('journeys', 'jobs', 'http', 'security'),
  ['test/journeys/access.test.ts', ...rooms('widget', 'scanner', 'scripts')],
];

function runs(command, args) {
  return spawnSync(command, args, { stdio: 'inherit' }).status === 0;
}

function onPath(names) {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const name of names) {
      const file = path.join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not in this folder.
      }
    }
  }
  return undefined;
}

const installedChromium = () =>
  onPath(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']);

async function playwrightChromium() {
  const { chromium } = await import('playwright-core');
  const file = chromium.executablePath();
  return existsSync(file) ? file : undefined;
}

function installDebian(name) {
  return (
    process.getuid?.() === 0 &&
    onPath(['apt-get']) !== undefined &&
    runs('apt-get', ['update', '-qq']) &&
    runs('apt-get', ['install', '-y', '-qq', name])
  );
}

// The power-loss check reads the system calls of the database from it.
function provideStrace() {
  if (onPath(['strace']) || installDebian('strace')) return;
  console.error(
    'The power-loss check needs strace and it could not be installed: that check will fail. Install strace (Linux only).',
  );
}

async function findBrowser() {
  if (process.env.CHROME_PATH) {
    if (existsSync(process.env.CHROME_PATH)) return process.env.CHROME_PATH;
    console.error(`CHROME_PATH is ${process.env.CHROME_PATH}, but there is no such file.`);
    process.exit(78);
  }
  const found = installedChromium() ?? (await playwrightChromium());
  if (found) return found;
  console.log('Installing a Chromium for the browser tests (once)…');
  if (installDebian('chromium')) {
    const debian = installedChromium();
    if (debian) return debian;
  }
  runs(process.execPath, ['node_modules/playwright-core/cli.js', 'install', 'chromium']);
  const downloaded = await playwrightChromium();
  if (downloaded) return downloaded;
  console.error(
    'The browser tests need a Chromium and none could be installed. Install one, or name one in CHROME_PATH.',
  );
  return process.exit(78);
}

install();
build();
process.env.CHROME_PATH = await findBrowser();
const given = process.argv.slice(2);
if (given.includes('torture')) provideStrace();
const named = given.filter((argument) => argument !== 'torture');
const usual = given.includes('torture') ? 'test/torture/**/*.torture.ts' : 'test/**/*.test.ts';
const files = named.length > 0 ? named : [usual];
const left = [];
if (process.env.HABEAS_TEST_MONGODB_URI && named.length === 0) {
  console.log(
    'HABEAS_TEST_MONGODB_URI is set: test/engine, about the embedded engine, is left out.',
  );
  left.push('--ignore', 'test/engine/**');
}

/** Runs mocha on files; a lane that is held back shows what it said only at its end. */
function runLane(args, { isHeld }) {
  const child = spawn(
    process.execPath,
    ['node_modules/mocha/bin/mocha.js', '--config', 'config/mocha.json', ...left, ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const said = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part) => {
      said.push(part);
      if (!isHeld) process.stdout.write(part);
    });
  }
  return new Promise((resolve) => {
    child.on('close', (status) => {
      const text = Buffer.concat(said).toString('utf8');
      resolve({
        status: status ?? 1,
        held: isHeld ? text : '',
        failures: text.match(/^Failed: .*/gm) ?? [],
        counts: countsIn(text),
      });
    });
  });
}

/** What the reporter's last line says: passed, failed, skipped. */
function countsIn(text) {
  const line = text.trimEnd().split('\n').at(-1) ?? '';
  return [/(\d+) passed/, /(\d+) failed/, /(\d+) skipped/].map((part) =>
    Number(part.exec(line)?.[1] ?? 0),
  );
}

// The whole suite goes in lanes beside each other; each has databases of its own.
const isWhole = files[0] === usual && !given.includes('torture') && availableParallelism() > 1;
const lanes = isWhole
  ? [files, ...OTHER_LANES].map((globs, at) => [
      ...OTHER_LANES.slice(at)
        .flat()
        .flatMap((glob) => ['--ignore', glob]),
      ...globs,
    ])
  : [files];
const ended = await Promise.all(lanes.map((args, at) => runLane(args, { isHeld: at > 0 })));
for (const { held } of ended) process.stdout.write(held);
if (isWhole) {
  const [passed, failed, skipped] = ended
    .map(({ counts }) => counts)
    .reduce((sum, counts) => sum.map((count, at) => count + counts[at]));
  const last = skipped > 0 ? `, ${skipped} skipped` : '';
  // Said again where a long report is cut off at its front.
  for (const failure of ended.flatMap(({ failures }) => failures)) console.log(failure);
  console.log(`\nAll lanes: ${passed} passed, ${failed} failed${last}`);
}
process.exit(ended.some(({ status }) => status !== 0) ? 1 : 0);
