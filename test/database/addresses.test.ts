import { expect } from 'chai';
import { connectDatabase } from '../../server/database/connect.ts';
import { InstallationUnusable } from '../../server/database/installation-unusable.ts';
import { addressOf } from '../support/server.ts';

describe('Addresses of databases', () => {
  const given: [string, string][] = [
    ['mongodb://one:1,two:2', 'mongodb://one:1,two:2/test?'],
    ['mongodb://one/old?replicaSet=rs0', 'mongodb://one/test?replicaSet=rs0'],
    ['mongodb://%2Frun%2Fa.sock/?tls=false', 'mongodb://%2Frun%2Fa.sock/test?tls=false'],
    ['mongodb://u:p@one/?w=1', 'mongodb://u:p@one/test?w=1&authSource=admin'],
    ['mongodb+srv://u:p@one/own', 'mongodb+srv://u:p@one/test?authSource=own'],
    ['mongodb://u:p@one/a?authSource=b', 'mongodb://u:p@one/test?authSource=b'],
  ];
  for (const [server, address] of given) {
    it(`name a database of their own: ${server}`, () => {
      expect(addressOf(server, 'test')).to.equal(address);
    });
  }

  it('are refused with a sentence when the driver cannot read them', async () => {
    const outcome = await connectDatabase('mongodb://127.0.0.1:1/habeas?shards=3').catch(
      (error: unknown) => error as Error,
    );
    expect(outcome).to.be.instanceOf(InstallationUnusable);
    expect((outcome as Error).message).to.match(/^MONGODB_URI is not usable: .*shards/u);
  });
});
