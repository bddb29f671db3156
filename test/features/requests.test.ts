import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import mongoose, { Types } from 'mongoose';
import { auditTrailOf } from '../../server/features/audit/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { fileRequest, submitRequest } from '../../server/features/requests/intake.ts';
import { RequestModel } from '../../server/features/requests/model.ts';
import { previewRequest } from '../../server/features/requests/preview.ts';
import { openRequest } from '../../server/features/requests/reading.ts';
import { readReference } from '../../server/features/requests/reference.ts';
import type { StaffMember } from '../../server/features/staff/service.ts';
import { SubjectModel } from '../../server/features/subjects/model.ts';
import { prepareInstallation } from '../../server/database/installation.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { connectFreshDatabase, dropDatabase } from '../support/database.ts';
import { anOrganization } from '../support/organizations.ts';
import { problemFrom } from '../support/problems.ts';
import { aMember, mailsTo, requestByReference, typedRequest } from '../support/requests.ts';

describe('Taking a request in', () => {
  let organization: Organization;

  before(async () => {
    await connectFreshDatabase();
    await prepareInstallation();
    organization = await anOrganization();
  });
  after(dropDatabase);

  it('stores it as unverified, with its dates, and acknowledges it by mail', async () => {
    const typed = typedRequest();
    const { reference, needsProof, replayed } = await submitRequest(organization, typed, 'de');
    expect({ needsProof, replayed }).to.deep.equal({ needsProof: true, replayed: false });
    const row = await requestByReference(organization, reference);
    expect(row).to.include({
      state: 'unverified',
      group: 'unverified',
      language: 'de',
      version: 1,
    });
    expect(row.regimes).to.deep.equal(['gdpr']);
    expect(row.deadlines.rules).to.deep.equal(['gdpr-answer@1']);
    expect(row.urgentOn).to.equal(row.deadlines.alarmOn);
    expect(row.acknowledgedAt).to.be.an.instanceOf(Date);
    const [mail] = await mailsTo(typed.email);
    expect(mail?.subject).to.include('bestätigen');
    expect(mail?.text).to.include(reference);
    expect(mail?.text).not.to.include(typed.name);
    expect(mail?.to.name).to.equal('');
  });

  it('gives a reference that survives the telephone', async () => {
    const { reference } = await submitRequest(organization, typedRequest(), 'en');
    expect(reference).to.match(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]$/u);
    const spoken = reference.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o');
    expect(readReference(spoken.replaceAll('1', 'l'))).to.equal(reference);
  });

  it('counts the same form once, also when it is sent twice at the same time', async () => {
    const typed = typedRequest();
    const replies = await Promise.all([
      submitRequest(organization, typed, 'en'),
      submitRequest(organization, typed, 'en'),
    ]);
    replies.push(await submitRequest(organization, typed, 'en'));
    expect(new Set(replies.map(({ reference }) => reference)).size).to.equal(1);
    expect(replies.filter(({ replayed }) => !replayed)).to.have.length(1);
    expect(await mailsTo(typed.email)).to.have.length(1);
    const { formKey } = typed;
    const rows = await RequestModel.countDocuments({
      organizationId: organization._id,
      formKey: new RegExp(`^${formKey}\\.`, 'u'),
    });
    expect(rows).to.equal(1);
  });

  const strangers = [
    { name: 'Eve Beispiel' },
    { email: 'eve@person.test' },
    { right: 'deletion' },
  ] as const;
  for (const given of strangers) {
    it(`keeps a form key to what it was filled in for: ${Object.keys(given).join()}`, async () => {
      const typed = typedRequest();
      const { reference } = await submitRequest(organization, typed, 'en');
      const other = await submitRequest(organization, { ...typed, ...given }, 'en');
      expect(other.replayed).to.equal(false);
      expect(other.reference).not.to.equal(reference);
    });
  }

  it('keeps a form key to the way in and to whoever files', async () => {
    const typed = typedRequest();
    const { reference } = await submitRequest(organization, typed, 'en');
    const filedBy = async (actor: StaffMember) =>
      (
        await fileRequest(organization, typed, {
          actor,
          channel: 'api',
          language: 'en',
          receivedAt: new Date(),
          proof: null,
        })
      ).reference;
    const [one, other] = [await aMember(organization), await aMember(organization)];
    const references = [reference, await filedBy(one), await filedBy(other)];
    expect(new Set(references).size).to.equal(3);
    expect(await filedBy(one)).to.equal(references[1]);
  });

  it('masks card numbers before anything is stored', async () => {
    const typed = typedRequest({ details: 'I paid with 4242 4242 4242 4242 in May.' });
    const { reference } = await submitRequest(organization, typed, 'en');
    const row = await requestByReference(organization, reference);
    const view = await openRequest(await aMember(organization), row._id);
    expect(view.details).to.equal('I paid with ••••••••••••4242 in May.');
  });

  it('writes nothing personal in clear', async () => {
    const typed = typedRequest({
      name: 'Clementine Klartext',
      details: 'Where is my blue bicycle?',
    });
    await submitRequest(organization, typed, 'en');
    const collections = await mongoose.connection.db!.collections();
    const dump = await Promise.all(
      collections.map((one) => one.find({}, { comment: OF_A_TEST }).toArray()),
    );
    const raw = Buffer.from(JSON.stringify(dump)).toString('latin1');
    for (const secret of [typed.name, typed.email, 'blue bicycle']) {
      expect(raw).not.to.include(secret);
      expect(raw).not.to.include(Buffer.from(secret).toString('base64'));
    }
  });

  it('never finds a person by an unproven address', async () => {
    const email = 'twice@person.test';
    await submitRequest(organization, typedRequest({ email }), 'en');
    await submitRequest(organization, typedRequest({ email }), 'en');
    const { _id: organizationId } = organization;
    const rows = await SubjectModel.find({ organizationId }).comment(OF_A_TEST).lean();
    expect(rows.every(({ provenIndex }) => provenIndex === undefined)).to.equal(true);
  });

  it('sends at most three mails an hour to an unproven address, over all organisations', async () => {
    const email = 'flooded@person.test';
    const other = await anOrganization();
    for (const target of [organization, other, organization, other]) {
      await submitRequest(target, typedRequest({ email: email.toUpperCase() }), 'en');
    }
    expect(await mailsTo(email.toUpperCase())).to.have.length(3);
    const unheard = await RequestModel.findOne({ organizationId: other._id })
      .sort({ _id: -1 })
      .comment(OF_A_TEST);
    expect(unheard?.acknowledgedAt).to.equal(null);
  });

  it('asks no proof of a Californian who opts out, and tells the staff at once', async () => {
    const california = await anOrganization();
    const officer = await aMember(california);
    const typed = typedRequest({ right: 'objection', country: 'US', state: 'CA' });
    const { reference, needsProof } = await submitRequest(california, typed, 'en');
    expect(needsProof).to.equal(false);
    const row = await requestByReference(california, reference);
    expect(row).to.include({ state: 'new', verifiedAt: null });
    const [mail] = await mailsTo(officer.account.email);
    expect(mail?.subject).to.equal(`New request ${reference}`);
    expect(mail?.text).not.to.include(typed.name);
  });

  it('explains regime and date without storing anything', async () => {
    const before = await RequestModel.countDocuments({ organizationId: organization._id });
    const asked = { right: 'access', country: 'FR', state: null, dataClass: 'ordinary' } as const;
    const preview = previewRequest(organization, asked);
    expect(preview.regimes).to.deep.equal(['gdpr']);
    expect(preview.deadlines.trace).not.to.be.empty;
    const after = await RequestModel.countDocuments({ organizationId: organization._id });
    expect(after).to.equal(before);
  });

  it('refuses a right that the organisation does not offer', async () => {
    const narrow = await anOrganization({ rights: ['deletion'] });
    const problem = await problemFrom(submitRequest(narrow, typedRequest(), 'en'));
    expect(problem.problem).to.equal('invalid');
    expect(problem.errors[0]?.pointer).to.equal('/right');
  });

  it('records the receipt and each look at a request, without personal data', async () => {
    const { reference } = await submitRequest(organization, typedRequest(), 'en');
    const row = await requestByReference(organization, reference);
    const officer = await aMember(organization);
    await openRequest(officer, row._id);
    const trail = await auditTrailOf(organization._id, { kind: 'request', id: row._id });
    expect(trail.map(({ action }) => action)).to.deep.equal([
      'identity.level-decided',
      'request.received',
      'request.read',
    ]);
    expect(trail[2]).to.include({ actorKind: 'staff', actorId: officer.id });
  });

  it('hides the requests of other organisations', async () => {
    const { reference } = await submitRequest(organization, typedRequest(), 'en');
    const row = await requestByReference(organization, reference);
    const stranger = await aMember(await anOrganization());
    expect((await problemFrom(openRequest(stranger, row._id))).problem).to.equal('not-found');
    const nowhere = openRequest(stranger, new Types.ObjectId());
    expect((await problemFrom(nowhere)).problem).to.equal('not-found');
  });

  it('keeps form keys of organisations apart', async () => {
    const formKey = randomUUID();
    const other = await anOrganization();
    const here = await submitRequest(organization, typedRequest({ formKey }), 'en');
    const there = await submitRequest(other, typedRequest({ formKey }), 'en');
    expect(there).to.include({ replayed: false });
    expect(there.reference).not.to.equal(here.reference);
  });
});
