import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import mongoose, { Types } from 'mongoose';
import { setTimeout as wait } from 'node:timers/promises';
// Every model of the application is known once its doors are.
import '../../server/app.ts';
import { InstallationUnusable } from '../../server/database/installation-unusable.ts';
import { prepareInstallation, requireInstallation } from '../../server/database/installation.ts';
import { FORMAT } from '../../server/database/migrations.ts';
import { compareStructure } from '../../server/database/structure.ts';
import { organizationById } from '../../server/features/organizations/service.ts';
import { identityForStaff } from '../../server/features/requests/proof-staff.ts';
import { openRequest } from '../../server/features/requests/reading.ts';
import { loadDataKey } from '../../server/security/data-keys.ts';
import { sealJson } from '../../server/security/encryption.ts';
import { connectFreshDatabase, dropDatabase } from '../support/database.ts';
import { anOrganization } from '../support/organizations.ts';
import { aMember, aRequest } from '../support/requests.ts';
import { SecondProcess } from '../support/second-process.ts';

interface Row {
  _id: string;
  format?: number;
  until?: Date;
}

const rows = () => mongoose.connection.collection<Row>('installation');
const collection = (name: string) => mongoose.connection.collection(name);
const outcomeOf = (work: Promise<unknown>) => work.catch((error: unknown) => error as Error);
const indexNames = async (name: string) =>
  (await collection(name).indexes()).map((index) => index.name);

async function collectionCount(): Promise<number> {
  return ((await mongoose.connection.db?.listCollections().toArray()) ?? []).length;
}

async function expectReady(): Promise<void> {
  await requireInstallation();
  expect(await compareStructure()).to.deep.equal({ missing: [], undeclared: [] });
  expect(await rows().find().toArray()).to.have.lengthOf(1);
}

describe('The migration', () => {
  const others: SecondProcess[] = [];
  const anotherNode = async () => {
    const other = await SecondProcess.start();
    others.push(other);
    return other;
  };

  beforeEach(connectFreshDatabase);
  afterEach(async () => {
    for (const other of others.splice(0)) await other.kill();
    await dropDatabase();
  });

  it('only reads when nothing is to be done', async () => {
    await prepareInstallation();
    const sent: string[] = [];
    const client = mongoose.connection.getClient();
    const note = ({ commandName }: { commandName: string }) => sent.push(commandName);
    client.on('commandStarted', note);
    await prepareInstallation();
    client.off('commandStarted', note);
    expect(new Set(sent)).to.have.all.keys('find', 'listIndexes');
  });

  it('is done once by several nodes that start at the same time', async () => {
    const nodes = await Promise.all([anotherNode(), anotherNode()]);
    await Promise.all([
      prepareInstallation(),
      prepareInstallation(),
      ...nodes.map((node) => node.ask({ kind: 'prepare' })),
    ]);
    await expectReady();
  });

  for (const done of [1, 8, 16]) {
    it(`is begun again after a kill, with ${done} collections made`, async () => {
      const victim = await anotherNode();
      victim.begin({ kind: 'prepare' });
      while ((await collectionCount()) < done) await wait(1);
      await victim.kill();
      expect(await rows().countDocuments({ _id: 'lock' })).to.equal(1);
      // As if the dead node's ten seconds were over.
      await rows().updateOne({ _id: 'lock' }, { $set: { until: new Date(0) } });
      await prepareInstallation();
      await expectReady();
    });
  }

  it('waits for the node that is at it', async () => {
    const until = new Date(Date.now() + 3_600_000);
    await rows().insertOne({ _id: 'lock', until });
    let tries = 0;
    const client = mongoose.connection.getClient();
    client.on('commandFailed', () => (tries += 1));
    client.on('commandSucceeded', ({ reply }) => {
      if ((reply as { writeErrors?: unknown }).writeErrors !== undefined) tries += 1;
    });
    const ready = prepareInstallation();
    while (tries < 3) await wait(1);
    expect(await collectionCount()).to.equal(1);
    await rows().deleteOne({ _id: 'lock' });
    await ready;
    await expectReady();
  });

  it('brings data of the first format to this one', async () => {
    await prepareInstallation();
    await rows().updateOne({ _id: 'installation' }, { $set: { format: 1 } });
    await collection('files').createIndex(
      { organizationId: 1, 'about.id': 1 },
      undefined,
      undefined,
    );
    await collection('agendaJobs').dropIndex('name_1_type_1');
    const twice = { name: 'sweep-mail', type: 'single' };
    await collection('agendaJobs').insertMany([{ ...twice }, { ...twice }]);
    await collection('agenda_logs').createIndex({ timestamp: -1 }, undefined, undefined);
    expect(await outcomeOf(requireInstallation())).to.be.instanceOf(InstallationUnusable);
    await prepareInstallation();
    await expectReady();
    expect(await rows().findOne({ _id: 'installation' })).to.include({ format: FORMAT });
    expect(await collection('agendaJobs').countDocuments({ name: 'sweep-mail' })).to.equal(0);
  });

  it('moves notes out of the messages, and seals them as notes', async () => {
    await prepareInstallation();
    const organization = await anOrganization();
    const { row } = await aRequest(organization);
    const officer = await aMember(organization);
    const key = await loadDataKey(row.keyId);
    const _id = new Types.ObjectId();
    const place = { collection: 'requestMessages', row: _id, field: 'sealed' };
    await collection('requestMessages').insertOne({
      _id: _id,
      organizationId: organization._id,
      requestId: row._id,
      formKey: randomUUID(),
      kind: 'note',
      at: new Date(),
      authorId: new Types.ObjectId(officer.id),
      sealed: sealJson(key, place, 'An old note.'),
    });
    await rows().updateOne({ _id: 'installation' }, { $set: { format: 2 } });
    await prepareInstallation();
    expect(await collection('requestMessages').countDocuments({ _id: _id as never })).to.equal(0);
    const view = await openRequest(officer, row._id);
    expect(view.notes.map(({ note, noteBy }) => [note, noteBy])).to.deep.equal([
      ['An old note.', officer.id],
    ]);
  });

  it('gives requests from before there were levels what they need and what was proved', async () => {
    await prepareInstallation();
    const organization = await anOrganization();
    const { row } = await aRequest(organization);
    const officer = await aMember(organization);
    const levels = { requiredLevel: '', provenLevel: '' };
    await collection('requests').updateOne({ _id: row._id }, { $unset: levels });
    await collection('identityCases').deleteMany({ requestId: row._id });
    await rows().updateOne({ _id: 'installation' }, { $set: { format: 3 } });
    await prepareInstallation();
    const { evidence, isProved, required } = await identityForStaff(officer, row._id);
    expect({ isProved, required }).to.deep.equal({ isProved: true, required: 1 });
    expect(evidence.map(({ kind }) => kind)).to.deep.equal(['mailbox']);
    expect((await openRequest(officer, row._id)).can.complete).to.equal(true);
  });

  it('notes on older requests what the queue finds them by', async () => {
    await prepareInstallation();
    const { row } = await aRequest(await anOrganization());
    const requests = collection('requests');
    const filter = { _id: row._id as never };
    await requests.updateOne(filter, { $unset: { facets: 1 } });
    await rows().updateOne({ _id: 'installation' }, { $set: { format: 4 } });
    await prepareInstallation();
    const facets = row.facets.filter((one) => !one.startsWith('word:'));
    const migrated = await requests.findOne(filter);
    expect(migrated?.facets).to.have.members(facets);
    expect(migrated?.urgentOn).to.equal(row.urgentOn);
  });

  it('completes older organisations and requests, and leaves the others as they are', async () => {
    await prepareInstallation();
    const organization = await anOrganization({ promiseYields: true, calendar: 'IE' });
    const other = await anOrganization();
    const { row } = await aRequest(organization);
    const { row: young } = await aRequest(organization);
    const young0 = await collection('requests').findOne({ _id: young._id });
    const added = ['role', 'tags', 'pauses', 'calendar', 'closingDays', 'promiseYields'];
    const later = ['agentId', 'agreementId', 'appealOf', 'confirmedAt', 'enteredBy', 'lifting'];
    const unset = Object.fromEntries([...added, ...later, 'needsPermission'].map((f) => [f, 1]));
    const outcome = { at: new Date(), kind: 'completed', ground: null, sealed: Buffer.alloc(0) };
    const filter = { _id: row._id as never };
    await collection('requests').updateOne(filter, { $unset: unset, $set: { outcome } });
    const older = { promiseYields: 1, calendar: 1, closingDays: 1 };
    await collection('organizations').updateOne({ _id: other._id }, { $unset: older });
    await rows().updateOne({ _id: 'installation' }, { $set: { format: 5 } });
    await prepareInstallation();
    expect(await collection('requests').findOne(filter)).to.deep.include({
      ...{ role: 'controller', tags: [], pauses: [], calendar: null, closingDays: [] },
      ...{ promiseYields: false, needsPermission: false, agentId: null, lifting: null },
    });
    expect((await collection('requests').findOne(filter))?.outcome).to.include({ result: null });
    const untouched = await collection('requests').findOne({ _id: young._id });
    expect(untouched).to.deep.equal(young0);
    const [kept, filled] = [organization, other].map(({ _id }) => organizationById(_id));
    expect(await kept).to.include({ promiseYields: true, calendar: 'IE' });
    expect(await filled).to.deep.include({ promiseYields: false, calendar: null, closingDays: [] });
  });

  it('makes an index that somebody dropped', async () => {
    await prepareInstallation();
    await collection('mails').dropIndex('nextActionAt_1');
    expect((await compareStructure()).missing).to.deep.equal(['mails.nextActionAt_1']);
    await prepareInstallation();
    await expectReady();
  });

  it('leaves alone and names an index that no model declares', async () => {
    await prepareInstallation();
    await collection('mails').createIndex({ template: 1 }, undefined, undefined);
    await collection('mails').dropIndex('nextActionAt_1');
    await prepareInstallation();
    expect(await indexNames('mails')).to.include('template_1');
    expect(await compareStructure()).to.deep.equal({
      missing: [],
      undeclared: ['mails.template_1'],
    });
  });

  it('refuses an index that has other options, and names it', async () => {
    await prepareInstallation();
    await collection('rateLimits').dropIndex('endsAt_1');
    await collection('rateLimits').createIndex(
      { endsAt: 1 },
      { expireAfterSeconds: 60 },
      undefined,
    );
    const outcome = await outcomeOf(prepareInstallation());
    expect(outcome).to.be.instanceOf(InstallationUnusable);
    expect((outcome as Error).message)
      .to.contain('rateLimits')
      .and.contain('endsAt');
    expect(await rows().countDocuments({ _id: 'lock' })).to.equal(0);
  });
});
