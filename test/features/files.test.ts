import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import mongoose, { Types } from 'mongoose';
import sinon from 'sinon';
import { defaults } from '../../config/defaults.ts';
import { inTransaction } from '../../server/database/transaction.ts';
import { prepareInstallation } from '../../server/database/installation.ts';
import { FileChunkModel, FileModel } from '../../server/features/files/model.ts';
import {
  attachFiles,
  eraseFilesAbout,
  filesAbout,
  openFile,
  stageFiles,
  sweepStagedFiles,
  type NewFile,
} from '../../server/features/files/service.ts';
import { loadDataKeys } from '../../server/security/data-keys.ts';
import { connectFreshDatabase, dropDatabase } from '../support/database.ts';
import { contentOf } from '../support/files.ts';
import { problemFrom } from '../support/problems.ts';

describe('Files at rest', () => {
  const organizationId = new Types.ObjectId();

  before(async () => {
    await connectFreshDatabase();
    await prepareInstallation();
  });
  afterEach(() => {
    sinon.restore();
  });
  after(dropDatabase);

  const aFile = (given: Partial<NewFile> = {}): NewFile => ({
    name: 'letter.txt',
    type: 'text/plain',
    content: Buffer.from('Dear Ada, this is everything we hold.'),
    ...given,
  });

  async function attached(file: NewFile) {
    const about = { kind: 'request', id: new Types.ObjectId() };
    const [id = new Types.ObjectId()] = await stageFiles(organizationId, [file]);
    await inTransaction(() => attachFiles(organizationId, [id], about));
    return { id, about: about.id };
  }

  it('come back as they went in, over several chunks', async () => {
    const sizes = [0, 1, defaults.files.chunkBytes, defaults.files.chunkBytes * 2 + 17];
    for (const size of sizes) {
      const content = randomBytes(size);
      const { id, about } = await attached(aFile({ content }));
      const file = await openFile(organizationId, about, id);
      expect(file.size).to.equal(size);
      expect((await contentOf(file)).equals(content)).to.equal(true);
    }
  });

  it('lie in the database without name or content in clear', async () => {
    const { id } = await attached(aFile({ name: 'clearly-named.txt' }));
    const file = await FileModel.collection.findOne({ _id: id });
    const chunk = await FileChunkModel.collection.findOne({ fileId: id });
    const raw = Buffer.concat([
      mongoose.mongo.BSON.serialize(file ?? {}),
      mongoose.mongo.BSON.serialize(chunk ?? {}),
    ]).toString('latin1');
    expect(raw).not.to.match(/clearly-named|Dear Ada|everything/u);
  });

  it('do not open when a chunk is missing, altered, moved or taken from another file', async () => {
    const content = randomBytes(defaults.files.chunkBytes * 2);
    const spoil: ((fileId: Types.ObjectId, other: Types.ObjectId) => Promise<unknown>)[] = [
      (fileId) => FileChunkModel.collection.deleteOne({ fileId, index: 1 }),
      async (fileId) => {
        const chunk = await FileChunkModel.collection.findOne({ fileId, index: 0 });
        const bytes = Buffer.from((chunk?.sealed as { buffer: Buffer }).buffer);
        bytes[bytes.length - 1]! ^= 1;
        await FileChunkModel.collection.updateOne(
          { fileId, index: 0 },
          { $set: { sealed: bytes } },
        );
      },
      async (fileId) => {
        const second = await FileChunkModel.collection.findOne({ fileId, index: 1 });
        const sealed: unknown = second?.sealed;
        await FileChunkModel.collection.updateOne({ fileId, index: 0 }, { $set: { sealed } });
      },
      async (fileId, other) => {
        const foreign = await FileChunkModel.collection.findOne({ fileId: other, index: 0 });
        const sealed: unknown = foreign?.sealed;
        await FileChunkModel.collection.updateOne({ fileId, index: 0 }, { $set: { sealed } });
      },
    ];
    const { id: other } = await attached(aFile({ content }));
    for (const damage of spoil) {
      const { id, about } = await attached(aFile({ content }));
      await damage(id, other);
      const file = await openFile(organizationId, about, id);
      const failure = await contentOf(file).catch((error: unknown) => error);
      expect(failure).to.be.an.instanceOf(Error);
    }
  });

  it('belong to one thing of one organisation', async () => {
    const { id, about } = await attached(aFile());
    for (const wrong of [
      () => openFile(new Types.ObjectId(), about, id),
      () => openFile(organizationId, new Types.ObjectId(), id),
      () => openFile(organizationId, about, new Types.ObjectId()),
    ]) {
      expect((await problemFrom(wrong())).problem).to.equal('not-found');
    }
  });

  it('get a harmless name and type', async () => {
    const names: [string, string][] = [
      ['../../etc/passwd', 'passwd'],
      ['C:\\secret\\plan.pdf', 'plan.pdf'],
      ['bad\r\nname\u0000\u202Etxt.exe', 'badnametxt.exe'],
      ['', 'file'],
      ['Übersicht 2026.pdf', 'Übersicht 2026.pdf'],
    ];
    for (const [given, stored] of names) {
      const { about } = await attached(aFile({ name: given, type: 'text/html; charset=x' }));
      const [view] = await filesAbout(organizationId, about);
      expect(view).to.include({ name: stored, type: 'application/octet-stream' });
    }
  });

  it('are refused when too large or too many', async () => {
    const large = aFile({ content: Buffer.alloc(defaults.files.maxBytes + 1) });
    const many = Array.from({ length: defaults.files.maxCount + 1 }, () => aFile());
    for (const files of [[large], many]) {
      expect((await problemFrom(stageFiles(organizationId, files))).problem).to.equal('too-large');
    }
  });

  it('are swept away when nothing took them, and only then', async () => {
    const [left = new Types.ObjectId()] = await stageFiles(organizationId, [aFile()]);
    const { id: taken } = await attached(aFile());
    const row = await FileModel.findOne({ _id: left, organizationId }).orFail();
    await sweepStagedFiles();
    expect(await FileModel.exists({ _id: left, organizationId })).not.to.equal(null);
    sinon.useFakeTimers({ now: Date.now() + 3_700_000, toFake: ['Date'] });
    expect(await sweepStagedFiles()).to.equal(1);
    expect(await FileModel.exists({ _id: left, organizationId })).to.equal(null);
    expect(await FileChunkModel.exists({ fileId: left, organizationId })).to.equal(null);
    expect((await loadDataKeys([row.keyId])).size).to.equal(0);
    expect(await FileModel.exists({ _id: taken, organizationId })).not.to.equal(null);
  });

  it('are gone with their keys once erased', async () => {
    const { id, about } = await attached(aFile());
    const { keyId } = await FileModel.findOne({ _id: id, organizationId }).orFail();
    expect(await inTransaction(() => eraseFilesAbout(organizationId, about))).to.equal(1);
    expect((await loadDataKeys([keyId])).size).to.equal(0);
    expect(await filesAbout(organizationId, about)).to.deep.equal([]);
    expect(await FileChunkModel.exists({ fileId: id, organizationId })).to.equal(null);
  });
});
