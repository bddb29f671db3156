const MOST_MS = 10_000;

/** Whether a supervisor started this process, and tells it when to end. */
const isSupervised = process.send !== undefined;

/**
 * Ends the process in good order when it is told to, or when its supervisor is gone. What `finish`
 * has not done after ten seconds is left to the next start.
 */
export function endInOrder(finish: () => Promise<void>): void {
  let isEnding = false;
  const end = () => {
    if (isEnding) return;
    isEnding = true;
    setTimeout(() => process.exit(1), MOST_MS).unref();
    finish().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', end);
  if (!isSupervised) {
    process.once('SIGINT', end);
    return;
  }
  // A terminal's Ctrl-C reaches every process, but the supervisor says who ends first.
  process.on('SIGINT', () => undefined);
  process.once('disconnect', end);
  if (!process.connected) end();
}
