import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { Types } from 'mongoose';
import type { Organization } from '../../server/features/organizations/service.ts';
import type { Purpose } from '../../server/features/inventory/service.ts';
import { addAnswerItem } from '../../server/features/requests/answer-items.ts';
import { RequestModel } from '../../server/features/requests/model.ts';
import { assignRequest, completeRequest } from '../../server/features/requests/moves.ts';
import {
  questionsFor,
  readAnswers,
  topicStopped,
} from '../../server/features/requests/questions.ts';
import { rightChoices } from '../../server/features/requests/right-choices.ts';
import { isSuppressed } from '../../server/features/suppressions/service.ts';
import { languageOf } from '../../server/language.ts';
import { useApp } from '../support/app.ts';
import { anOrganization } from '../support/organizations.ts';
import { problemFrom } from '../support/problems.ts';
import { aMember, anUnverifiedRequest, mailsTo, requestByReference } from '../support/requests.ts';

const TODAY = '2026-11-26';
const purpose = (given: Partial<Purpose>): Purpose => ({
  id: 'p-1',
  name: { en: 'Something' },
  basis: 'contract',
  balancing: '',
  isDirectMarketing: false,
  ...given,
});

describe('The questions of a right', () => {
  const ask = (given: Partial<Parameters<typeof questionsFor>[0]>, purposes: Purpose[] = []) =>
    questionsFor({ right: 'access', dataClass: 'ordinary', regimes: [], ...given }, purposes);
  const idsOf = (...args: Parameters<typeof ask>) => ask(...args).map(({ id }) => id);

  it('are those of the law and the data that it is about', () => {
    expect(idsOf({ regimes: ['gdpr'] })).to.deep.equal([]);
    expect(idsOf({ regimes: ['ccpa'] })).to.deep.equal(['from']);
    expect(idsOf({ regimes: ['hipaa'], dataClass: 'phi' })).to.deep.equal(['format']);
    expect(idsOf({ right: 'restriction', regimes: ['gdpr'] })).to.deep.equal(['reason']);
    expect(idsOf({ right: 'restriction', regimes: ['hipaa'] })).to.deep.equal(['paid']);
  });

  it('name the purposes of the organisation that somebody may object to', () => {
    const purposes = [
      purpose({ id: 'ads', isDirectMarketing: true, basis: 'consent' }),
      purpose({ id: 'fraud', basis: 'legitimate-interests' }),
      purpose({ id: 'bills', basis: 'contract' }),
    ];
    const [question] = ask({ right: 'objection', regimes: ['gdpr'] }, purposes);
    expect(question?.options).to.deep.equal(['ads', 'fraud', 'other']);
    expect(topicStopped('objection', { purpose: 'ads' }, purposes)).to.equal('marketing');
    expect(topicStopped('objection', { purpose: 'fraud' }, purposes)).to.equal(null);
  });

  for (const { what, right, answers, faults } of [
    { what: 'the first day', right: 'access', answers: { from: '2022-01-01' }, faults: [] },
    { what: 'before it', right: 'access', answers: { from: '2021-12-31' }, faults: ['from'] },
    { what: 'tomorrow', right: 'access', answers: { from: '2026-11-27' }, faults: ['from'] },
    { what: 'no day', right: 'access', answers: { from: '2026-02-31x' }, faults: ['from'] },
    {
      what: 'a day of no calendar',
      right: 'access',
      answers: { from: '2026-02-30' },
      faults: ['from'],
    },
    { what: 'nothing, which is fine', right: 'access', answers: {}, faults: [] },
    {
      what: 'six years',
      right: 'disclosure-accounting',
      answers: { from: '2020-11-26' },
      faults: [],
    },
    {
      what: 'more than six years',
      right: 'disclosure-accounting',
      answers: { from: '2020-11-25' },
      faults: ['from'],
    },
    {
      what: 'half a correction',
      right: 'correction',
      answers: { field: 'Name' },
      faults: ['wanted'],
    },
    {
      what: 'a choice that is none',
      right: 'objection',
      answers: { purpose: 'x' },
      faults: ['purpose'],
    },
  ] as const) {
    it(`take or refuse an answer: ${right}, ${what}`, () => {
      const questions = ask({ right, regimes: ['ccpa', 'gdpr'], dataClass: 'phi' }).filter(
        ({ id }) => id !== 'format',
      );
      const read = readAnswers(questions, answers, TODAY);
      expect(read.faults.map(({ pointer }) => pointer)).to.deep.equal(
        faults.map((id) => `/answers/${id}`),
      );
    });
  }

  it('keep no answer to what was not asked', () => {
    const questions = ask({ right: 'correction' });
    const typed = { field: 'Name', wanted: 'May', present: '', birthday: '1990-01-01' };
    expect(readAnswers(questions, typed, TODAY).answers).to.deep.equal({
      field: 'Name',
      wanted: 'May',
    });
  });
});

describe('A request of its own kind', () => {
  useApp();
  let organization: Organization;
  before(async () => {
    const nobody = { email: '', phone: '', post: '' };
    organization = await anOrganization({
      contacts: {
        privacyOffice: { ...nobody, email: 'office@staff.test' },
        dataProtectionOfficer: nobody,
        security: { ...nobody, email: 'security@staff.test' },
      },
    });
  });

  it('shows first what most people want and their law gives them', () => {
    const shown = (region: string | null) =>
      rightChoices(organization, languageOf('en'), region, '').groups.flatMap(({ options }) =>
        options.map(({ value }) => value),
      );
    expect(shown('DE')).to.include('objection').and.not.include('sale-opt-out');
    expect(shown('US-CA')).to.include('sale-opt-out').and.not.include('objection');
    const { rest, isRestOpen } = rightChoices(organization, languageOf('en'), null, 'amendment');
    expect(rest.map(({ value }) => value)).to.include('amendment');
    expect(isRestOpen).to.equal(true);
  });

  it('ends advertising in the moment in which somebody objects to it, without any proof', async () => {
    const email = 'enough@person.test';
    const answers = { purpose: 'direct-marketing' };
    const row = await anUnverifiedRequest(organization, { right: 'objection', email, answers });
    expect(row).to.include({ state: 'completed', needsProof: false, requiredLevel: 0 });
    expect(row.outcome).to.include({ kind: 'completed' });
    expect(await isSuppressed(organization, { address: email, topic: 'offers' })).to.equal(true);
    const [mail, ...more] = await mailsTo(email);
    expect(more).to.deep.equal([]);
    expect(mail?.text).to.include('Your choice is in force');
  });

  it('is urgent when a child or security is at stake, and the security office is told', async () => {
    const report = await anUnverifiedRequest(organization, { right: 'security-report', name: '' });
    expect(report.urgentOn).to.equal(report.deadlines.receivedOn);
    expect(await mailsTo('security@staff.test')).to.have.length(1);
    const officer = await aMember(organization);
    const taken = { version: report.version, assigneeId: new Types.ObjectId(officer.id) };
    await assignRequest(officer, report._id, taken);
    const inHand = await requestByReference(organization, report.reference);
    expect(inHand.urgentOn, 'in hand').to.equal(report.deadlines.receivedOn);
    const child = await anUnverifiedRequest(organization, { right: 'child-report', name: '' });
    expect(Date.parse(child.urgentOn) - Date.parse(child.deadlines.receivedOn)).to.equal(
      3 * 86_400_000,
    );
    expect(await mailsTo('security@staff.test')).to.have.length(1);
  });

  it('names the day on which data kept from a deletion go at last', async () => {
    const officer = await aMember(organization);
    const { _id } = await anUnverifiedRequest(organization, { right: 'deletion' });
    await RequestModel.updateOne({ _id, organizationId: organization._id }, { state: 'new' });
    const line = (fields: Record<string, string>) =>
      addAnswerItem(officer, _id, { kind: 'kept', formKey: randomUUID(), fields });
    const fields = { category: 'Invoices', reason: 'legal-obligation' };
    const problem = await problemFrom(line({ ...fields, 'deleted-on': 'one day' }));
    expect(problem.errors[0]?.pointer).to.equal('/fields/deleted-on');
    expect((await problemFrom(line(fields))).errors[0]?.pointer).to.equal('/fields/deleted-on');
    await line({ ...fields, 'deleted-on': '2034-12-31' });
  });

  it('says which way it went where it can go several, and no other', async () => {
    const officer = await aMember(organization);
    const { _id, version } = await anUnverifiedRequest(organization, { right: 'complaint' });
    const text = 'We have looked into it.';
    for (const result of [null, 'granted']) {
      const problem = await problemFrom(
        completeRequest(officer, _id, { version, text, result }, []),
      );
      expect(problem.errors[0]?.pointer).to.equal('/result');
    }
    const partly = completeRequest(officer, _id, { version, text, kind: 'partial' }, []);
    expect((await problemFrom(partly)).errors[0]?.pointer).to.equal('/kind');
    await completeRequest(officer, _id, { version, text, result: 'upheld' }, []);
  });
});
