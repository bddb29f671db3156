import { expect } from 'chai';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import mongoose, { Types } from 'mongoose';
import { connectDatabase } from '../../server/database/connect.ts';
import { engineUri } from '../../server/database/engine/start.ts';
import { prepareInstallation } from '../../server/database/installation.ts';
import { inTransaction } from '../../server/database/transaction.ts';
import { AuditModel } from '../../server/features/audit/model.ts';
import { recordAudit, system } from '../../server/features/audit/service.ts';
import { countHit } from '../../server/security/counts.ts';
import { createDataKey, loadDataKey } from '../../server/security/data-keys.ts';
import { aDataFolder } from '../support/product.ts';
import { addressOf } from '../support/server.ts';
import { letClockStand } from '../support/standing-clock.ts';

// A process with an engine stands for the primary: it dies, and after a while there is one again.
describe('The loss of the primary', () => {
  const folder = aDataFolder();
  let primary: ChildProcess;

  async function elect(): Promise<void> {
    primary = fork(new URL('../engine/engine-process.ts', import.meta.url), [folder.data], {
      execArgv: ['--import=tsx'],
    });
    await once(primary, 'message');
  }
  async function lose(): Promise<void> {
    const gone = once(primary, 'exit');
    primary.kill('SIGKILL');
    await gone;
  }

  before(async () => {
    await elect();
    await connectDatabase(addressOf(engineUri(folder.data), 'failover'));
    await prepareInstallation();
  });
  after(async () => {
    await mongoose.disconnect();
    await lose();
    folder.remove();
  });

  it('only delays writes that are asked for meanwhile', async () => {
    const noticed = once(mongoose.connection.getClient(), 'serverHeartbeatFailed');
    await lose();
    await noticed;
    const counted = countHit('someone', 60);
    const key = createDataKey(null, 'check');
    await elect();
    expect(await counted).to.include({ totalHits: 1 });
    expect((await loadDataKey((await key).id)).secret).to.deep.equal((await key).secret);
  });

  it('neither loses nor repeats writes that were on their way', async () => {
    letClockStand();
    let isOver = false;
    let asked = 0;
    const writer = async () => {
      while (!isOver) {
        asked += 1;
        await countHit('everyone', 60);
      }
    };
    const writers = Array.from({ length: 8 }, writer);
    while (asked < 100) await new Promise(setImmediate);
    await lose();
    await elect();
    const before = asked;
    while (asked < before + 100) await new Promise(setImmediate);
    isOver = true;
    await Promise.all(writers);
    expect(await countHit('everyone', 60)).to.include({ totalHits: asked + 1 });
  });

  it('begins all transactions again that it cuts through', async () => {
    const targets = Array.from({ length: 4 }, () => ({
      kind: 'failover',
      id: new Types.ObjectId(),
    }));
    let runs = 0;
    let lost: Promise<void> | undefined;
    let elected: Promise<void> | undefined;
    const cut = async (target: (typeof targets)[number]) => {
      runs += 1;
      await recordAudit(system(null), 'failover.first', target);
      // Once all have begun, the first to come this far takes the primary from them; some may have begun twice.
      if (runs >= targets.length) lost ??= lose();
      while (!lost) await new Promise(setImmediate);
      await lost;
      elected ??= elect();
      await recordAudit(system(null), 'failover.second', target);
    };
    await Promise.all(targets.map((target) => inTransaction(() => cut(target))));
    await elected;
    expect(runs).to.be.at.least(2 * targets.length);
    for (const target of targets) {
      const entries = await AuditModel.find({ targetId: target.id.toHexString() }).lean();
      expect(entries.map(({ action }) => action).sort()).to.deep.equal([
        'failover.first',
        'failover.second',
      ]);
    }
  });
});
