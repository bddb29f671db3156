import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import sinon, { type SinonFakeTimers } from 'sinon';
import { prepareInstallation } from '../../server/database/installation.ts';
import { auditTrailOf } from '../../server/features/audit/service.ts';
import { openStagedFile } from '../../server/features/files/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { packageOf } from '../../server/features/packages/service.ts';
import { requestCounts } from '../../server/features/requests/counting.ts';
import { listRequests } from '../../server/features/requests/listing.ts';
import { writeToPerson } from '../../server/features/requests/messages.ts';
import {
  assignRequest,
  completeRequest,
  extendRequest,
  refuseRequest,
} from '../../server/features/requests/moves.ts';
import { addNote } from '../../server/features/requests/notes.ts';
import {
  requestForPerson,
  withdrawRequest,
  writeAsPerson,
} from '../../server/features/requests/portal.ts';
import { fileForStaff, openRequest } from '../../server/features/requests/reading.ts';
import type { StaffMember } from '../../server/features/staff/service.ts';
import { connectFreshDatabase, dropDatabase } from '../support/database.ts';
import { aStagedFile, contentOf } from '../support/files.ts';
import { anOrganization } from '../support/organizations.ts';
import { problemFrom } from '../support/problems.ts';
import {
  aMember,
  anUnverifiedRequest,
  aRequest,
  mailsTo,
  requestByReference,
} from '../support/requests.ts';
import { Types } from 'mongoose';

describe('Answering a request', () => {
  let organization: Organization;
  let officer: StaffMember;
  let clock: SinonFakeTimers | undefined;

  before(async () => {
    await connectFreshDatabase();
    await prepareInstallation();
    organization = await anOrganization();
    officer = await aMember(organization);
  });
  afterEach(() => {
    clock?.restore();
    clock = undefined;
  });
  after(dropDatabase);

  const message = (text: string) => ({ formKey: randomUUID(), text });
  const note = (text: string) => ({ formKey: randomUUID(), note: text });

  it('begins when somebody is put in charge, who is told unless they did it themselves', async () => {
    const { row } = await aRequest(organization);
    const agent = await aMember(organization, 'agent');
    const before = (await mailsTo(agent.account.email)).length;
    const standing = await assignRequest(officer, row._id, {
      version: row.version,
      assigneeId: new Types.ObjectId(agent.id),
    });
    expect(standing).to.include({ state: 'in-progress', version: row.version + 1 });
    expect(await mailsTo(agent.account.email)).to.have.length(before + 1);
    await assignRequest(agent, row._id, { version: row.version + 1, assigneeId: null });
    const view = await openRequest(officer, row._id);
    expect(view).to.include({ assigneeId: null, state: 'in-progress' });
  });

  it('refuses to put an auditor or a stranger in charge', async () => {
    const { row } = await aRequest(organization);
    const auditor = await aMember(organization, 'auditor');
    for (const one of [auditor, await aMember(await anOrganization())]) {
      const assigneeId = new Types.ObjectId(one.id);
      const problem = await problemFrom(
        assignRequest(officer, row._id, { version: row.version, assigneeId }),
      );
      expect(problem.errors[0]?.pointer).to.equal('/assigneeId');
    }
  });

  it('lets only one of two people decide', async () => {
    const { row } = await aRequest(organization);
    const { version } = row;
    const decisions = await Promise.allSettled([
      completeRequest(officer, row._id, { version, text: 'Here it is.' }, []),
      refuseRequest(await aMember(organization), row._id, {
        version,
        ground: 'excessive',
        text: 'Too much.',
      }),
    ]);
    expect(decisions.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    const problem = decisions.find((one) => one.status === 'rejected')?.reason as { code: string };
    expect(problem.code).to.be.oneOf(['moved-meanwhile', 'not-allowed-now']);
  });

  it('meets a decision on what somebody no longer sees with a conflict', async () => {
    const { row, person } = await aRequest(organization);
    await writeAsPerson(person, message('One more thing.'));
    const late = completeRequest(officer, row._id, { version: row.version, text: 'Done.' }, []);
    expect(await problemFrom(late)).to.include({ problem: 'conflict', code: 'moved-meanwhile' });
  });

  it('does nothing with a request that nobody has proved', async () => {
    const row = await anUnverifiedRequest(organization);
    const early = completeRequest(officer, row._id, { version: row.version, text: 'Done.' }, []);
    expect(await problemFrom(early)).to.include({
      problem: 'not-allowed-now',
      code: 'not-allowed-now',
    });
    expect((await problemFrom(writeToPerson(officer, row._id, message('Hi')))).code).to.equal(
      'request-closed',
    );
  });

  it('carries messages both ways, and notes only among staff', async () => {
    const { row, person, email } = await aRequest(organization);
    const before = (await mailsTo(officer.account.email)).length;
    await writeToPerson(officer, row._id, message('Which orders do you mean?'));
    await addNote(officer, row._id, note('Looks like a former customer.'));
    await writeAsPerson(person, message('Those of May, paid with 4242424242424242.'));
    const seen = await requestForPerson(person);
    expect(seen.messages.map(({ author, text }) => [author, text])).to.deep.equal([
      ['office', 'Which orders do you mean?'],
      ['you', 'Those of May, paid with ••••••••••••4242.'],
    ]);
    expect(JSON.stringify(seen)).not.to.include('former customer').and.not.to.include(officer.id);
    const view = await openRequest(officer, row._id);
    expect(view.messages.map(({ kind }) => kind)).to.deep.equal(['staff', 'person']);
    expect(view.notes.map(({ note: text }) => text)).to.deep.equal([
      'Looks like a former customer.',
    ]);
    const told = (await mailsTo(email)).at(-1);
    expect(told?.subject).to.equal(`Request ${row.reference}: a message for you`);
    expect(told?.text).not.to.include('Which orders');
    expect(await mailsTo(officer.account.email)).to.have.length(before + 1);
  });

  it('counts a message once, however often its form is sent', async () => {
    const { row, email } = await aRequest(organization);
    const before = (await mailsTo(email)).length;
    const twice = message('Hello');
    await Promise.all([
      writeToPerson(officer, row._id, twice),
      writeToPerson(officer, row._id, twice),
    ]);
    expect((await openRequest(officer, row._id)).messages).to.have.length(1);
    expect(await mailsTo(email)).to.have.length(before + 1);
  });

  it('extends once, from the day of receipt, and tells the person the new date', async () => {
    const { row, person, email } = await aRequest(organization);
    const first = row.deadlines.effectiveDue;
    const notice = { version: row.version, reason: 'complexity', text: 'Three archives.' } as const;
    const { version } = await extendRequest(officer, row._id, notice);
    const view = await openRequest(officer, row._id);
    expect(view.deadlines.isExtended).to.equal(true);
    expect(view.deadlines.effectiveDue > first).to.equal(true);
    expect(view.extension).to.include({ reason: 'complexity', text: 'Three archives.' });
    expect((await requestForPerson(person)).extension?.text).to.equal('Three archives.');
    const told = (await mailsTo(email)).at(-1);
    expect(told?.subject).to.equal(`Request ${row.reference}: a new date`);
    expect(told?.text).not.to.include('Three archives');
    const again = extendRequest(officer, row._id, { ...notice, version });
    expect((await problemFrom(again)).code).to.equal('extension-already-extended');
  });

  it('does not extend once the first period has passed', async () => {
    const { row } = await aRequest(organization);
    clock = sinon.useFakeTimers({ now: Date.now() + 40 * 86_400_000, toFake: ['Date'] });
    const late = extendRequest(officer, row._id, {
      version: row.version,
      reason: 'complexity',
      text: 'Too late.',
    });
    expect((await problemFrom(late)).code).to.equal('extension-too-late');
  });

  it('refuses on a ground that fits, with reasons for the person alone', async () => {
    const { row, person, email } = await aRequest(organization, { right: 'deletion' });
    const { version } = row;
    const odd = refuseRequest(officer, row._id, {
      version,
      ground: 'rights-of-others',
      text: 'No.',
    });
    expect((await problemFrom(odd)).errors[0]?.pointer).to.equal('/ground');
    await refuseRequest(officer, row._id, {
      version,
      ground: 'legal-obligation',
      text: 'Invoices are kept for ten years.',
    });
    const seen = await requestForPerson(person);
    expect(seen).to.include({ state: 'refused', canWrite: false, canWithdraw: false });
    expect(seen.outcome).to.include({ kind: 'refused', ground: 'legal-obligation' });
    expect(seen.outcome?.text).to.equal('Invoices are kept for ten years.');
    const told = (await mailsTo(email)).at(-1);
    expect(told?.subject).to.equal(`Request ${row.reference}: your answer`);
    expect(told?.text).not.to.match(/invoice|refus/iu);
  });

  it('does not refuse an opt-out for want of proof', async () => {
    const optOut = { right: 'objection', country: 'US', state: 'CA' } as const;
    const { row } = await aRequest(organization, optOut);
    expect((await openRequest(officer, row._id)).grounds).not.to.include('identity-not-proved');
  });

  it('completes with a text and files, which count as reviewed by who decides', async () => {
    const { row, person } = await aRequest(organization);
    const content = Buffer.from('order;amount\n1;10\n');
    const staged = await aStagedFile(organization, {
      name: 'orders.csv',
      type: 'text/csv',
      content,
    });
    await completeRequest(officer, row._id, { version: row.version, text: 'Here it is.' }, staged);
    const seen = await requestForPerson(person);
    expect(seen).to.include({ state: 'completed' }).and.not.have.property('files');
    expect(seen.outcome).to.include({ kind: 'completed', ground: null, text: 'Here it is.' });
    expect(seen.answer).to.include({ state: 'released' });
    const gathered = await packageOf(organization._id, row._id);
    expect(gathered?.items).to.have.length(1);
    expect(gathered?.items[0]).to.include({ kind: 'document', verdict: 'clear' });
    expect(gathered?.items[0]?.reviewedBy?.toHexString()).to.equal(officer.id);
    const { files } = await openRequest(officer, row._id);
    expect(files).to.deep.equal([
      { id: staged[0]?.toHexString(), name: 'orders.csv', size: content.length },
    ]);
    const file = await fileForStaff(officer, row._id, staged[0]!);
    expect(file).to.include({ name: 'orders.csv', type: 'text/csv' });
    expect(await contentOf(file)).to.deep.equal(content);
    const after = await requestByReference(organization, row.reference);
    expect(after).to.include({ nextActionAt: null, group: 'closed' });
    const trail = await auditTrailOf(organization._id, { kind: 'request', id: row._id });
    expect(trail.map(({ action }) => action)).to.include.members([
      'request.received',
      'request.verified',
      'request.completed',
      'package.item-reviewed',
      'package.released',
      'request.file-read',
    ]);
  });

  it('leaves files alone when it does not go through', async () => {
    const { row } = await aRequest(organization);
    const staged = await aStagedFile(organization);
    const stale = completeRequest(officer, row._id, { version: 99, text: 'Done.' }, staged);
    expect((await problemFrom(stale)).code).to.equal('moved-meanwhile');
    expect(await packageOf(organization._id, row._id)).to.equal(null);
    expect((await openStagedFile(organization._id, staged[0]!)).name).to.equal('a.txt');
  });

  it('opens no file of one request under another', async () => {
    const [one, other] = [await aRequest(organization), await aRequest(organization)];
    const staged = await aStagedFile(organization);
    const { version } = one.row;
    await completeRequest(officer, one.row._id, { version, text: 'Done.' }, staged);
    const foreign = fileForStaff(officer, other.row._id, staged[0]!);
    expect((await problemFrom(foreign)).problem).to.equal('not-found');
  });

  it('ends at the wish of the person, and staff are told', async () => {
    const { row, person, email } = await aRequest(organization);
    await withdrawRequest(person, { version: row.version });
    expect((await mailsTo(email)).at(-1)?.subject).to.equal(`Request ${row.reference}: withdrawn`);
    expect(await requestForPerson(person)).to.include({ state: 'withdrawn' });
    const told = (await mailsTo(officer.account.email)).at(-1);
    expect(told?.subject).to.equal(`Request ${row.reference}: withdrawn`);
    const late = writeAsPerson(person, message('Sorry'));
    expect((await problemFrom(late)).code).to.equal('request-closed');
  });

  it('hides every request from the staff of other organisations', async () => {
    const { row } = await aRequest(organization);
    const stranger = await aMember(await anOrganization());
    const { version } = row;
    const calls = [
      () => assignRequest(stranger, row._id, { version, assigneeId: null }),
      () => completeRequest(stranger, row._id, { version, text: 'Done.' }, []),
      () => refuseRequest(stranger, row._id, { version, ground: 'excessive', text: 'No.' }),
      () => extendRequest(stranger, row._id, { version, reason: 'complexity', text: 'More.' }),
      () => writeToPerson(stranger, row._id, message('Hi')),
      () => addNote(stranger, row._id, note('Hi')),
      () => openRequest(stranger, row._id),
    ];
    for (const call of calls) {
      expect((await problemFrom(call())).problem).to.equal('not-found');
    }
  });
});

describe('The queue', () => {
  let organization: Organization;
  let officer: StaffMember;
  let clock: SinonFakeTimers | undefined;

  before(async () => {
    await connectFreshDatabase();
    await prepareInstallation();
    organization = await anOrganization();
    officer = await aMember(organization);
  });
  afterEach(() => clock?.restore());
  after(dropDatabase);

  it('puts the most urgent first, counts, filters, and records the look', async () => {
    const gdpr = await aRequest(organization);
    const optOut = await aRequest(organization, { right: 'objection', country: 'US', state: 'CA' });
    const unverified = await anUnverifiedRequest(organization, { name: 'Not Yet' });
    await assignRequest(officer, gdpr.row._id, {
      version: gdpr.row.version,
      assigneeId: new Types.ObjectId(officer.id),
    });
    const { rows } = await listRequests(officer, { group: 'open' });
    expect(rows.map(({ reference }) => reference)).to.deep.equal([
      optOut.row.reference,
      gdpr.row.reference,
    ]);
    expect(rows[0]).to.include({ name: 'Ada Beispiel', isOverdue: false });
    const found = async (filters: Omit<Parameters<typeof listRequests>[1], 'group'>) =>
      (await listRequests(officer, { group: 'open', ...filters })).rows.map(({ id }) => id);
    const [a, b] = [gdpr.row._id.toHexString(), optOut.row._id.toHexString()];
    expect(await found({ regime: 'gdpr' })).to.deep.equal([a]);
    expect(await found({ right: 'objection' })).to.deep.equal([b]);
    expect(await found({ assignee: 'me' })).to.deep.equal([a]);
    expect(await found({ assignee: 'none' })).to.deep.equal([b]);
    expect(await found({ due: 'overdue' })).to.deep.equal([]);
    const waiting = await listRequests(officer, { group: 'unverified' });
    expect(waiting.rows.map(({ id }) => id)).to.deep.equal([unverified._id.toHexString()]);
    clock = sinon.useFakeTimers({ now: Date.now() + 28 * 86_400_000, toFake: ['Date'] });
    expect(await found({ due: 'overdue' })).to.deep.equal([b]);
    expect(await found({ due: 'soon' })).to.deep.equal([a]);
    expect(await requestCounts(organization)).to.deep.equal({
      open: 2,
      unverified: 1,
      overdue: 1,
      dueSoon: 1,
      unassigned: 1,
      closed: 0,
    });
    const looks = await auditTrailOf(organization._id, { kind: 'queue', id: 'unverified' });
    expect(looks.map(({ facts }) => facts)).to.deep.equal([{ count: 1 }]);
  });

  it('goes through all pages without losing or repeating a request', async () => {
    const large = await anOrganization();
    const member = await aMember(large);
    for (let at = 0; at < 52; at += 1) await anUnverifiedRequest(large);
    const first = await listRequests(member, { group: 'unverified' });
    expect(first.rows).to.have.length(50);
    const second = await listRequests(member, { group: 'unverified', cursor: first.next ?? '' });
    expect(second.rows).to.have.length(2);
    expect(second.next).to.equal(null);
    const ids = [...first.rows, ...second.rows].map(({ id }) => id);
    expect(new Set(ids).size).to.equal(52);
  });
});
