import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

// Systems choose ports for `listen(0)` and for connections from 32768 on: what is below, nobody takes meanwhile.
const LOWEST = 15_000;
const ABOVE = 32_768;
const given = new Set<number>();

/** A port on which nothing listens, another one each time. */
export async function freePort(): Promise<number> {
  const port = randomInt(LOWEST, ABOVE);
  if (given.has(port)) return freePort();
  given.add(port);
  const probe = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen(port, '127.0.0.1', () => {
      resolve(true);
    });
  });
  if (!isFree) return freePort();
  probe.close();
  await once(probe, 'close');
  return port;
}
