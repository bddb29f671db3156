import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { announce } from './announce.ts';

const EX_CONFIG = 78;
const folder = path.resolve(import.meta.dirname, '..');

/** Waits between restarts, doubling; a process that ran for a minute starts afresh. */
const FIRST_WAIT = 250;
const LONGEST_WAIT = 15_000;

let stopping = false;
const children = new Map<string, ChildProcess>();

/** Keeps a process alive until we are told to stop. A wrong setting ends everything: restarting cannot mend it. */
async function keepAlive(
  name: 'web' | 'worker',
  file: string,
  onReady: () => void = () => undefined,
): Promise<void> {
  let pause = FIRST_WAIT;
  while (!stopping) {
    const startedAt = Date.now();
    const child = fork(path.join(folder, file), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    children.set(name, child);
    child.on('message', onReady);
    const code = await new Promise<number | null>((resolve) => {
      child.once('exit', resolve);
    });
    children.delete(name);
    if (isStopping()) return;
    if (code === EX_CONFIG) {
      stop(EX_CONFIG);
      return;
    }
    pause = Date.now() - startedAt > 60_000 ? FIRST_WAIT : pause;
    process.stderr.write(`The ${name} process ended (${code ?? 'killed'}); it starts again.\n`);
    await wait(pause);
    pause = Math.min(pause * 2, LONGEST_WAIT);
  }
}

// A function, for the flag changes behind the compiler's back while we wait.
const isStopping = () => stopping;

function stop(code: number): void {
  if (stopping) return;
  stopping = true;
  // The worker first: to write down what it has done, it needs the database of the web process.
  const check = setInterval(() => {
    const next = children.get('worker') ?? children.get('web');
    if (next?.killed === false) next.kill('SIGTERM');
    if (next) return;
    clearInterval(check);
    process.exit(code);
  }, 20);
}

process.once('SIGINT', () => {
  stop(0);
});
process.once('SIGTERM', () => {
  stop(0);
});
// Its own word counts: whoever else answers on the port is not the process that we started.
await new Promise<void>((ready) => void keepAlive('web', 'server/main.js', ready));
void keepAlive('worker', 'jobs/main.js');
if (!isStopping()) await announce();
