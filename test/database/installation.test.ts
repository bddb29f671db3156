import { expect } from 'chai';
import { Db } from 'mongodb';
import mongoose, { Types } from 'mongoose';
import sinon from 'sinon';
// Every model of the application is known once its doors are.
import '../../server/app.ts';
import { refuseStandalone } from '../../server/database/connect.ts';
import { InstallationUnusable } from '../../server/database/installation-unusable.ts';
import { prepareInstallation } from '../../server/database/installation.ts';
import { FORMAT } from '../../server/database/migrations.ts';
import { seal } from '../../server/security/encryption.ts';
import { connectFreshDatabase, dropDatabase } from '../support/database.ts';

const collection = (name: string) => mongoose.connection.collection(name);
const outcomeOf = (work: Promise<unknown>) => work.catch((error: unknown) => error);

describe('The installation', () => {
  beforeEach(connectFreshDatabase);
  afterEach(dropDatabase);

  it('is prepared once, however often and from however many nodes it is started', async () => {
    await Promise.all([prepareInstallation(), prepareInstallation(), prepareInstallation()]);
    await prepareInstallation();
    const rows = await collection('installation').find().toArray();
    expect(rows).to.have.lengthOf(1);
    expect(rows[0]).to.include({ format: FORMAT });
  });

  it('has every index that the models declare', async () => {
    await prepareInstallation();
    for (const name of mongoose.modelNames()) {
      const { toDrop, toCreate } = await mongoose.model(name).diffIndexes();
      expect({ toDrop, toCreate }, name).to.deep.equal({ toDrop: [], toCreate: [] });
    }
  });

  it('does not start on data of a newer version, and says what to do', async () => {
    await prepareInstallation();
    await collection('installation').updateOne({}, { $set: { format: FORMAT + 1 } });
    const outcome = await outcomeOf(prepareInstallation());
    expect(outcome).to.be.instanceOf(InstallationUnusable);
    expect((outcome as Error).message).to.contain('start the newer version');
  });

  it('does not start on a server without transactions, and says how to give it some', async () => {
    await refuseStandalone();
    const single = sinon.stub(Db.prototype, 'command').resolves({ ok: 1, isWritablePrimary: true });
    try {
      const outcome = await outcomeOf(refuseStandalone());
      expect(outcome).to.be.instanceOf(InstallationUnusable);
      expect((outcome as Error).message)
        .to.contain('MONGODB_URI')
        .and.contain('replica set');
    } finally {
      single.restore();
    }
  });

  it('does not start when the installation key is another one', async () => {
    await prepareInstallation();
    const { keyCheckId } = (await collection('installation').findOne()) as unknown as {
      keyCheckId: Types.ObjectId;
    };
    const wrapping = { id: new Types.ObjectId('0'.repeat(24)), secret: Buffer.alloc(32, 9) };
    const place = { collection: 'dataKeys', row: keyCheckId, field: 'wrapped' };
    const wrapped = seal(wrapping, place, Buffer.alloc(32));
    await collection('dataKeys').updateOne({ _id: keyCheckId }, { $set: { wrapped } });
    const outcome = await outcomeOf(prepareInstallation());
    expect(outcome).to.be.instanceOf(InstallationUnusable);
    expect((outcome as Error).message).to.contain('installation key');
  });
});
