/** Runs a folder of specification files: see the usage line. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '../../../server/database/engine/start.ts';
import { failureLines, tableOf, type FileReport } from './summary.ts';
import { SpecificationRunner } from './runner.ts';

const [, , specification] = process.argv;
if (specification === undefined) {
  console.error(
    'npm run specification -- <folder of unified test format files>\nThe server is HABEAS_TEST_MONGODB_URI, else an embedded engine.',
  );
  process.exit(64);
}

const given = process.env.HABEAS_TEST_MONGODB_URI;
const folder = await mkdtemp(join(tmpdir(), 'specification-'));
const engine = given === undefined || given === '' ? await startEngine({ folder }) : undefined;
const runner = await SpecificationRunner.connect(engine?.uri ?? String(given));
const reports: FileReport[] = [];
for (const name of (await readdir(specification, { recursive: true })).sort()) {
  if (!name.endsWith('.json')) continue;
  const tests = await runner.runFile(await readFile(join(specification, name), 'utf8'));
  reports.push({ name, tests });
  for (const line of failureLines({ name, tests })) console.log(line);
}
await runner.close();
await engine?.close();
await rm(folder, { recursive: true });
console.log(tableOf(reports));
const hasPassed = reports.every(({ tests }) =>
  tests.every(({ verdict }) => verdict.kind !== 'failed'),
);
process.exit(hasPassed && reports.length > 0 ? 0 : 1);
