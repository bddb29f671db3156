import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// node scripts/run.mjs bench/consent [records of the largest store] [rounds]
const [, , argument = '1000000', turns = '10'] = process.argv;
const most = Number(argument);
const rounds = Number(turns);
if (!Number.isInteger(most) || most < 0 || !Number.isInteger(rounds) || rounds < 1) {
  console.error('Give how many records the largest store has, and how many rounds there are.');
  process.exit(64);
}
const folder = mkdtempSync(join(tmpdir(), 'bench-consent-'));
// Set before anything reads the settings: one key for all installations, behind a proxy that knows regions.
Object.assign(process.env, {
  NODE_ENV: 'production',
  HABEAS_DATA_DIR: join(folder, 'data'),
  HABEAS_KEY: randomBytes(32).toString('base64'),
  DEMO_PORT: 'off',
  PORT: '31980',
  TRUST_PROXY: '1',
  REGION_HEADER: 'x-region',
  LOG_LEVEL: 'fatal',
});
try {
  const { measureConsent } = await import('./consent/measures.ts');
  await measureConsent(folder, most, rounds);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
