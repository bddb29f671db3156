import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// node scripts/run.mjs bench/consent [records of the largest store] [seconds of each run]
const [, , argument = '1000000', time = '10'] = process.argv;
const most = Number(argument);
const seconds = Number(time);
if (!Number.isInteger(most) || most < 0 || !(seconds >= 1)) {
  console.error('Give how many records the largest store has, and how many seconds a run takes.');
  process.exit(64);
}
const folder = mkdtempSync(join(tmpdir(), 'bench-consent-'));
// Set before anything reads the settings: a data folder of its own, behind a proxy that knows regions.
Object.assign(process.env, {
  NODE_ENV: 'production',
  HABEAS_DATA_DIR: join(folder, 'data'),
  DEMO_PORT: 'off',
  PORT: '31980',
  TRUST_PROXY: '1',
  REGION_HEADER: 'x-region',
  LOG_LEVEL: 'fatal',
});
try {
  const { measureConsent } = await import('./consent/measures.ts');
  await measureConsent(folder, most, seconds);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
