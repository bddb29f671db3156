import { expect } from 'chai';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { inTransaction } from '../../server/database/transaction.ts';
import { countHit } from '../../server/security/counts.ts';
import { connectFreshDatabase, dropDatabase } from '../support/database.ts';

describe('A connection that the other side has ended', () => {
  let socket: Socket | undefined;
  let isClosed = false;
  const keep = (message: unknown) => ({ socket } = message as { socket: Socket });

  /** Ends the only connection of the commands, as the operating system does, and waits for a moment of that. */
  async function endConnection(moment: string): Promise<void> {
    socket!.once('close', () => (isClosed = true));
    socket!.push(null);
    await once(socket!, moment);
  }

  beforeEach(async () => {
    subscribe('net.client.socket', keep);
    await connectFreshDatabase({ maxPoolSize: '1' });
    await countHit('someone', 60);
    unsubscribe('net.client.socket', keep);
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
