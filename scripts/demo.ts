import { config } from '../config/index.ts';
import { closeDatabase, connectDatabase, ownEngine } from '../server/database/connect.ts';
import { InstallationUnusable } from '../server/database/installation-unusable.ts';
import { prepareInstallation } from '../server/database/installation.ts';
import { isOutboxShown } from '../server/mail/loopback.ts';
import { installClock, liveAt } from './demo/clock.ts';
import { DAYS } from './demo/consents.ts';
import { admitChief, newDemoPassword, openOffice } from './demo/founding.ts';
import type { Office } from './demo/office.ts';
import { demoOrganizations } from './demo/organizations.ts';
import { report } from './demo/report.ts';
import { sizes, type DemoSize } from './demo/size.ts';
import { liveThrough } from './demo/timeline.ts';
import { isUntouched } from './demo/untouched.ts';

const EX_CONFIG = 78;
const DAY_MS = 86_400_000;

const say = (text: string) => process.stdout.write(`${text}\n`);
const refuse = (reason: string) => new InstallationUnusable(reason);

/** Opens the data folder: its engine is ours while we write. */
async function openFolder(): Promise<void> {
  if (!isOutboxShown) {
    throw refuse(
      'It writes mails to invented people, which must stay here: run it without SMTP_URL, and with a PUBLIC_URL of this machine.',
    );
  }
  await ownEngine().catch((error: unknown) => {
    throw refuse(error instanceof Error ? error.message : String(error));
  });
  await connectDatabase();
  await prepareInstallation();
  if (!(await isUntouched())) {
    throw refuse(
      `There is data in ${config.mongodbUri === null ? config.dataDir : 'this database'} already, and invented data must not mix with it: name an empty folder with HABEAS_DATA_DIR.`,
    );
  }
}

async function openOffices(password: string): Promise<Office[]> {
  const chief = await admitChief(password);
  const offices: Office[] = [];
  for (const organization of demoOrganizations) {
    offices.push(await openOffice(chief, organization, password));
  }
  return offices;
}

/** Lives through the last 90 days, as fast as it goes. */
async function fill(size: DemoSize): Promise<string> {
  const now = Date.now();
  const password = newDemoPassword();
  installClock();
  const offices = await liveAt(now - (DAYS + 1) * DAY_MS, () => openOffices(password));
  await liveThrough(offices, size, password, now);
  return report(offices, password);
}

async function run(): Promise<void> {
  const size = process.argv.includes('--small') ? sizes.small : sizes.full;
  await openFolder();
  say('Inventing five organisations and their last 90 days. This takes about a minute.');
  say(await fill(size));
}

try {
  await run();
} catch (error) {
  process.exitCode = error instanceof InstallationUnusable ? EX_CONFIG : 1;
  process.stderr.write(
    error instanceof InstallationUnusable
      ? `The demo cannot be made. ${error.message}\n`
      : `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
} finally {
  await closeDatabase();
}
