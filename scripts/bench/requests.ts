import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// node scripts/run.mjs bench/requests [largest queue] [intake] [sweep] [queue] [package]
const [, , argument = '1000000', ...parts] = process.argv;
const most = Number(argument);
if (!Number.isInteger(most) || most < 1000) {
  console.error('Give how many requests the largest queue has: 1000 or more.');
  process.exit(64);
}
const folder = mkdtempSync(join(tmpdir(), 'bench-requests-'));
// Set before anything reads the settings: a data folder of its own, which no mail leaves.
Object.assign(process.env, { HABEAS_DATA_DIR: folder, LOG_LEVEL: 'fatal' });
try {
  const { measureRequests } = await import('./requests/measures.ts');
  await measureRequests(most, parts);
} finally {
  rmSync(folder, { recursive: true, force: true });
  rmSync(`${folder}.key`, { force: true });
}
