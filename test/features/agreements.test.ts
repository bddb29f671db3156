import { expect } from 'chai';
import { controllerRoles, dataClasses, type ControllerRole } from '../../config/rights.ts';
import { AgreementModel } from '../../server/features/agreements/model.ts';
import {
  agreementNamed,
  agreementsOf,
  relations,
  relationsAsked,
  roleFor,
  servesAnother,
  type Relation,
} from '../../server/features/agreements/service.ts';
import { auditEntries } from '../../server/features/audit/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { agreementTyped, anAgreement } from '../support/agreements.ts';
import { useApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { anOrganization } from '../support/organizations.ts';
import { clientOf } from '../support/staff.ts';

describe('The register of agreements', () => {
  useApp();
  let organization: Organization;
  let officer: Client;
  let home: string;
  before(async () => {
    organization = await anOrganization();
    officer = await clientOf(organization, 'privacy-officer');
    home = `/o/${organization.slug}/inventory/agreements`;
  });

  const typed = (given: Record<string, string> = {}) => ({
    version: '0',
    name: 'Clinic Hillside',
    contactName: 'Wilma Archive',
    email: 'archive@hillside.test',
    role: 'businessAssociate',
    startsOn: '2025-02-01',
    ending: 'destroy',
    ...given,
  });

  it('takes an agreement; name and contact are sealed', async () => {
    const reply = await officer.submit(`${home}/new`, typed({ forwardDays: '2' }));
    expect(reply.url, reply.text.slice(0, 2000)).to.equal(home);
    expect(reply.text).to.include('Clinic Hillside').and.include('Within 2 business days');
    const [agreement] = await agreementsOf(organization._id);
    expect(agreement).to.include({
      name: 'Clinic Hillside',
      email: 'archive@hillside.test',
      forwardDays: 2,
      breachNoticeDays: null,
      ending: 'destroy',
    });
    const stored = await AgreementModel.findOne({ organizationId: organization._id })
      .comment(OF_A_TEST)
      .lean();
    expect(JSON.stringify(stored)).not.to.match(/Hillside|Wilma/u);
    const [entry] = await auditEntries(organization._id, { limit: 1 });
    expect(entry).to.include({ action: 'agreement.added' });
    expect(JSON.stringify(entry?.facts)).not.to.include('Hillside');
  });

  it('is changed by one editor at a time', async () => {
    const id = (await anAgreement(organization, { name: 'Practice Moor' })).toHexString();
    const page = `${home}/${id}`;
    const change = typed({ name: 'Practice Moor Ltd', version: '1', endsOn: '2025-12-31' });
    expect((await officer.submit(page, change)).text).to.include('Not in force');
    expect((await officer.submit(page, change)).status).to.equal(409);
  });

  it('refuses what cannot be: no contact, an end before the start, periods beyond the law', async () => {
    for (const [field, value] of [
      ['email', ''],
      ['email', 'nobody'],
      ['endsOn', '2024-12-31'],
      ['forwardDays', '0'],
      ['breachNoticeDays', '61'],
      ['role', 'controller'],
    ] as const) {
      const reply = await officer.submit(`${home}/new`, typed({ [field]: value }));
      expect(reply.status, field).to.equal(422);
      expect(reply.text, field).to.include(`id="${field}-error"`);
    }
  });

  it('finds the customer whose name somebody typed, while the agreement is in force', async () => {
    const own = await anOrganization();
    const id = await anAgreement(own, { name: 'St. Anne’s Clinic', endsOn: '2026-06-30' });
    const named = (name: string, day = '2026-01-10') => agreementNamed(own._id, name, day);
    expect((await named('st anne s clinic'))?._id).to.deep.equal(id);
    expect(await named('Saint Anne')).to.equal(null);
    expect(await named('St. Anne’s Clinic', '2026-07-01')).to.equal(null);
    await anAgreement(own, { name: 'St Anne’s Clinic' });
    expect(await named('St Anne’s Clinic'), 'two of one name').to.equal(null);
  });

  it('is read and not changed by agents', async () => {
    const agent = await clientOf(organization, 'agent');
    expect((await agent.get(home)).status).to.equal(200);
    const form = { _csrf: await agent.token('/staff/account'), ...typed() };
    expect((await agent.post(`${home}/new`, form)).status).to.equal(403);
    expect(agreementTyped().email).to.equal('records@clinic.test');
  });
});

describe('The part in which data are held', () => {
  for (const [roles, dataClass, relation, part] of [
    [['controller'], 'ordinary', 'own', 'controller'],
    [['controller'], 'phi', 'own', 'controller'],
    [['controller'], 'ordinary', 'patient', 'controller'],
    [['controller', 'businessAssociate'], 'phi', 'own', 'businessAssociate'],
    [['controller', 'businessAssociate'], 'ordinary', 'patient', 'businessAssociate'],
    [['controller', 'businessAssociate'], 'ordinary', 'own', 'controller'],
    [['controller', 'businessAssociate'], 'ordinary', 'employee', 'controller'],
    [['controller', 'processor'], 'ordinary', 'employee', 'processor'],
    [['controller', 'processor'], 'sensitive', 'patient', 'processor'],
    [['controller', 'processor'], 'ordinary', 'own', 'controller'],
    [['controller', 'processor', 'businessAssociate'], 'phi', 'patient', 'businessAssociate'],
    [['controller', 'processor', 'businessAssociate'], 'ordinary', 'employee', 'processor'],
    [['coveredEntity'], 'phi', 'own', 'coveredEntity'],
    [['coveredEntity'], 'ordinary', 'own', 'controller'],
    [['coveredEntity', 'businessAssociate'], 'phi', 'own', 'coveredEntity'],
    [['coveredEntity', 'businessAssociate'], 'phi', 'patient', 'businessAssociate'],
  ] as [ControllerRole[], (typeof dataClasses)[number], Relation, ControllerRole][]) {
    it(`is ${part} for ${dataClass} data of ${relation} under ${roles.join(' and ')}`, () => {
      expect(roleFor({ roles }, dataClass, relation)).to.equal(part);
    });
  }

  it('is never another’s where the organisation serves nobody', () => {
    for (const dataClass of dataClasses) {
      for (const relation of relations) {
        for (const roles of [['controller'], ['coveredEntity']] as ControllerRole[][]) {
          expect(servesAnother(roleFor({ roles }, dataClass, relation))).to.equal(false);
        }
      }
    }
    expect(controllerRoles.filter(servesAnother)).to.deep.equal(['processor', 'businessAssociate']);
  });

  it('asks people only where the answer matters', () => {
    expect(relationsAsked({ roles: ['controller'] })).to.deep.equal([]);
    expect(relationsAsked({ roles: ['controller', 'businessAssociate'] })).to.deep.equal([
      'own',
      'patient',
    ]);
    expect(relationsAsked({ roles: ['controller', 'processor'] })).to.deep.equal([
      'own',
      'patient',
      'employee',
    ]);
  });
});
