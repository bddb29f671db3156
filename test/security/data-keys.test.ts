import { expect } from 'chai';
import mongoose, { Types } from 'mongoose';
import {
  createDataKey,
  destroyDataKey,
  Erased,
  loadDataKey,
  loadDataKeys,
} from '../../server/security/data-keys.ts';
import { inTransaction } from '../../server/database/transaction.ts';
import { connectFreshDatabase, dropDatabase } from '../support/database.ts';

describe('Data keys', () => {
  before(connectFreshDatabase);
  after(dropDatabase);

  it('come back as they were made, in one query for many', async () => {
    const made = [await createDataKey(null, 'mail'), await createDataKey(null, 'file')];
    const loaded = await loadDataKeys(made.map(({ id }) => id));
    for (const { id, secret } of made) {
      expect(loaded.get(id.toHexString())?.secret.equals(secret)).to.equal(true);
    }
  });

  it('are stored wrapped only', async () => {
    const { id, secret } = await createDataKey(new Types.ObjectId(), 'request');
    const row = await mongoose.connection.collection('dataKeys').findOne({ _id: id });
    expect(JSON.stringify(row)).not.to.contain(secret.toString('base64'));
    expect(JSON.stringify(row)).not.to.contain(secret.toString('hex'));
  });

  it('are gone once destroyed', async () => {
    const { id } = await createDataKey(null, 'subject');
    await destroyDataKey(id);
    const outcome = await loadDataKey(id).catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(Erased);
    expect((await loadDataKeys([id])).size).to.equal(0);
  });

  it('do not outlive the transaction that made them when it fails', async () => {
    let id = new Types.ObjectId();
    await inTransaction(async () => {
      ({ id } = await createDataKey(null, 'request'));
      expect((await loadDataKeys([id])).size).to.equal(1);
      throw new Error('changed our mind');
    }).catch(() => undefined);
    expect((await loadDataKeys([id])).size).to.equal(0);
  });
});
