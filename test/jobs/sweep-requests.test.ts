import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import sinon, { type SinonFakeTimers } from 'sinon';
import mongoose, { Types } from 'mongoose';
import { sweepRequests } from '../../jobs/sweep-requests.ts';
import { prepareInstallation } from '../../server/database/installation.ts';
import { auditTrailOf } from '../../server/features/audit/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { addDays, instantAt } from '../../server/deadlines/days.ts';
import { enterByCode } from '../../server/features/requests/entrance.ts';
import { assignRequest, completeRequest } from '../../server/features/requests/moves.ts';
import type { RequestRow } from '../../server/features/requests/model.ts';
import type { StaffMember } from '../../server/features/staff/service.ts';
import { MailModel } from '../../server/mail/model.ts';
import { destroyDataKey } from '../../server/security/data-keys.ts';
import { connectFreshDatabase, dropDatabase } from '../support/database.ts';
import { anOrganization } from '../support/organizations.ts';
import { problemFrom } from '../support/problems.ts';
import {
  aMember,
  anUnverifiedRequest,
  aRequest,
  codeSentTo,
  mailsTo,
  requestByReference,
} from '../support/requests.ts';
import { killWorker, startSweepingWorker } from '../support/sweeping-worker.ts';

describe('The sweep of requests', () => {
  let clock: SinonFakeTimers;
  let organization: Organization;
  let officer: StaffMember;
  let agent: StaffMember;

  before(async () => {
    await connectFreshDatabase();
    await prepareInstallation();
  });
  after(dropDatabase);
  beforeEach(async () => {
    clock = sinon.useFakeTimers({ now: new Date('2035-03-02T10:00:00Z'), toFake: ['Date'] });
    organization = await anOrganization();
    officer = await aMember(organization);
    agent = await aMember(organization, 'agent');
  });
  afterEach(async () => {
    clock.setSystemTime(new Date('2040-01-01T00:00:00Z'));
    // What a test left open must not come up in the next one.
    await sweepRequests();
    clock.restore();
  });

  const at = (day: string, hour: number) => {
    clock.setSystemTime(instantAt(day, hour, organization.timeZone));
  };
  const subjectsTo = async (email: string) => (await mailsTo(email)).map(({ subject }) => subject);

  /** How long the database keeps the transaction of a client that is gone. */
  const keepTransactionsFor = (seconds: number) =>
    mongoose.connection
      .getClient()
      .db('admin')
      .command({ setParameter: 1, transactionLifetimeLimitSeconds: seconds });

  /** A verified request that the agent works on. */
  async function anAssignedRequest(): Promise<RequestRow> {
    const { row } = await aRequest(organization);
    const assigneeId = new Types.ObjectId(agent.id);
    await assignRequest(officer, row._id, { version: row.version, assigneeId });
    return requestByReference(organization, row.reference);
  }

  it('reminds the assignee at half, three quarters, 7, 3 and 1 days before, and on the day', async () => {
    const row = await anAssignedRequest();
    const { reference, urgentOn } = row;
    expect([row.deadlines.receivedOn, urgentOn]).to.deep.equal(['2035-03-02', '2035-04-02']);
    const seen = (await subjectsTo(agent.account.email)).length;
    const heard = (await subjectsTo(officer.account.email)).length;
    for (let day = '2035-03-02'; day <= urgentOn; day = addDays(day, 1)) {
      at(day, 10);
      await sweepRequests();
      await sweepRequests();
    }
    expect((await subjectsTo(agent.account.email)).slice(seen)).to.deep.equal(
      [
        'half of the time is gone',
        'three quarters of the time are gone',
        'a week left',
        'three days left',
        'one day left',
        'due today',
      ].map((text) => `Request ${reference}: ${text}`),
    );
    expect((await subjectsTo(officer.account.email)).slice(heard)).to.be.empty;
  });

  it('reminds at nine in the organisation’s morning, not before', async () => {
    const row = await anAssignedRequest();
    const seen = (await subjectsTo(agent.account.email)).length;
    at('2035-03-17', 8);
    await sweepRequests();
    expect(await subjectsTo(agent.account.email)).to.have.length(seen);
    at('2035-03-17', 9);
    await sweepRequests();
    const reminders = (await subjectsTo(agent.account.email)).slice(seen);
    expect(reminders).to.deep.equal([`Request ${row.reference}: half of the time is gone`]);
  });

  it('loses no reminder to a change of hands just before the sweep', async () => {
    const { row } = await aRequest(organization);
    at('2035-03-17', 9);
    const assigneeId = new Types.ObjectId(agent.id);
    await assignRequest(officer, row._id, { version: row.version, assigneeId });
    await sweepRequests();
    const subject = `Request ${row.reference}: half of the time is gone`;
    expect(await subjectsTo(agent.account.email)).to.include(subject);
  });

  it('reminds those who may decide when nobody is in charge', async () => {
    const { row } = await aRequest(organization);
    at('2035-03-17', 9);
    await sweepRequests();
    const subject = `Request ${row.reference}: half of the time is gone`;
    expect(await subjectsTo(officer.account.email)).to.include(subject);
    expect(await subjectsTo(agent.account.email)).not.to.include(subject);
  });

  it('escalates daily once a request is overdue, until it is answered', async () => {
    const row = await anAssignedRequest();
    at(row.urgentOn, 10);
    await sweepRequests();
    const subject = `Request ${row.reference}: overdue`;
    for (let day = 1; day <= 3; day += 1) {
      at(addDays(row.deadlines.effectiveDue, day), 10);
      await sweepRequests();
      for (const email of [
        agent.account.email,
        officer.account.email,
        organization.contacts.privacyOffice.email,
      ]) {
        const told = (await subjectsTo(email)).filter((one) => one === subject);
        expect(told, email).to.have.length(day);
      }
    }
    await completeRequest(officer, row._id, { version: row.version, text: 'Sorry.' }, []);
    at(addDays(row.deadlines.effectiveDue, 4), 10);
    await sweepRequests();
    const told = (await subjectsTo(agent.account.email)).filter((one) => one === subject);
    expect(told).to.have.length(3);
  });

  it('makes one reminder, the most urgent, of all that a downtime swallowed', async () => {
    const row = await anAssignedRequest();
    const seen = (await subjectsTo(agent.account.email)).length;
    at(addDays(row.urgentOn, -2), 12);
    await sweepRequests();
    expect((await subjectsTo(agent.account.email)).slice(seen)).to.deep.equal([
      `Request ${row.reference}: three days left`,
    ]);
    at(addDays(row.urgentOn, 12), 12);
    await sweepRequests();
    expect((await subjectsTo(agent.account.email)).slice(seen + 1)).to.deep.equal([
      `Request ${row.reference}: overdue`,
    ]);
  });

  it('does nothing twice when several workers sweep at once', async () => {
    const rows = [];
    for (let made = 0; made < 4; made += 1) rows.push(await anAssignedRequest());
    const seen = (await subjectsTo(agent.account.email)).length;
    at('2035-03-17', 12);
    await Promise.all([sweepRequests(), sweepRequests(), sweepRequests()]);
    expect((await subjectsTo(agent.account.email)).slice(seen).sort()).to.deep.equal(
      rows.map(({ reference }) => `Request ${reference}: half of the time is gone`).sort(),
    );
    for (const row of rows) {
      const trail = await auditTrailOf(organization._id, { kind: 'request', id: row._id });
      const reminded = trail.filter(({ action }) => action === 'request.reminded');
      expect(reminded).to.have.length(1);
      expect(reminded[0]?.facts).to.deep.equal({ kind: 'half', on: '2035-03-17' });
    }
  });

  it('neither loses nor repeats anything when workers are killed in the middle', async () => {
    const rows: RequestRow[] = [];
    for (let made = 0; made < 12; made += 1) rows.push((await aRequest(organization)).row);
    const before = await MailModel.countDocuments({ organizationId: organization._id });
    const sent = async () =>
      (await MailModel.countDocuments({ organizationId: organization._id })) - before;
    const seen = (await subjectsTo(officer.account.email)).length;
    at('2035-03-17', 12);
    let cut = 0;
    const workers = await Promise.all([0, 3, 6].map(() => startSweepingWorker()));
    for (const [at, worker] of workers.entries()) {
      const already = await sent();
      worker.send('sweep');
      while (already < rows.length && (await sent()) === already) await setTimeout(1);
      await setTimeout(at * 3);
      await killWorker(worker);
      if ((await sent()) < rows.length) cut += 1;
    }
    // The transaction of a dead client is kept for a minute otherwise.
    await keepTransactionsFor(5);
    try {
      await sweepRequests();
    } finally {
      await keepTransactionsFor(60);
    }
    expect((await subjectsTo(officer.account.email)).slice(seen).sort()).to.deep.equal(
      rows.map(({ reference }) => `Request ${reference}: half of the time is gone`).sort(),
    );
    expect(cut, 'workers killed between the first and the last request').to.be.greaterThan(0);
  });

  it('is not held up by a request that fails', async () => {
    const broken = await anAssignedRequest();
    const sound = await anAssignedRequest();
    await destroyDataKey(broken.keyId);
    at('2035-03-17', 12);
    await sweepRequests();
    expect(await subjectsTo(agent.account.email)).to.include(
      `Request ${sound.reference}: half of the time is gone`,
    );
    const postponed = await requestByReference(organization, broken.reference);
    expect(postponed.nextActionAt?.getTime()).to.be.greaterThan(Date.now());
    expect(postponed.attendedAt).to.deep.equal(broken.attendedAt);
  });

  it('reminds the sender on days 3, 7 and 14, and lets the request expire', async () => {
    const email = 'silent@person.test';
    const { reference, deadlines } = await anUnverifiedRequest(organization, { email });
    expect(deadlines.expiresOn).to.equal('2035-04-01');
    const code = await codeSentTo(email);
    for (let day = '2035-03-02'; day <= '2035-04-03'; day = addDays(day, 1)) {
      at(day, 10);
      await sweepRequests();
      const reminders = [3, 7, 14].filter((days) => addDays('2035-03-02', days) <= day).length;
      const closing = day >= '2035-04-01' ? 1 : 0;
      expect(await mailsTo(email), day).to.have.length(1 + reminders + closing);
    }
    const row = await requestByReference(organization, reference);
    expect(row).to.include({ state: 'expired', group: 'closed', nextActionAt: null });
    expect((await subjectsTo(email)).at(-1)).to.equal(`Request ${reference}: ended`);
    const late = await problemFrom(enterByCode(organization, reference, code));
    expect(late.code).to.equal('wrong-code');
    const staff = [
      ...(await subjectsTo(officer.account.email)),
      ...(await subjectsTo(agent.account.email)),
    ];
    expect(staff).to.be.empty;
  });

  it('expires a request once when it was away on the day, without belated reminders', async () => {
    const email = 'away@person.test';
    const { reference } = await anUnverifiedRequest(organization, { email });
    at('2035-05-01', 10);
    await Promise.all([sweepRequests(), sweepRequests()]);
    const subjects = await subjectsTo(email);
    expect(subjects).to.deep.equal([
      `Confirm your request to ${organization.name}`,
      `Request ${reference}: ended`,
    ]);
  });
});
