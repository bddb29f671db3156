import { expect } from 'chai';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { inTransaction } from '../../server/database/transaction.ts';
import { countHit } from '../../server/security/counts.ts';
import { connectFreshDatabase, dropDatabase } from '../support/database.ts';
import { letClockStand } from '../support/standing-clock.ts';

describe('A connection that the other side has ended', () => {
  let socket: Socket | undefined;
  let isClosed = false;
  let sockets: Socket[] = [];
  const keep = (message: unknown) => sockets.push((message as { socket: Socket }).socket);

  /** The connection of the commands: the others watch the server, each at its own time. */
  async function busiest(): Promise<Socket | undefined> {
    const before = sockets.map(({ bytesWritten }) => bytesWritten);
    for (let hits = 0; hits < 5; hits += 1) await countHit('somebody else', 60);
    const written = sockets.map(({ bytesWritten }, at) => bytesWritten - (before[at] ?? 0));
    return sockets[written.indexOf(Math.max(...written))];
  }

  /** Ends the only connection of the commands, as the operating system does, and waits for a moment of that. */
  async function endConnection(moment: string): Promise<void> {
    socket!.once('close', () => (isClosed = true));
    socket!.push(null);
    await once(socket!, moment);
  }

  beforeEach(async () => {
    // No window of a count ends in the midst of a test.
    letClockStand();
    sockets = [];
    subscribe('net.client.socket', keep);
    await connectFreshDatabase({ maxPoolSize: '1' });
    await countHit('someone', 60);
    unsubscribe('net.client.socket', keep);
    socket = await busiest();
    isClosed = false;
  });
  afterEach(dropDatabase);

  // What is written fails after the first of these moments, and goes nowhere after the second.
  for (const moment of ['end', 'finish']) {
    it(`holds up no command that comes before it is closed: at its ${moment}`, async () => {
      await endConnection(moment);
      const counted = countHit('someone', 60);
      expect(isClosed).to.equal(false);
      expect(await counted).to.include({ totalHits: 2 });
      expect(isClosed).to.equal(true);
    });

    it(`holds up no transaction, which begins again: at its ${moment}`, async () => {
      let runs = 0;
      await inTransaction(async () => {
        runs += 1;
        await countHit('in a transaction', 60);
        if (runs === 1) await endConnection(moment);
        await countHit('in a transaction', 60);
      });
      expect(runs).to.equal(2);
      expect(await countHit('in a transaction', 60)).to.include({ totalHits: 3 });
    });
  }
});
