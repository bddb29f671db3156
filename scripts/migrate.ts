// Every model of the application is known once its doors are.
import '../server/app.ts';
import {
  closeDatabase,
  connectDatabase,
  ownEngine,
  refuseStandalone,
} from '../server/database/connect.ts';
import { InstallationUnusable } from '../server/database/installation-unusable.ts';
import { prepareInstallation } from '../server/database/installation.ts';
import { compareStructure } from '../server/database/structure.ts';

const EX_CONFIG = 78;
const say = (text: string) => process.stdout.write(`${text}\n`);

async function run(): Promise<void> {
  await ownEngine();
  await connectDatabase();
  await refuseStandalone();
  const { missing } = await compareStructure();
  await prepareInstallation();
  for (const index of missing) say(`made     ${index}`);
  for (const index of (await compareStructure()).undeclared) {
    say(`unknown  ${index}: no model declares it; it was left alone`);
  }
  say('The database is ready for this version.');
}

try {
  await run();
} catch (error) {
  if (!(error instanceof InstallationUnusable)) throw error;
  process.exitCode = EX_CONFIG;
  process.stderr.write(`The database cannot be migrated. ${error.message}\n`);
} finally {
  await closeDatabase();
}
