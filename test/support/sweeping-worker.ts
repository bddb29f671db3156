import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import mongoose from 'mongoose';

/** A worker process that sweeps requests on this test's database, at this test's time, to be killed. */
export async function startSweepingWorker(): Promise<ChildProcess> {
  const { _connectionString: database } = mongoose.connection as unknown as {
    _connectionString: string;
  };
  const child = fork(fileURLToPath(import.meta.url), {
    env: { ...process.env, SWEEP_DATABASE: database, HABEAS_TEST_NOW: Date.now().toString() },
    execArgv: ['--import=tsx', `--import=${new URL('moved-clock.ts', import.meta.url).href}`],
  });
  await once(child, 'message');
  return child;
}

/** As `kill -9` does: nothing more is done, nothing is tidied. */
export async function killWorker(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function work(databaseUri: string): Promise<void> {
  const { connectDatabase } = await import('../../server/database/connect.ts');
  const { sweepRequests } = await import('../../jobs/sweep-requests.ts');
  await connectDatabase(databaseUri);
  process.on('message', () => void sweepRequests().then(() => process.send?.('swept')));
  process.on('disconnect', () => process.exit());
  process.send?.('ready');
}

const databaseUri = process.env.SWEEP_DATABASE;
if (databaseUri !== undefined) void work(databaseUri);
