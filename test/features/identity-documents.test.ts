import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import mongoose, { type Types } from 'mongoose';
import sharp from 'sharp';
import sinon, { type SinonFakeTimers } from 'sinon';
import { config } from '../../config/index.ts';
import { prepareInstallation } from '../../server/database/installation.ts';
import { auditTrailOf } from '../../server/features/audit/service.ts';
import { FileChunkModel, FileModel } from '../../server/features/files/model.ts';
import { openFile } from '../../server/features/files/service.ts';
import { IdentityDocumentModel } from '../../server/features/identity/proof-model.ts';
import { deleteOldDocuments, documentsOf } from '../../server/features/identity/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { inTransaction } from '../../server/database/transaction.ts';
import { moveRequest } from '../../server/features/requests/moving.ts';
import { sendDocument } from '../../server/features/requests/proof-person.ts';
import {
  askPersonForDocument,
  decideOnDocument,
  identityForStaff,
  viewPersonsDocument,
} from '../../server/features/requests/proof-staff.ts';
import { scanForViruses } from '../../server/security/virus-scan.ts';
import { bytesOf, loadDataKeys } from '../../server/security/data-keys.ts';
import { compactDatabase } from '../../scripts/db/compact.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { connectFreshDatabase, dropDatabase } from '../support/database.ts';
import { anOrganization } from '../support/organizations.ts';
import { problemFrom } from '../support/problems.ts';
import {
  allowDocuments,
  aPhoto,
  aPictureThatClaims,
  aWaitingDocument,
  newestDocument,
} from '../support/proofs.ts';
import { filesBelow } from '../support/raw-search.ts';
import { aMember, aRequestByMail, mailsTo, requestByReference } from '../support/requests.ts';
import { givenServer } from '../support/server.ts';

const HOUR = 3_600_000;
const accepted = { verdict: 'accepted', kind: 'passport', country: 'DE' } as const;

describe('An identity document', function () {
  let organization: Organization;
  let clock: SinonFakeTimers | undefined;

  before(async () => {
    await connectFreshDatabase();
    await prepareInstallation();
    organization = await anOrganization();
  });
  afterEach(() => {
    clock?.restore();
    clock = undefined;
  });
  after(dropDatabase);

  const passes = (ms: number) => {
    clock ??= sinon.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
    clock.setSystemTime(Date.now() + ms);
  };

  /** What is stored of a document: the row of its file, its pieces and its wrapped key. */
  async function storedBytes(documentId: Types.ObjectId) {
    const { _id: organizationId } = organization;
    const file = await FileModel.findOne({ organizationId, 'about.id': documentId })
      .orFail()
      .lean();
    const chunks = await FileChunkModel.find({ organizationId, fileId: file._id }).lean();
    const keys = mongoose.connection.collection('dataKeys');
    const key = await keys.findOne({ _id: file.keyId }, { comment: OF_A_TEST });
    const { wrapped } = key as unknown as { wrapped: { buffer: Uint8Array } };
    return { file, chunks, wrapped: Buffer.from(bytesOf(wrapped)) };
  }

  const isInRawFolder = (bytes: Buffer) =>
    filesBelow(`${config.dataDir}/database`).some((file) => readFileSync(file).includes(bytes));

  it('is only taken where the rules allow it, staff asked for it, and gave a reason', async () => {
    const without = await anOrganization();
    const officer = await aMember(without);
    const { row, person, email } = await aRequestByMail(without);
    const off = await problemFrom(askPersonForDocument(officer, row._id, 'Because we want it.'));
    expect(off.code).to.equal('documents-off');
    const early = await problemFrom(sendDocument(person, await aPhoto()));
    expect(early.code).to.equal('identity-not-asked');
    await allowDocuments(without);
    await askPersonForDocument(officer, row._id, 'There is no other record to compare.');
    const asked = (await mailsTo(email)).at(-1);
    expect(asked?.subject).to.include('a document is needed');
    await sendDocument(person, await aPhoto());
    const { pauses } = await requestByReference(without, row.reference);
    expect(pauses[0]).to.include({ kind: 'identity' });
    expect(pauses[0]?.answeredAt).to.be.an.instanceOf(Date);
  });

  it('is not taken for a request that ends while it is read', async () => {
    await allowDocuments(organization);
    const officer = await aMember(organization);
    const { row, person } = await aRequestByMail(organization);
    await askPersonForDocument(officer, row._id, 'There is no other record to compare.');
    const stores = sinon.stub(FileModel, 'create').callsFake(async (...given: unknown[]) => {
      stores.restore();
      await inTransaction(() => moveRequest(person, row._id, { name: 'withdraw' }));
      return FileModel.create(...(given as Parameters<typeof FileModel.create>));
    });
    const late = await problemFrom(sendDocument(person, await aPhoto()));
    expect(late.code).to.equal('identity-not-asked');
    expect(await documentsOf(organization._id, row._id)).to.deep.equal([]);
  });

  it('is refused when it is too large, no picture or PDF, or cannot be drawn', async () => {
    const { row, person } = await aWaitingDocument(organization);
    const large = Buffer.concat([await aPhoto(), Buffer.alloc(5 * 1024 * 1024)]);
    const cases: [Buffer, string][] = [
      [large, 'document.too-large'],
      [Buffer.from('GIF89a and more'), 'document.type'],
      [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'document.type'],
      [Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(400)]), 'document.broken'],
      [await aPictureThatClaims(16_001, 1_000), 'document.too-many-pixels'],
    ];
    for (const [content, code] of cases) {
      const problem = await problemFrom(sendDocument(person, content));
      expect(problem.errors[0]?.code).to.equal(code);
    }
    const { documents } = await identityForStaff(await aMember(organization), row._id);
    expect(documents).to.have.length(1);
  });

  it('is drawn anew, so that nothing hidden in the picture is left', async () => {
    const hidden = 'taken at 52.5163 N 13.3777 E';
    const photo = await aPhoto(hidden);
    expect(photo.includes(hidden)).to.equal(true);
    const { row, officer, documentId } = await aWaitingDocument(organization, {}, photo);
    const { content } = await viewPersonsDocument(officer, row._id, documentId, 'decide');
    const { exif, xmp, icc, format } = await sharp(content).metadata();
    expect({ exif, xmp, icc, format }).to.deep.equal({
      exif: undefined,
      xmp: undefined,
      icc: undefined,
      format: 'jpeg',
    });
    expect(content.includes(hidden)).to.equal(false);
  });

  it('stays with the one reviewer who opened it, and each look is recorded with its reason', async () => {
    const { row, officer, documentId } = await aWaitingDocument(organization);
    const colleague = await aMember(organization);
    await viewPersonsDocument(officer, row._id, documentId, 'decide');
    const other = await problemFrom(viewPersonsDocument(colleague, row._id, documentId, 'decide'));
    expect(other.code).to.equal('document-in-review');
    const decision = await problemFrom(decideOnDocument(colleague, row._id, documentId, accepted));
    expect(decision.code).to.equal('document-unseen');
    const stranger = await aMember(await anOrganization());
    const foreign = await problemFrom(viewPersonsDocument(stranger, row._id, documentId, 'decide'));
    expect(foreign.problem).to.equal('not-found');
    const trail = await auditTrailOf(organization._id, { kind: 'request', id: row._id });
    const looks = trail.filter(({ action }) => action === 'identity.document-viewed');
    expect(looks).to.have.length(1);
    expect(looks[0]).to.deep.include({
      actorId: officer.id,
      facts: { document: documentId.toHexString(), reason: 'decide' },
    });
  });

  it('is shown once: again only while the page may be loaded anew', async () => {
    const { row, officer, documentId } = await aWaitingDocument(organization);
    const view = (staff = officer) => viewPersonsDocument(staff, row._id, documentId, 'look-again');
    await view();
    passes(3 * 60_000);
    await view();
    passes(3 * 60_000);
    expect((await problemFrom(view())).code).to.equal('document-viewed');
    passes(24 * HOUR);
    await view(await aMember(organization));
  });

  it('is gone with the decision: from the rows, from the raw data folder, and for any copy', async function () {
    if (givenServer !== null) this.skip();
    const { row, officer, documentId } = await aWaitingDocument(organization);
    const { file, chunks, wrapped } = await storedBytes(documentId);
    const piece = Buffer.from(bytesOf(chunks[0]!.sealed)).subarray(40, 200);
    expect(isInRawFolder(piece), 'the ciphertext before').to.equal(true);
    expect(isInRawFolder(wrapped), 'the wrapped key before').to.equal(true);

    await viewPersonsDocument(officer, row._id, documentId, 'decide');
    await decideOnDocument(officer, row._id, documentId, accepted);
    await compactDatabase({ db: mongoose.connection.getClient().db(mongoose.connection.name) });
    expect(isInRawFolder(piece), 'the ciphertext after').to.equal(false);
    expect(isInRawFolder(wrapped), 'the wrapped key after').to.equal(false);

    // The rows of an earlier copy, put back: without the key they open nothing.
    await FileModel.create(file);
    for (const chunk of chunks) await FileChunkModel.create(chunk);
    expect((await loadDataKeys([file.keyId])).size).to.equal(0);
    const opened = await problemFrom(openFile(organization._id, documentId, file._id));
    expect(opened.problem).to.equal('not-found');
    const again = await problemFrom(viewPersonsDocument(officer, row._id, documentId, 'decide'));
    expect(again.code).to.equal('document-gone');

    const { provenLevel } = await requestByReference(organization, row.reference);
    expect(provenLevel).to.equal(3);
    const { documents } = await identityForStaff(officer, row._id);
    expect(documents[0]).to.include({
      state: 'accepted',
      kind: 'passport',
      country: 'DE',
      reviewerRole: 'privacy-officer',
    });
    expect(documents[0]?.decidedAt).to.be.an.instanceOf(Date);
  });

  it('is gone when it is not accepted, and the person is told that another may be sent', async () => {
    const { row, person, email, officer, documentId } = await aWaitingDocument(organization);
    await viewPersonsDocument(officer, row._id, documentId, 'decide');
    await decideOnDocument(officer, row._id, documentId, { ...accepted, verdict: 'rejected' });
    const { _id: organizationId } = organization;
    expect(await FileModel.exists({ organizationId, 'about.id': documentId })).to.equal(null);
    expect((await requestByReference(organization, row.reference)).provenLevel).to.equal(1);
    expect((await mailsTo(email)).at(-1)?.subject).to.include('please try again');
    await sendDocument(person, await aPhoto());
    expect(await newestDocument(organization, row._id)).not.to.deep.equal(documentId);
  });

  it('is gone after seven days that nobody looked, and 72 hours when somebody did', async () => {
    const unseen = await aWaitingDocument(organization);
    const seen = await aWaitingDocument(organization);
    await viewPersonsDocument(seen.officer, seen.row._id, seen.documentId, 'decide');
    const stateOf = async (id: Types.ObjectId) =>
      (await IdentityDocumentModel.findOne({ _id: id, organizationId: organization._id }))?.state;
    passes(71 * HOUR);
    await deleteOldDocuments();
    expect(await stateOf(seen.documentId)).to.equal('waiting');
    passes(2 * HOUR);
    await deleteOldDocuments();
    expect(await stateOf(seen.documentId)).to.equal('expired');
    expect(await stateOf(unseen.documentId)).to.equal('waiting');
    passes(96 * HOUR);
    await Promise.all([deleteOldDocuments(), deleteOldDocuments()]);
    expect(await stateOf(unseen.documentId)).to.equal('expired');
    const { _id: organizationId } = organization;
    for (const { documentId } of [unseen, seen]) {
      expect(await FileModel.exists({ organizationId, 'about.id': documentId })).to.equal(null);
    }
  });

  it('is shown to a scanner where there is one, and not taken without its verdict', async () => {
    const verdicts: string[] = [];
    const clamd = createServer((socket) => {
      let read = 0;
      socket.on('data', (part) => {
        read += part.length;
        if (read >= 10 + 4 + 5 + 4) socket.end(verdicts.shift() ?? '');
      });
    });
    clamd.listen(0, '127.0.0.1');
    await once(clamd, 'listening');
    const address = `127.0.0.1:${(clamd.address() as AddressInfo).port}`;
    verdicts.push('stream: OK\0', 'stream: Eicar-Test FOUND\0', 'stream: ERROR\0');
    const bytes = Buffer.from('bytes');
    expect(await scanForViruses(bytes, address)).to.equal('clean');
    expect(await scanForViruses(bytes, address)).to.equal('infected');
    const failed = await scanForViruses(bytes, address).catch((error: unknown) => error);
    expect(failed).to.be.an.instanceOf(Error);
    clamd.close();
    expect(await scanForViruses(bytes, null)).to.equal('none');
  });
});
