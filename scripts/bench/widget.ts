import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// node scripts/run.mjs bench/widget [rounds] [bytes] [times] [behaviour] [only=entry,entry]
const [, , argument = '16', ...rest] = process.argv;
const rounds = Number(argument);
if (!Number.isInteger(rounds) || rounds < 2) {
  console.error('Give how many rounds are measured: 2 or more.');
  process.exit(64);
}
const folder = mkdtempSync(join(tmpdir(), 'bench-widget-'));
// Set before anything reads the settings: a data folder of its own.
Object.assign(process.env, { HABEAS_DATA_DIR: folder, LOG_LEVEL: 'fatal' });
try {
  const { measureWidgets } = await import('./widget/measures.ts');
  await measureWidgets(rounds, rest);
} finally {
  rmSync(folder, { recursive: true, force: true });
  rmSync(`${folder}.key`, { force: true });
}
