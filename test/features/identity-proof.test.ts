import { expect } from 'chai';
import { createHmac, randomUUID } from 'node:crypto';
import sinon, { type SinonFakeTimers } from 'sinon';
import { defaultLevels } from '../../config/identity.ts';
import { prepareInstallation } from '../../server/database/installation.ts';
import { auditTrailOf } from '../../server/features/audit/service.ts';
import { setMatchEndpoint, signatureOf } from '../../server/features/identity/endpoint.ts';
import { DeclarationModel, IdentityCaseModel } from '../../server/features/identity/proof-model.ts';
import { publishIdentityRules } from '../../server/features/identity/rules.ts';
import { deleteOldDeclarations } from '../../server/features/identity/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { eraseRequest } from '../../server/features/requests/erasure.ts';
import { completeRequest } from '../../server/features/requests/moves.ts';
import { personOf } from '../../server/features/requests/person.ts';
import {
  declareAsPerson,
  identityForPerson,
  sayDisputed,
  tryPoints,
} from '../../server/features/requests/proof-person.ts';
import {
  checkDeletion,
  identityForStaff,
  recordCircumstances,
  recordStaffEvidence,
} from '../../server/features/requests/proof-staff.ts';
import { localDay } from '../../server/deadlines/days.ts';
import type { Entry } from '../../server/features/requests/entry-schema.ts';
import { enterRequest } from '../../server/features/requests/entry.ts';
import { isReady } from '../../server/features/requests/proof.ts';
import { openRequest } from '../../server/features/requests/reading.ts';
import { fileSignedIn, type SignedIn } from '../../server/features/requests/signed-in.ts';
import type { NewRequest } from '../../server/features/requests/schema.ts';
import { languageOf } from '../../server/language.ts';
import { requestsOfSubject } from '../../server/features/requests/own-requests.ts';
import { attendToIdentity } from '../../server/features/requests/service.ts';
import type { StaffMember } from '../../server/features/staff/service.ts';
import { isCallable, mayConnectTo } from '../../server/outbound.ts';
import { loadDataKeys } from '../../server/security/data-keys.ts';
import { connectFreshDatabase, dropDatabase } from '../support/database.ts';
import { anOrganization } from '../support/organizations.ts';
import { problemFrom } from '../support/problems.ts';
import { comparePoints, MatchSystem } from '../support/proofs.ts';
import {
  aMember,
  aRequest,
  aRequestByMail,
  anUnverifiedRequest,
  mailsTo,
  proveInPerson,
  requestByReference,
  typedRequest,
} from '../support/requests.ts';

const DAY = 86_400_000;
const held = {
  'customer-number': 'K-1847',
  postcode: '10115',
  'birth-day': '31/12/1980',
  'order-number': 'O-77',
} as const;
const wrong = { 'customer-number': 'x', postcode: 'x', 'birth-day': 'x', 'order-number': 'x' };
const answer = { text: 'Here it is.' };
const declaration = { words: 'I declare that I am this person.', name: 'Ada Beispiel' };

describe('Proof of a person', () => {
  let organization: Organization;
  let officer: StaffMember;
  let system: MatchSystem;
  let secret: string;
  let clock: SinonFakeTimers | undefined;

  before(async () => {
    await connectFreshDatabase();
    await prepareInstallation();
    organization = await anOrganization();
    officer = await aMember(organization);
    system = await MatchSystem.start(held);
    secret = await comparePoints(organization, system);
  });
  afterEach(() => {
    clock?.restore();
    clock = undefined;
    system.answer = null;
  });
  after(async () => {
    await system.stop();
    await dropDatabase();
  });

  const passes = (ms: number) => {
    clock ??= sinon.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
    clock.setSystemTime(Date.now() + ms);
  };
  const now = (reference: string) => requestByReference(organization, reference);
  const aProof = (given: Partial<NewRequest> = {}) => aRequestByMail(organization, given);
  const anEntry = (typed: NewRequest): Entry => ({
    relation: 'own',
    customer: '',
    post: '',
    ...typed,
    phone: '+49 30 1234',
    channel: 'phone',
    receivedOn: localDay(new Date(), organization.timeZone),
    lateReason: null,
    language: 'en',
    level: 1,
    method: 'called-back',
    despite: false,
  });
  const complete = (id: Parameters<typeof completeRequest>[1], version: number, by = officer) =>
    completeRequest(by, id, { version, ...answer }, []);

  describe('by details that the organisation holds', () => {
    it('gives level 2 for two that match, and is signed and salted', async () => {
      const { row, person, token } = await aProof();
      const given = { ...held, postcode: 'another' };
      await tryPoints(person, token, given);
      const { provenLevel, requiredLevel } = await now(row.reference);
      expect({ provenLevel, requiredLevel }).to.deep.equal({ provenLevel: 2, requiredLevel: 2 });
      const { signature, body } = system.questions.at(-1)!;
      const seconds = Number(/^t=(\d+),/u.exec(signature)?.[1]);
      expect(signatureOf(secret, seconds, body)).to.equal(signature);
      expect(Math.abs(Date.now() / 1000 - seconds)).to.be.lessThan(60);
      for (const value of Object.values(given)) expect(body).not.to.include(value);
      const { salt, points } = JSON.parse(body) as { salt: string; points: object };
      const hash = createHmac('sha256', salt).update('k-1847').digest('hex');
      expect(points).to.include({ 'customer-number': hash });
      expect(points).to.have.all.keys('customer-number', 'postcode', 'birth-day');
    });

    it('tells nobody which one failed, and keeps the count alone', async () => {
      const { row, person, token } = await aProof();
      await tryPoints(person, token, { ...held, 'birth-day': 'wrong' });
      const trail = await auditTrailOf(organization._id, { kind: 'request', id: row._id });
      const { facts } = trail.findLast(({ action }) => action === 'identity.evidence-added')!;
      expect(facts).to.deep.equal({
        kind: 'data-points',
        matched: 2,
        asked: 3,
        level: 2,
        required: 2,
      });
      const stored = await IdentityCaseModel.findOne({
        requestId: row._id,
        organizationId: organization._id,
      }).lean();
      for (const value of Object.values(held)) {
        expect(JSON.stringify(stored)).not.to.include(value);
      }
      const shown = await identityForPerson(person);
      expect(JSON.stringify(shown)).not.to.include('matched');
    });

    it('can be tried once for each set, three times at most', async () => {
      const { row, person, token } = await aProof();
      const sets: string[] = [];
      for (let tries = 0; tries < 3; tries += 1) {
        const { set } = (await identityForPerson(person))!;
        sets.push(set!.points.join());
        await tryPoints(person, token, wrong);
      }
      expect(new Set(sets).size).to.equal(3);
      const late = await problemFrom(tryPoints(person, token, held));
      expect(late.code).to.equal('identity-not-asked');
      expect((await now(row.reference)).provenLevel).to.equal(1);
      expect((await identityForPerson(person))?.ways).to.deep.equal(['office']);
    });

    it('gives no new tries with a new request under the same address', async () => {
      passes(0);
      const email = 'guesses@person.test';
      const first = await aProof({ email });
      const second = await aProof({ email });
      for (let tries = 0; tries < 2; tries += 1) await tryPoints(first.person, first.token, wrong);
      await tryPoints(second.person, second.token, wrong);
      const before = system.questions.length;
      const late = await problemFrom(tryPoints(second.person, second.token, held));
      expect(late.code).to.equal('no-set-left');
      expect(system.questions).to.have.length(before);
      expect((await identityForPerson(second.person))?.ways).to.deep.equal(['office']);
    });

    it('raises the visit only for what the visitor knows', async () => {
      const { row, person, token } = await aProof({ dataClass: 'phi' });
      const note = 'Comes every Monday.';
      const formKey = randomUUID();
      await recordStaffEvidence(officer, row._id, { kind: 'known-person', note, formKey });
      await tryPoints(person, token, wrong);
      expect((await personOf(organization, token))?.level).to.equal(1);
      await tryPoints(person, token, held);
      expect((await personOf(organization, token))?.level).to.equal(2);
    });

    it('counts one of two tries at the same time', async () => {
      const { person, token } = await aProof();
      const before = system.questions.length;
      const tries = await Promise.allSettled([
        tryPoints(person, token, wrong),
        tryPoints(person, token, wrong),
      ]);
      expect(tries.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
      expect(system.questions).to.have.length(before + 1);
    });

    it('gives a try back when the system is silent or talks nonsense', async () => {
      const { row, person, token } = await aProof();
      for (const said of ['', '{"matched": 9, "of": 3}', '{"matched": 2, "of": 2}', '[]']) {
        system.answer = () => said;
        const silent = await problemFrom(tryPoints(person, token, held));
        expect(silent.code).to.equal('endpoint-silent');
      }
      system.answer = null;
      await tryPoints(person, token, held);
      expect((await now(row.reference)).provenLevel).to.equal(2);
    });

    it('asks a person who corrects something never for what is in dispute', async () => {
      const { person, token } = await aProof({ right: 'correction', dataClass: 'sensitive' });
      expect((await identityForPerson(person))?.set?.kind).to.equal('disputed');
      const early = await problemFrom(tryPoints(person, token, held));
      expect(early.code).to.equal('no-set-left');
      await sayDisputed(person, ['birth-day']);
      await sayDisputed(person, []);
      await tryPoints(person, token, held);
      const { body } = system.questions.at(-1)!;
      expect(body).not.to.include('birth-day');
      expect((await identityForPerson(person))?.isProved).to.equal(true);
    });

    it('raises the level when the system says that the contact point is new', async () => {
      const { row, person, token } = await aProof();
      system.answer = () => JSON.stringify({ matched: 2, of: 3, contactChanged: true });
      await tryPoints(person, token, held);
      const { requiredLevel, provenLevel } = await now(row.reference);
      expect({ requiredLevel, provenLevel }).to.deep.equal({ requiredLevel: 3, provenLevel: 2 });
    });

    it('never calls into a private network, nor without encryption', async () => {
      const refused = [
        'http://example.org/match',
        'https://10.1.2.3/match',
        'https://192.168.0.9/match',
        'https://169.254.169.254/latest/meta-data',
        'https://[fd00::1]/match',
        'https://[::ffff:10.0.0.1]/match',
        'https://user:secret@example.org/match',
        'ftp://example.org/match',
        'no address',
      ];
      for (const url of refused) expect(isCallable(url), url).to.equal(false);
      expect(isCallable('https://match.example.org/habeas')).to.equal(true);
      expect(mayConnectTo('127.0.0.1', true)).to.equal(true);
      for (const inner of ['127.0.0.1', '::1', '10.0.0.1', '100.64.0.1', 'fe80::1', '0.0.0.0']) {
        expect(mayConnectTo(inner, false), inner).to.equal(false);
      }
      for (const outer of ['8.8.8.8', '2606:4700::1111']) {
        expect(mayConnectTo(outer, false), outer).to.equal(true);
      }
      const edit = { sends: 'hashes', points: ['postcode'] } as const;
      const set = setMatchEndpoint(officer, {
        ...edit,
        points: [...edit.points],
        url: 'https://10.1.2.3/',
      });
      expect((await problemFrom(set)).problem).to.equal('invalid');
    });
  });

  describe('by a declaration', () => {
    it('gives level 3 together with three details', async () => {
      const { row, person, token } = await aProof({ dataClass: 'phi' });
      await tryPoints(person, token, held);
      expect((await now(row.reference)).provenLevel).to.equal(2);
      await declareAsPerson(person, declaration);
      expect((await now(row.reference)).provenLevel).to.equal(3);
      const late = await problemFrom(declareAsPerson(person, declaration));
      expect(late.code).to.equal('identity-not-asked');
    });

    it('is sealed, outlives its request, and is deleted after 24 months', async () => {
      const { row, person, token } = await aProof({ dataClass: 'phi' });
      await tryPoints(person, token, held);
      await declareAsPerson(person, declaration);
      const { _id: organizationId } = organization;
      const own = { organizationId, requestId: row._id };
      const stored = await DeclarationModel.findOne(own).orFail().lean();
      expect(Buffer.from(stored.sealed.buffer).includes('Ada')).to.equal(false);
      await complete(row._id, (await now(row.reference)).version);
      await eraseRequest(officer, row._id);
      expect(await DeclarationModel.countDocuments(own)).to.equal(1);
      passes(700 * DAY);
      await deleteOldDeclarations();
      expect(await DeclarationModel.countDocuments(own)).to.equal(1);
      passes(32 * DAY);
      await deleteOldDeclarations();
      expect(await DeclarationModel.countDocuments(own)).to.equal(0);
      expect((await loadDataKeys([stored.keyId])).size).to.equal(0);
    });
  });

  describe('for the staff', () => {
    it('comes before the answer: nothing is granted below the level', async () => {
      const { row } = await aProof();
      const early = await problemFrom(complete(row._id, row.version));
      expect(early.code).to.equal('identity-not-proved');
      const formKey = randomUUID();
      const evidence = { kind: 'known-person', note: 'Comes every Monday.', formKey } as const;
      await recordStaffEvidence(officer, row._id, evidence);
      await recordStaffEvidence(officer, row._id, evidence);
      const { evidence: shown, isProved } = await identityForStaff(officer, row._id);
      expect(shown.map(({ kind }) => kind)).to.deep.equal(['mailbox', 'known-person']);
      expect(isProved).to.equal(true);
      const done = await complete(row._id, (await now(row.reference)).version);
      expect(done.state).to.equal('completed');
    });

    it('takes two people for a deletion of sensitive data', async () => {
      const { row } = await aRequest(organization, { right: 'deletion', dataClass: 'phi' });
      const alone = await problemFrom(complete(row._id, row.version));
      expect(alone.code).to.equal('not-checked');
      await checkDeletion(officer, row._id);
      const same = await problemFrom(complete(row._id, row.version));
      expect(same.code).to.equal('not-checked');
      const colleague = await aMember(organization);
      expect((await complete(row._id, row.version, colleague)).state).to.equal('completed');
    });

    it('rises with what speaks for caution, tells the former address, and not after the proof', async () => {
      const former = 'ada-before@person.test';
      const caution = { contactChanged: true, deliveryDiffers: false, formerAddress: former };
      const { row } = await aProof();
      await recordCircumstances(officer, row._id, caution);
      expect((await now(row.reference)).requiredLevel).to.equal(3);
      const [told] = await mailsTo(former);
      expect(told?.text).to.include(row.reference).and.not.include('Ada');
      await proveInPerson(organization, await now(row.reference));
      const delivery = { ...caution, formerAddress: '', deliveryDiffers: true };
      const cleared = { ...delivery, contactChanged: false, clearReason: 'They called us back.' };
      await recordCircumstances(officer, row._id, cleared);
      const proved = await aProof();
      const known = {
        kind: 'known-person',
        note: 'Well known here.',
        formKey: randomUUID(),
      } as const;
      await recordStaffEvidence(officer, proved.row._id, known);
      await recordCircumstances(officer, proved.row._id, delivery);
      const { requiredLevel, provenLevel } = await now(proved.row.reference);
      expect({ requiredLevel, provenLevel }).to.deep.equal({ requiredLevel: 2, provenLevel: 2 });
    });

    it('follows the rules that the organisation published, for new requests', async () => {
      const own = await anOrganization();
      const keeper = await aMember(own, 'administrator');
      const levels = { ...defaultLevels, access: { ordinary: 1, sensitive: 2 } } as const;
      const edit = { version: 0, levels, declaration: false, documents: [] };
      expect(await publishIdentityRules(keeper, edit)).to.equal(true);
      expect(await publishIdentityRules(keeper, { ...edit, version: 1 })).to.equal(false);
      const lost = publishIdentityRules(keeper, { ...edit, declaration: true });
      expect((await problemFrom(lost)).code).to.equal('version-changed');
      const { row } = await aRequestByMail(own);
      expect(row.requiredLevel).to.equal(1);
    });
  });

  describe('that does not come', () => {
    it('is asked for on days 3, 7 and 14; then the request is closed, and opens with an answer', async () => {
      const { row, person, email, token } = await aProof();
      const before = (await mailsTo(email)).length;
      for (const days of [3, 4, 7]) {
        passes(days * DAY + 60_000);
        await Promise.all([attendToIdentity(), attendToIdentity()]);
      }
      const reminders = (await mailsTo(email)).slice(before);
      expect(reminders).to.have.length(3);
      for (const { text } of reminders) expect(text).not.to.include('Ada');
      passes(17 * DAY);
      await attendToIdentity();
      const closed = await now(row.reference);
      expect(closed).to.include({ state: 'not-verifiable', group: 'closed' });
      expect(closed.outcome?.kind).to.equal('not-verifiable');
      await tryPoints(person, token, held);
      const open = await now(row.reference);
      expect(open).to.include({ state: 'in-progress', provenLevel: 2, outcome: null });
    });

    it('is asked for whatever way the request came, by letter and with reminders', async () => {
      const byStaff = typedRequest();
      const entered = await enterRequest(officer, anEntry(byStaff));
      const signedIn = typedRequest({ right: 'automated-review', dataClass: 'sensitive' });
      const visit = { organization, email: signedIn.email, level: 1, isFresh: false } as SignedIn;
      const filed = await fileSignedIn(visit, signedIn, { language: 'en' });
      const toVouch = typedRequest({ dataClass: 'sensitive' });
      const vouched = await anUnverifiedRequest(organization, toVouch);
      const known = { kind: 'known-person', note: 'By sight.', formKey: randomUUID() } as const;
      await recordStaffEvidence(officer, vouched._id, known);
      const byMail = await aProof();
      const asked = [
        { reference: entered.reference, to: byStaff.email },
        { reference: filed.reference, to: signedIn.email },
        { reference: vouched.reference, to: toVouch.email },
        { reference: byMail.row.reference, to: byMail.email },
      ];
      const endsOn = languageOf('en').day(
        localDay(new Date(Date.now() + 30 * DAY), organization.timeZone),
      );
      for (const { reference, to } of asked) {
        const [welcome, letter] = (await mailsTo(to)).slice(-2);
        expect(welcome?.subject, to).to.equal(`Request ${reference}: confirmed`);
        expect(letter?.subject, to).to.equal(`Request ${reference}: one more step`);
        expect(letter?.text).to.include(endsOn).and.not.include('Ada');
        const row = await now(reference);
        expect(await isReady(officer, row)).to.equal(false);
        const target = { kind: 'request', id: row._id };
        const trail = await auditTrailOf(organization._id, target);
        expect(trail.map(({ action }) => action)).to.include('identity.asked');
      }
      passes(3 * DAY + 60_000);
      await attendToIdentity();
      for (const { reference, to } of asked) {
        const reminder = (await mailsTo(to)).at(-1);
        expect(reminder?.subject).to.equal(`Request ${reference}: we still need one step`);
      }
      for (const days of [4, 7, 17]) {
        passes(days * DAY);
        await attendToIdentity();
      }
      for (const { reference } of asked) {
        expect((await now(reference)).state).to.equal('not-verifiable');
      }
    });

    it('is the staff’s to establish for whom no mail reaches: nothing closes by itself', async () => {
      const typed = typedRequest({ email: '' });
      const { id, reference } = await enterRequest(officer, anEntry(typed));
      const { nextStep } = await openRequest(officer, id);
      expect(nextStep).to.deep.equal({ code: 'prove-identity', by: 'staff', level: 2 });
      passes(31 * DAY);
      await attendToIdentity();
      expect((await now(reference)).state).to.equal('new');
    });

    it('is never waited for where only the office can act, nor once it came', async () => {
      const alone = await anOrganization();
      const { row, email } = await aRequestByMail(alone);
      const proved = await aProof();
      await tryPoints(proved.person, proved.token, held);
      const before = [(await mailsTo(email)).length, (await mailsTo(proved.email)).length];
      passes(31 * DAY);
      await attendToIdentity();
      expect((await requestByReference(alone, row.reference)).state).to.equal('new');
      const after = [(await mailsTo(email)).length, (await mailsTo(proved.email)).length];
      expect(after).to.deep.equal(before);
    });
  });

  it('shows somebody who is known at level 2 all their requests, and others none', async () => {
    const email = 'all-of-mine@person.test';
    const first = await aProof({ email });
    const second = await aProof({ email, right: 'portability' });
    const peek = await personOf(organization, second.token, first.row.reference);
    expect(peek?.requestId.equals(second.row._id)).to.equal(true);
    await tryPoints(second.person, second.token, held);
    const { subjectId } = await now(second.row.reference);
    const own = await requestsOfSubject(organization._id, subjectId);
    const references = [second.row.reference, first.row.reference];
    expect(own.map(({ reference }) => reference)).to.have.members(references);
    const inside = await personOf(organization, second.token, first.row.reference);
    expect(inside).to.deep.include({ level: 2, requestId: first.row._id });
    const stranger = await aProof();
    const outside = await personOf(organization, second.token, stranger.row.reference);
    expect(outside?.requestId.equals(second.row._id)).to.equal(true);
  });
});
