import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const engineScript = fileURLToPath(new URL('engine-process.ts', import.meta.url));

/** Starts an engine in a process of its own; `wrapper` is a command that runs another, with its arguments. */
export async function startChild(
  folder: string,
  wrapper: readonly string[] = [],
): Promise<ChildProcess> {
  const command = [...wrapper, process.execPath, '--import=tsx', engineScript, folder];
  const [file = '', ...rest] = command;
  const child = spawn(file, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const news = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (news[0] !== 'ready') throw new Error(`The engine did not start: ${String(news[0])}`);
  return child;
}

/** Ends it by a signal, and gives the exit code: null when the signal killed it. */
export async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exit = once(child, 'exit');
  child.kill(signal);
  const [code] = (await exit) as [number | null];
  return code;
}
