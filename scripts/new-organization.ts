// Every model of the application is known once its doors are.
import '../server/app.ts';
import { closeDatabase } from '../server/database/connect.ts';
import { InstallationUnusable } from '../server/database/installation-unusable.ts';
import { prepareInstallation } from '../server/database/installation.ts';
import { foundFromPreset } from '../server/features/presets/service.ts';
import { Problem } from '../server/problem.ts';
import { openDatabase } from './db/open.ts';
import { ToolFailed } from './db/outcome.ts';
import { readOrder, USAGE, WrongOrder } from './new-organization/order.ts';
import { reportOf } from './new-organization/report.ts';

const EX_USAGE = 64;
const EX_CONFIG = 78;

async function run(): Promise<void> {
  const { preset, input } = readOrder(process.argv.slice(2));
  await openDatabase({ mayCreate: true });
  await prepareInstallation();
  const organization = await foundFromPreset(null, preset, input);
  process.stdout.write(`${reportOf(organization, preset)}\n`);
}

function failed(error: unknown): string {
  if (error instanceof WrongOrder) {
    process.exitCode = EX_USAGE;
    return `${error.message}\n\n${USAGE}`;
  }
  if (error instanceof InstallationUnusable || error instanceof ToolFailed) {
    process.exitCode = EX_CONFIG;
    return error.message;
  }
  process.exitCode = 1;
  if (error instanceof Problem) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  await run();
} catch (error) {
  process.stderr.write(`No organisation was made. ${failed(error)}\n`);
} finally {
  await closeDatabase();
}
