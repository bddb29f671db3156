import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import Sinon from 'sinon';
import { auditTrailOf } from '../../server/features/audit/service.ts';
import {
  changeOrganization,
  organizationById,
  type Organization,
} from '../../server/features/organizations/service.ts';
import { RequestModel, type RequestRow } from '../../server/features/requests/model.ts';
import { writeToPerson } from '../../server/features/requests/messages.ts';
import { extendRequest } from '../../server/features/requests/moves.ts';
import {
  beginPause,
  datesOf,
  isLateToAsk,
  noteClarified,
} from '../../server/features/requests/pauses.ts';
import { writeAsPerson } from '../../server/features/requests/portal.ts';
import { attendToRequests } from '../../server/features/requests/sweep.ts';
import { inTransaction } from '../../server/database/transaction.ts';
import { useApp } from '../support/app.ts';
import { anOrganization } from '../support/organizations.ts';
import { aRequest, mailsTo } from '../support/requests.ts';
import { aStaffMember, clientOf } from '../support/staff.ts';
import type { StaffMember } from '../../server/features/staff/service.ts';

const RECEIVED = new Date('2026-03-05T09:00:00Z');
const at = (day: string) => new Date(`${day}T09:00:00Z`);

describe('The clock of a request', () => {
  useApp();
  let organization: Organization;
  let staff: StaffMember;
  let clock: Sinon.SinonFakeTimers;
  beforeEach(() => {
    clock = Sinon.useFakeTimers({ now: RECEIVED, toFake: ['Date'] });
  });
  afterEach(() => {
    clock.restore();
  });
  before(async () => {
    organization = await anOrganization({
      timeZone: 'Europe/London',
      promiseDays: null,
      calendar: 'UK-EAW',
      closingDays: ['2026-04-03'],
    });
    staff = await aStaffMember(organization);
  });

  const rowOf = (_id: RequestRow['_id']) =>
    RequestModel.findOne({ _id, organizationId: organization._id }).orFail().lean();
  const question = () => ({ formKey: randomUUID(), text: 'Which order do you mean?', asks: true });

  it('counts the holidays of the establishment, and rings before a closing day', async () => {
    const { row } = await aRequest(organization, { country: 'IE' });
    expect(row.deadlines).to.include({ due: '2026-04-07', safeDue: '2026-04-05' });
    clock.setSystemTime(at('2026-03-03'));
    const easter = await aRequest(organization, { country: 'IE' });
    expect(easter.row.deadlines).to.include({ safeDue: '2026-04-03', alarmOn: '2026-04-02' });
  });

  it('stands still while a question waits, and runs on with the answer', async () => {
    const { row, person } = await aRequest(organization, { country: 'GB' });
    clock.setSystemTime(at('2026-03-10'));
    const asked = await writeToPerson(staff, row._id, question());
    const paused = await rowOf(row._id);
    expect(asked.version).to.equal(paused.version);
    expect(paused.deadlines).to.include({ due: null, isPaused: true, alarmOn: '2026-04-05' });
    clock.setSystemTime(at('2026-03-20'));
    await writeAsPerson(person, { formKey: randomUUID(), text: 'The one of May.' });
    const after = await rowOf(row._id);
    expect(after.deadlines).to.include({
      due: '2026-04-16',
      safeDue: '2026-04-15',
      pausedDays: 11,
      isPaused: false,
    });
    expect(after.urgentOn).to.equal('2026-04-15');
    expect(after.deadlines.trace.map(({ code }) => code)).to.include('pause-added');
    const trail = await auditTrailOf(organization._id, { kind: 'request', id: row._id });
    const actions = trail.map(({ action }) => action);
    expect(actions).to.include.members(['request.paused', 'request.resumed']);
  });

  it('does not stop where the law knows no such pause', async () => {
    const { row } = await aRequest(organization, { country: 'US', state: 'CA' });
    await writeToPerson(staff, row._id, question());
    expect((await rowOf(row._id)).deadlines).to.include({ due: '2026-04-19', isPaused: false });
  });

  it('asks again every seven days until the answer is there', async () => {
    const { row, email } = await aRequest(organization, { country: 'GB' });
    await writeToPerson(staff, row._id, question());
    const questions = async () =>
      (await mailsTo(email)).filter(({ subject }) => subject.includes('a question for you')).length;
    expect(await questions()).to.equal(1);
    clock.setSystemTime(at('2026-03-12'));
    await attendToRequests();
    expect(await questions()).to.equal(2);
    await noteClarified(staff, row._id);
    clock.setSystemTime(at('2026-03-26'));
    await attendToRequests();
    expect(await questions()).to.equal(2);
  });

  it('is extended from its start, with the pauses', async () => {
    const { row } = await aRequest(organization, { country: 'GB' });
    await writeToPerson(staff, row._id, question());
    clock.setSystemTime(at('2026-03-15'));
    const { version } = await noteClarified(staff, row._id);
    await extendRequest(staff, row._id, { version, reason: 'complexity', text: 'It is a lot.' });
    expect((await rowOf(row._id)).deadlines).to.include({
      isExtended: true,
      pausedDays: 11,
      effectiveDue: '2026-06-16',
    });
  });

  it('keeps the promise of its receipt, which may give way to a longer law', async () => {
    const given = { timeZone: 'Europe/London', calendar: 'UK-EAW', promiseDays: 7 } as const;
    const yielding = await anOrganization({ ...given, promiseYields: true });
    const { row } = await aRequest(yielding, { country: 'GB' });
    expect(row.deadlines).to.include({ promiseDue: '2026-03-12', effectiveDue: '2026-04-07' });
    expect(row.deadlines.trace.map(({ code }) => code)).to.include('promise-gives-way');
    const { contacts, name, timeZone, languages, regimes, rights } = yielding;
    await changeOrganization(staff, yielding._id, {
      ...{ contacts, name, timeZone, languages, regimes, rights, promiseDays: 7 },
      ...{ promiseYields: false, requiresSecondFactor: false, policyUrl: null },
    });
    expect(datesOf(row).effectiveDue).to.equal('2026-04-07');
    const strict = await aRequest(await organizationById(yielding._id), { country: 'GB' });
    expect(strict.row.deadlines.effectiveDue).to.equal('2026-03-12');
  });

  it('warns when identity is asked for after five working days', async () => {
    const { row } = await aRequest(organization, { country: 'GB' });
    expect(isLateToAsk(row, at('2026-03-12'))).to.equal(false);
    expect(isLateToAsk(row, at('2026-03-13'))).to.equal(true);
  });

  it('counts one question once, however often it is asked', async () => {
    const { row } = await aRequest(organization, { country: 'DE' });
    const once = await inTransaction(() => beginPause(staff, row, 'identity'));
    const twice = await inTransaction(() => beginPause(staff, once, 'identity'));
    expect(twice.pauses).to.have.length(1);
  });

  it('tells staff and person that it stands still', async () => {
    clock.restore();
    const { row } = await aRequest(organization, { country: 'GB' });
    const client = await clientOf(organization, 'privacy-officer');
    const page = `/o/${organization.slug}/requests/${row._id.toHexString()}`;
    const sent = await client.submit(page, { text: 'Which one?', asks: 'yes' }, `${page}/messages`);
    expect(sent.text).to.include('The deadline waits for the answer of the person');
    const resumed = await client.submit(page, {}, `${page}/clarification`);
    expect(resumed.text).to.include('The deadline runs on.');
    expect((await rowOf(row._id)).deadlines.isPaused).to.equal(false);
  });
});
