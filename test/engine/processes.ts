import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const engineScript = fileURLToPath(new URL('engine-process.ts', import.meta.url));

/** Another process that has started an engine, or has found one. */
export interface EngineProcess {
  child: ChildProcess;
  uri: string;
  isOwner: boolean;
  /** All that it has printed as an error. */
  complaints(): string;
}

const running = new Set<ChildProcess>();

/** Ends at once what a failed test has left running. */
export function killProcesses(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Starts an engine in a process of its own; `wrapper` is a command that runs another, with its arguments. */
export async function startEngineProcess(
  folder: string,
  { wrapper = [], nodeOptions = [] }: { wrapper?: string[]; nodeOptions?: string[] } = {},
): Promise<EngineProcess> {
  const engine = [process.execPath, '--import=tsx', ...nodeOptions, engineScript, folder];
  const [file = '', ...rest] = [...wrapper, ...engine];
  const child = spawn(file, rest, { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  const [news] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as unknown[];
  if (typeof news !== 'object' || news === null)
    throw new Error(`The engine did not start: ${complaints}`);
  const { uri, isOwner } = news as { uri: string; isOwner: boolean };
  return { child, uri, isOwner, complaints: () => complaints };
}

/** Ends it by a signal, and gives the exit code: null when the signal killed it. */
export async function endProcess(
  { child }: EngineProcess,
  signal: NodeJS.Signals,
): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exit = once(child, 'exit');
  child.kill(signal);
  const [code] = (await exit) as [number | null];
  return code;
}
