import { fork } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A process of ours, with the first thing it told. */
export interface Begun<T> {
  told: T;
  end: () => Promise<void>;
}

/** Has a server run before the browser, which in life has a machine of its own. */
function putFirst(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_HIGHEST);
  } catch {
    // Not everybody may; then they compete.
  }
}

/** Starts a file of this folder as a process of its own. @throws Error when it ends before it tells anything */
export async function begin<T>(name: string, given: string[] = []): Promise<Begun<T>> {
  const file = new URL(name + path.extname(import.meta.url), import.meta.url);
  const child = fork(fileURLToPath(file), given, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  if (child.pid !== undefined) putFirst(child.pid);
  const gone = once(child, 'exit');
  const ended = gone.then(() => Promise.reject(new Error(`${name} ended before it was ready.`)));
  const [told] = (await Promise.race([once(child, 'message'), ended])) as [T];
  ended.catch(() => undefined);
  return {
    told,
    async end() {
      child.disconnect();
      await gone;
    },
  };
}
