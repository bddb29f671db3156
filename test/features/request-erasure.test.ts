import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { prepareInstallation } from '../../server/database/installation.ts';
import { inTransaction } from '../../server/database/transaction.ts';
import { ChallengeModel } from '../../server/features/identity/model.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { eraseRequest } from '../../server/features/requests/erasure.ts';
import { listRequests } from '../../server/features/requests/listing.ts';
import { writeToPerson } from '../../server/features/requests/messages.ts';
import { MessageModel, RequestModel } from '../../server/features/requests/model.ts';
import { completeRequest } from '../../server/features/requests/moves.ts';
import { requestForPerson } from '../../server/features/requests/portal.ts';
import { openRequest } from '../../server/features/requests/reading.ts';
import type { StaffMember } from '../../server/features/staff/service.ts';
import { proveSubject, subjectById } from '../../server/features/subjects/service.ts';
import { loadDataKeys } from '../../server/security/data-keys.ts';
import { connectFreshDatabase, dropDatabase } from '../support/database.ts';
import { aStagedFile } from '../support/files.ts';
import { anOrganization } from '../support/organizations.ts';
import { problemFrom } from '../support/problems.ts';
import { aMember, anUnverifiedRequest, aRequest, mailsTo } from '../support/requests.ts';

describe('Erasing a request', () => {
  let organization: Organization;
  let officer: StaffMember;

  before(async () => {
    await connectFreshDatabase();
    await prepareInstallation();
    organization = await anOrganization();
    officer = await aMember(organization);
  });
  after(dropDatabase);

  async function anAnsweredRequest(email: string) {
    const request = await aRequest(organization, { email });
    await writeToPerson(officer, request.row._id, { formKey: randomUUID(), text: 'Hello' });
    await completeRequest(
      officer,
      request.row._id,
      { version: request.row.version, text: 'Here it is.' },
      await aStagedFile(organization),
    );
    return request;
  }

  it('leaves nothing that can be read, of the request and of its person', async () => {
    const { row, person, email } = await anAnsweredRequest('last@person.test');
    await eraseRequest(officer, row._id);
    expect((await loadDataKeys([row.keyId])).size).to.equal(0);
    expect(await subjectById(organization._id, row.subjectId)).to.equal(null);
    const { _id: organizationId } = organization;
    expect(await MessageModel.exists({ organizationId, requestId: row._id })).to.equal(null);
    expect(await ChallengeModel.exists({ organizationId, requestId: row._id })).to.equal(null);
    expect(await mailsTo(email)).to.be.empty;
    expect((await problemFrom(openRequest(officer, row._id))).problem).to.equal('not-found');
    expect((await problemFrom(requestForPerson(person))).problem).to.equal('not-found');
    const { rows } = await listRequests(officer, { group: 'closed' });
    const shown = rows.find(({ id }) => id === row._id.toHexString());
    expect(shown).to.include({ name: null, reference: row.reference, state: 'completed' });
  });

  it('keeps the person while another request of theirs is there', async () => {
    const email = 'twice@person.test';
    const first = await anAnsweredRequest(email);
    const second = await aRequest(organization, { email });
    await eraseRequest(officer, first.row._id);
    expect(await subjectById(organization._id, second.row.subjectId)).to.include({ email });
    expect(await openRequest(officer, second.row._id)).to.include({ email });
  });

  it('keeps the person to whom another request is just being tied', async () => {
    const { _id: organizationId } = organization;
    const email = 'meanwhile@person.test';
    const first = await anAnsweredRequest(email);
    const second = await anUnverifiedRequest(organization, { email });
    const visitor = { kind: 'visitor', id: null, organizationId } as const;
    const tie = inTransaction(async () => {
      const subjectId = await proveSubject(visitor, organization, second.subjectId);
      await RequestModel.updateOne({ _id: second._id, organizationId }, { subjectId });
      await setTimeout(400);
    });
    await setTimeout(100);
    await Promise.all([tie, eraseRequest(officer, first.row._id)]);
    expect(await openRequest(officer, second._id)).to.include({ email });
  });

  it('waits until the request is closed', async () => {
    const { row } = await aRequest(organization);
    const early = await problemFrom(eraseRequest(officer, row._id));
    expect(early.problem).to.equal('not-allowed-now');
  });

  it('is not done by others', async () => {
    const { row } = await anAnsweredRequest('foreign@person.test');
    const stranger = await aMember(await anOrganization());
    expect((await problemFrom(eraseRequest(stranger, row._id))).problem).to.equal('not-found');
  });
});
