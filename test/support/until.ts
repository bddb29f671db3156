import { setTimeout as wait } from 'node:timers/promises';

/** How long is waited where whole processes start, die and start again. */
export const FOR_PROCESSES_MS = 60_000;

/** Asks until the answer is yes. @throws Error naming what was waited for. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  longestMs = 30_000,
): Promise<void> {
  const startedAt = Date.now();
  while (!(await isSo())) {
    if (Date.now() - startedAt > longestMs) throw new Error(`It took too long: ${what}.`);
    await wait(15);
  }
}
