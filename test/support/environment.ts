import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './ports.ts';

// Loaded before anything else: every test process has a data folder, a key and settings of its own.
const folder = mkdtempSync(path.join(tmpdir(), 'habeas-test-'));
for (const name of Object.keys(process.env)) {
  if (
    /^(?:PORT|DEMO_PORT|HABEAS_(?!TEST_)|MONGODB_URI|SMTP_URL|MAIL_FROM|PUBLIC_URL|REGION_HEADER|GEOIP_FILE|VIRUS_SCANNER)/u.test(
      name,
    )
  ) {
    Reflect.deleteProperty(process.env, name);
  }
}
Object.assign(process.env, {
  NODE_ENV: 'test',
  HABEAS_DATA_DIR: path.join(folder, 'data'),
  HABEAS_KEY: randomBytes(32).toString('base64'),
  // Where the mailbox of the tests listens, when one is used.
  SMTP_URL: `smtp://127.0.0.1:${await freePort()}`,
  // Test clients name their own address, so that limits of one test do not meet another.
  TRUST_PROXY: '1',
  REGION_HEADER: 'x-test-region',
  TZ: 'UTC',
});
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});
