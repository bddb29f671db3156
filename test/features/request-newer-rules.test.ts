import { expect } from 'chai';
import { deadlineRules } from '../../config/law/rules.ts';
import { days, months, type DeadlineRule } from '../../config/law/rule.ts';
import { addDays } from '../../server/deadlines/days.ts';
import { ruleOf } from '../../server/deadlines/rules.ts';
import { auditTrailOf } from '../../server/features/audit/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { RequestModel, type RequestRow } from '../../server/features/requests/model.ts';
import { shorterDates } from '../../server/features/requests/newer-rules.ts';
import { useApp } from '../support/app.ts';
import { anOrganization } from '../support/organizations.ts';
import { aRequest } from '../support/requests.ts';
import { clientOf } from '../support/staff.ts';

describe('A law that changes while a request is open', () => {
  useApp();
  let organization: Organization;
  const rules = deadlineRules as DeadlineRule[];
  const known = rules.length;
  const plant = (change: Partial<DeadlineRule>) =>
    rules.push({
      ...ruleOf('gdpr-answer@1'),
      version: 2,
      sources: ['GDPR, as changed'],
      ...change,
    });
  const rowOf = (_id: RequestRow['_id']) =>
    RequestModel.findOne({ _id, organizationId: organization._id }).orFail().lean();
  const pageOf = ({ _id }: RequestRow) => `/o/${organization.slug}/requests/${_id.toHexString()}`;

  before(async () => {
    organization = await anOrganization();
  });
  afterEach(() => {
    rules.splice(known);
  });

  it('shortens its date once staff say so, and not before', async () => {
    const { row } = await aRequest(organization, { country: 'IE' });
    plant({ respond: days(7) });
    const officer = await clientOf(organization, 'privacy-officer');
    const shown = (await officer.get(pageOf(row))).text;
    expect(shown).to.include('The law has changed').and.include('GDPR, as changed');
    expect((await rowOf(row._id)).deadlines).to.deep.equal(row.deadlines);
    const agent = await clientOf(organization, 'agent');
    const seen = (await agent.get(pageOf(row))).text;
    expect(seen).to.include('The law has changed').and.not.include('Adopt the earlier day');
    const { version } = await rowOf(row._id);
    const form = { version: String(version) };
    const done = await officer.submit(pageOf(row), form, `${pageOf(row)}/newer-rules`);
    expect(done.text).to.include('The earlier day is adopted.');
    expect(done.text).not.to.include('The law has changed');
    const after = await rowOf(row._id);
    const { receivedOn, effectiveDue, alarmOn } = after.deadlines;
    expect(after.deadlines.rules).to.deep.equal(['gdpr-answer@2']);
    expect(effectiveDue >= addDays(receivedOn, 7)).to.equal(true);
    expect(effectiveDue < row.deadlines.effectiveDue).to.equal(true);
    expect(after.urgentOn).to.equal(alarmOn);
    const trail = await auditTrailOf(organization._id, { kind: 'request', id: row._id });
    expect(trail.find(({ action }) => action === 'request.rules-adopted')?.facts).to.include({
      rules: 'gdpr-answer@2',
      before: row.deadlines.effectiveDue,
      due: effectiveDue,
    });
  });

  it('never puts a date off', async () => {
    const { row } = await aRequest(organization, { country: 'IE' });
    plant({ respond: months(2) });
    expect(shorterDates(row)).to.equal(null);
    const officer = await clientOf(organization, 'privacy-officer');
    const form = { version: String((await rowOf(row._id)).version) };
    const refused = await officer.submit(pageOf(row), form, `${pageOf(row)}/newer-rules`);
    expect(refused.status).to.equal(409);
    expect((await rowOf(row._id)).deadlines).to.deep.equal(row.deadlines);
  });

  it('changes nothing while it is not in force, or where it takes back an extension', async () => {
    const { row } = await aRequest(organization, { country: 'IE' });
    plant({ respond: days(7), effectiveFrom: '2999-01-01' });
    expect(shorterDates(row)).to.equal(null);
    rules.splice(known);
    const { extension: former, ...without } = ruleOf('gdpr-answer@1');
    expect(former).not.to.equal(undefined);
    rules.push({ ...without, version: 2, respond: days(7) });
    expect(shorterDates(row)?.dates.extendedDue).to.equal(null);
    const extension = { at: new Date(), reason: 'complexity', sealed: Buffer.alloc(0) } as const;
    expect(shorterDates({ ...row, extension })).to.equal(null);
  });
});
