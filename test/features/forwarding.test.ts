import { expect } from 'chai';
import { auditTrailOf } from '../../server/features/audit/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { addToPackage, releaseAnswer } from '../../server/features/requests/answer-package.ts';
import { eraseRequest } from '../../server/features/requests/erasure.ts';
import { forwardRequest, forwardingOf } from '../../server/features/requests/forwarding.ts';
import { ForwardingModel } from '../../server/features/requests/forwarding-model.ts';
import { completeRequest } from '../../server/features/requests/moves.ts';
import { requestForPerson } from '../../server/features/requests/portal.ts';
import { anAgreement } from '../support/agreements.ts';
import { useApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { OF_A_TEST } from '../support/commands.ts';
import {
  aForwardedRequest,
  aPatientsRequest,
  aServingOrganization,
  CONTROLLER,
  forwardedLink,
} from '../support/forwarding.ts';
import { aStagedFile } from '../support/files.ts';
import { anOrganization } from '../support/organizations.ts';
import { problemFrom } from '../support/problems.ts';
import { aMember, aRequest, mailsTo, requestByReference } from '../support/requests.ts';
import { clientOf } from '../support/staff.ts';

describe('A request about data that are held for somebody else', () => {
  useApp();
  let organization: Organization;
  before(async () => {
    organization = await aServingOrganization();
    await anAgreement(organization, { forwardDays: 14 });
  });

  const actionsOf = async (id: Parameters<typeof eraseRequest>[1]) =>
    (await auditTrailOf(organization._id, { kind: 'request', id })).map(({ action }) => action);

  it('gets its part, its agreement, and a clock of its own', async () => {
    const { row } = await aPatientsRequest(organization);
    expect(row.role).to.equal('businessAssociate');
    expect(row.agreementId).to.not.equal(null);
    expect(row.tags).to.deep.equal([]);
    const { forwardBy, effectiveDue, due } = row.deadlines;
    expect(forwardBy)
      .to.match(/^\d{4}-\d{2}-\d{2}$/u)
      .and.equal(effectiveDue);
    expect(due, 'the law’s date is the controller’s').to.equal(null);
  });

  it('is forwarded within one business day where nothing else is agreed', async () => {
    const own = await aServingOrganization();
    await anAgreement(own, { name: 'Clinic Riverside' });
    const { row } = await aPatientsRequest(own);
    const { row: agreed } = await aPatientsRequest(organization);
    expect((row.deadlines.forwardBy ?? '') < (agreed.deadlines.forwardBy ?? '')).to.equal(true);
  });

  it('asks for no more than the mailbox: the controller asks who somebody is', async () => {
    const { row } = await aPatientsRequest(organization);
    expect(row).to.include({ requiredLevel: 0, needsProof: true });
    const { row: own } = await aRequest(organization);
    expect(own.requiredLevel).to.be.at.least(1);
  });

  it('is our own where the person says so, or where we serve nobody', async () => {
    const { row } = await aRequest(organization);
    expect(row).to.include({ role: 'controller', agreementId: null });
    const { row: elsewhere } = await aPatientsRequest(await anOrganization());
    expect(elsewhere.role).to.equal('controller');
  });

  it('raises an alert where no agreement covers it', async () => {
    const { row } = await aPatientsRequest(organization, { customer: 'Nobody knows' });
    expect(row).to.deep.include({ role: 'businessAssociate', agreementId: null });
    expect(row.tags).to.deep.equal(['no-agreement']);
    expect(await actionsOf(row._id)).to.include('request.agreement-missing');
    const officer = await clientOf(organization, 'privacy-officer');
    const page = await officer.get(`/o/${organization.slug}/requests/${row._id.toHexString()}`);
    expect(page.text).to.include('No agreement covers this request').and.include('Nobody knows');
  });

  it('cannot be answered directly, by nobody and in no way', async () => {
    const { row } = await aPatientsRequest(organization);
    const officer = await aMember(organization);
    const answer = { version: row.version, text: 'Here are your records.' };
    const staged = await aStagedFile(organization);
    const problem = await problemFrom(completeRequest(officer, row._id, answer, staged));
    expect(problem).to.include({ problem: 'not-allowed-now', code: 'held-for-another' });
    for (const release of [
      releaseAnswer(officer, row),
      addToPackage(officer, row._id, {} as Parameters<typeof addToPackage>[2], row._id),
    ]) {
      expect((await problemFrom(release)).code).to.equal('held-for-another');
    }
    const client = await clientOf(organization, 'administrator');
    const page = `/o/${organization.slug}/requests/${row._id.toHexString()}`;
    const shown = await client.get(page);
    expect(shown.text).not.to.include(`${page}/completion`);
    expect(shown.text).to.include(`${page}/forwarding`);
    const form = { _csrf: await client.token(page), version: row.version.toString(), text: 'Yes.' };
    const body = new FormData();
    for (const [name, value] of Object.entries(form)) body.set(name, value);
    expect((await client.upload(`${page}/completion`, body)).status).to.equal(409);
    expect((await requestByReference(organization, row.reference)).state).to.equal('new');
  });

  it('is passed on: the controller gets a link and no data, the person is told who answers', async () => {
    const { row, person } = await aForwardedRequest(organization, 'office@riverside.test');
    expect(row).to.include({ state: 'forwarded', group: 'closed' });
    const [mail] = await mailsTo('office@riverside.test');
    expect(mail?.template).to.equal('request-forwarded');
    expect(`${mail?.subject ?? ''} ${mail?.text ?? ''}`)
      .to.include(row.reference)
      .and.not.match(/\bAda\b|Beispiel|person\.test|orders/u);
    const view = await requestForPerson({
      organization,
      organizationId: organization._id,
      requestId: row._id,
    } as Parameters<typeof requestForPerson>[0]);
    expect(view.outcome).to.include({ kind: 'forwarded', ground: null });
    expect(view.outcome?.text).to.include('Clinic Riverside');
    expect((await mailsTo(person)).at(-1)?.subject).to.include('passed on');
    expect(await actionsOf(row._id)).to.include('request.forwarded');
  });

  it('is shown to the controller once; following the link alone changes nothing', async () => {
    const { row } = await aForwardedRequest(organization, 'once@riverside.test');
    const path = await forwardedLink('once@riverside.test');
    const clinic = new Client();
    for (let scan = 0; scan < 2; scan += 1) {
      const offer = await clinic.get(path);
      expect(offer.text).to.include('Show the request').and.not.include('Ada Beispiel');
    }
    const shown = await clinic.submit(path, {});
    expect(shown.text)
      .to.include('Ada Beispiel')
      .and.include('Everything you hold about my orders.');
    expect((await clinic.get(path)).status).to.equal(410);
    const again = await clinic.post(path, { _csrf: await clinic.token('/staff/sign-in') });
    expect(again.status).to.equal(410);
    expect(again.text).not.to.match(/\bAda\b|Beispiel/u);
    expect(await actionsOf(row._id)).to.include('request.forwarding-opened');
    const stored = await ForwardingModel.findOne({ organizationId: organization._id })
      .comment(OF_A_TEST)
      .lean();
    expect(JSON.stringify(stored)).not.to.include(path.split('/').at(-1));
  });

  it('gets a new link when the old one is lost, which then shows nothing', async () => {
    const { row } = await aForwardedRequest(organization, 'lost@riverside.test');
    const first = await forwardedLink('lost@riverside.test');
    const officer = await clientOf(organization, 'privacy-officer');
    const page = `/o/${organization.slug}/requests/${row._id.toHexString()}`;
    const reply = await officer.submit(page, {}, `${page}/forwarding/renew`);
    expect(reply.text).to.include('A new link is on its way');
    const second = await forwardedLink('lost@riverside.test');
    expect(second).not.to.equal(first);
    expect((await new Client().get(first)).status).to.equal(410);
    expect((await new Client().submit(second, {})).text).to.include('Ada Beispiel');
    expect((await officer.get(page)).text).to.include('opened');
  });

  it('shows nothing under another organisation’s address, or once it was erased', async () => {
    const { row, officer } = await aForwardedRequest(organization, 'gone@riverside.test');
    const path = await forwardedLink('gone@riverside.test');
    const other = await anOrganization();
    const moved = path.replace(organization.slug, other.slug);
    expect((await new Client().get(moved)).status).to.equal(410);
    await eraseRequest(officer, row._id);
    const clinic = new Client();
    const reply = await clinic.post(path, { _csrf: await clinic.token('/staff/sign-in') });
    expect(reply.status).to.equal(410);
  });

  it('goes only to whom an agreement in force names, and our own data to nobody', async () => {
    const officer = await aMember(organization);
    const ended = await anAgreement(organization, { name: 'Former', endsOn: '2024-12-31' });
    const asProcessor = await anAgreement(organization, { name: 'Works Ltd', role: 'processor' });
    const stranger = await anAgreement(await anOrganization());
    const { row } = await aPatientsRequest(organization);
    for (const agreementId of [ended, asProcessor, stranger]) {
      const order = { version: row.version, agreementId };
      expect((await problemFrom(forwardRequest(officer, row._id, order))).problem).to.equal(
        'invalid',
      );
    }
    const { row: own } = await aRequest(organization);
    const fitting = await anAgreement(organization);
    const problem = await problemFrom(
      forwardRequest(officer, own._id, { version: own.version, agreementId: fitting }),
    );
    expect(problem).to.include({ problem: 'not-allowed-now', code: 'held-for-ourselves' });
    expect(await forwardingOf(organization._id, own._id)).to.equal(null);
    expect(CONTROLLER).to.equal('records@clinic.test');
  });

  it('is forwarded by one of two colleagues at once; the other is told', async () => {
    const officer = await aMember(organization);
    const agreementId = await anAgreement(organization);
    const { row } = await aPatientsRequest(organization);
    const order = { version: row.version, agreementId };
    await forwardRequest(officer, row._id, order);
    const problem = await problemFrom(forwardRequest(officer, row._id, order));
    expect(problem.problem).to.equal('not-allowed-now');
  });
});
