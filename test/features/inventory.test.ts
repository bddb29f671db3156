import { expect } from 'chai';
import { legalBases } from '../../config/inventory.ts';
import type { Role } from '../../config/permissions.ts';
import { purposeForm } from '../../server/features/inventory/schema.ts';
import { auditEntries } from '../../server/features/audit/service.ts';
import {
  describeCategory,
  inventoryOf,
  inventoryVersion,
} from '../../server/features/inventory/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { languageOf } from '../../server/language.ts';
import { useApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { aCategory, anItem, aPurpose, aRecipient } from '../support/inventory.ts';
import { anOrganization } from '../support/organizations.ts';
import { clientOf } from '../support/staff.ts';

describe('The data inventory', () => {
  useApp();
  let organization: Organization;
  let officer: Client;
  let home: string;
  before(async () => {
    organization = await anOrganization();
    officer = await clientOf(organization, 'privacy-officer');
    home = `/o/${organization.slug}/inventory`;
  });

  const version = async () => (await inventoryOf(organization._id)).version.toString();

  it('starts empty, and grows by a version with each change', async () => {
    const fresh = await anOrganization();
    expect(await inventoryOf(fresh._id)).to.deep.equal({
      version: 0,
      purposes: [],
      recipients: [],
      categories: [],
    });
    await anItem(fresh, 'categories');
    const { categories, purposes, ...rest } = await inventoryOf(fresh._id);
    expect(rest).to.deep.equal({ version: 2, recipients: [] });
    expect(categories[0]?.purposeIds).to.deep.equal([purposes[0]?.id]);
    expect((await inventoryVersion(fresh._id, 1)).categories).to.deep.equal([]);
  });

  it('takes a purpose with its legal basis, and leaves its codes in the audit trail', async () => {
    const reply = await officer.submit(`${home}/purposes/new`, {
      version: await version(),
      'name[en]': 'Answering questions',
      'name[de]': 'Fragen beantworten',
      basis: 'contract',
    });
    expect(reply.url).to.equal(`${home}/purposes`);
    expect(reply.text).to.include('Answering questions');
    const [entry] = await auditEntries(organization._id, { limit: 1 });
    expect(entry).to.include({ action: 'inventory.changed', actorKind: 'staff' });
    expect(entry?.facts).to.include({ list: 'purposes', change: 'added' });
    expect(JSON.stringify(entry?.facts)).not.to.include('Answering');
  });

  it('rejects a purpose without a legal basis', async () => {
    const seen = { version: await version(), 'name[en]': 'No reason at all' };
    for (const basis of ['', 'because']) {
      const reply = await officer.submit(`${home}/purposes/new`, { ...seen, basis });
      expect(reply.status).to.equal(422);
      expect(reply.text).to.include('id="basis-error"').and.include('No reason at all');
    }
    expect(await version()).to.equal(seen.version);
  });

  it('knows the six legal bases, and no other', () => {
    const purpose = { version: 0, name: { en: 'Something' }, balancing: 'LIA-1' };
    const accepted = [
      'consent',
      'contract',
      'legal-obligation',
      'vital-interests',
      'public-task',
      'legitimate-interests',
      'habit',
    ].filter((basis) => purposeForm.validate({ ...purpose, basis }).error === undefined);
    expect(accepted)
      .to.deep.equal([...legalBases])
      .and.have.lengthOf(6);
  });

  it('accepts legitimate interests only with a balancing of interests', async () => {
    const typed = { 'name[en]': 'Preventing fraud', basis: 'legitimate-interests' };
    const without = { version: await version(), ...typed };
    const refused = await officer.submit(`${home}/purposes/new`, without);
    expect(refused.status).to.equal(422);
    expect(refused.text).to.include('id="balancing-error"');
    const reply = await officer.submit(`${home}/purposes/new`, { ...without, balancing: 'LIA-7' });
    expect(reply.url).to.equal(`${home}/purposes`);
  });

  it('takes a category with all that people must be told of it', async () => {
    const [purpose, recipient] = [
      await anItem(organization, 'purposes'),
      await anItem(organization, 'recipients'),
    ];
    const reply = await officer.submit(`${home}/categories/new`, {
      version: await version(),
      'name[en]': 'Appointments',
      dataClass: 'phi',
      isDesignatedRecordSet: 'yes',
      role: 'businessAssociate',
      sources: ['person', 'customer'],
      sourceNames: 'A laboratory\r\nAn insurer\r\n',
      purposeIds: purpose,
      recipientIds: recipient,
      'retention[anchor]': 'last-contact',
      'retention[atLeastMonths]': '84',
      'retention[atMostMonths]': '120',
      'transfers[0][country]': 'US',
      'transfers[0][mechanism]': 'adequacy',
      'transfers[1][country]': '',
      'transfers[1][mechanism]': '',
    });
    expect(reply.url, reply.text.slice(0, 3000)).to.equal(home);
    const inventory = await inventoryOf(organization._id);
    const stored = inventory.categories.at(-1);
    expect(stored).to.deep.include({
      dataClass: 'phi',
      isDesignatedRecordSet: true,
      role: 'businessAssociate',
      sourceNames: ['A laboratory', 'An insurer'],
      retention: { anchor: 'last-contact', atLeastMonths: 84, atMostMonths: 120 },
      transfers: [{ country: 'US', mechanism: 'adequacy' }],
    });
    const form = await officer.get(`${home}/categories/${stored?.id ?? ''}`);
    expect(form.text)
      .to.include('A laboratory\nAn insurer')
      .and.include('<option value="US" selected>');
  });

  it('refuses a category without purpose, with unknown ones, or with a span turned round', async () => {
    const purpose = await anItem(organization, 'purposes');
    const typed = {
      version: await version(),
      'name[en]': 'Something',
      dataClass: 'ordinary',
      role: 'controller',
      sources: 'person',
      'retention[anchor]': 'collection',
    };
    const page = `${home}/categories/new`;
    for (const [given, field] of [
      [{}, 'purposeIds'],
      [{ purposeIds: 'unknown' }, 'purposeIds'],
      [
        {
          purposeIds: purpose,
          'retention[atLeastMonths]': '24',
          'retention[atMostMonths]': '12',
        },
        'retention.atMostMonths',
      ],
    ] as const) {
      const reply = await officer.submit(page, { ...typed, ...given });
      expect(reply.status).to.equal(422);
      expect(reply.text).to.include(`id="${field}-error"`);
    }
  });

  it('keeps a purpose as long as a category names it', async () => {
    await anItem(organization, 'categories');
    const purpose = (await inventoryOf(organization._id)).purposes.at(-1)?.id ?? '';
    const page = `${home}/purposes/${purpose}`;
    const seen = { version: await version() };
    expect((await officer.get(page)).text).not.to.include(`${page}/remove`);
    expect((await officer.submit(page, seen, `${page}/remove`)).status).to.equal(409);
    const free = `${home}/purposes/${await anItem(organization, 'purposes')}`;
    const reply = await officer.submit(free, { version: await version() }, `${free}/remove`);
    expect(reply.url).to.equal(`${home}/purposes`);
    expect((await officer.get(free)).status).to.equal(404);
  });

  it('tells the slower of two editors that it was changed meanwhile', async () => {
    const seen = await version();
    await anItem(organization, 'purposes');
    const reply = await officer.submit(`${home}/recipients/new`, {
      version: seen,
      'name[en]': 'A host',
    });
    expect(reply.status).to.equal(409);
    expect(reply.text).to.include('changed meanwhile');
  });

  it('shows earlier versions as they were', async () => {
    const fresh = await anOrganization();
    await anItem(fresh, 'purposes');
    await anItem(fresh, 'categories');
    const page = `/o/${fresh.slug}/inventory`;
    const client = await clientOf(fresh, 'auditor');
    const past = await client.get(`${page}/purposes?version=1`);
    expect(past.text).to.include('no longer in force').and.include('Billing');
    expect((await client.get(`${page}?version=1`)).text).to.include('No category yet');
    expect((await client.get(`${page}?version=9`)).status).to.equal(404);
  });

  for (const role of ['agent', 'auditor'] as Role[]) {
    it(`is read and not changed by the role ${role}`, async () => {
      const client = await clientOf(organization, role);
      const item = await anItem(organization, 'recipients');
      const page = `${home}/recipients/${item}`;
      expect((await client.get(page)).text)
        .to.include('disabled')
        .and.not.include('/remove');
      const form = { _csrf: await client.token('/staff/account'), version: await version() };
      expect((await client.post(page, { ...form, 'name[en]': 'X' })).status).to.equal(403);
      expect((await client.post(`${page}/remove`, form)).status).to.equal(403);
    });
  }
});

describe('A category of the inventory', () => {
  const content = {
    purposes: [{ id: 'p', ...aPurpose() }],
    recipients: [{ id: 'r', ...aRecipient() }],
    categories: [],
  };
  const category = { id: 'c', ...aCategory({ purposeIds: ['p'], recipientIds: ['r'] }) };

  it('is described to people in their language, else in one that is there', () => {
    expect(describeCategory(languageOf('en'), content, category)).to.deep.equal({
      name: 'Invoices',
      description: 'What was billed, and when it was paid.',
      sources: ['From the person', 'From elsewhere', 'A credit agency'],
      purposes: [{ name: 'Billing', basis: 'Contract' }],
      recipients: ['Hosting provider'],
      retention: 'At least 7 years after the date of the document',
      transfers: ['United States: Standard contractual clauses'],
    });
    const german = describeCategory(languageOf('de'), content, category);
    expect(german.purposes[0]).to.deep.equal({ name: 'Abrechnung', basis: 'Vertrag' });
    expect(german.name).to.equal('Invoices');
  });

  for (const [atLeastMonths, atMostMonths, text] of [
    [84, 120, '7 years to 10 years after the last contact'],
    [84, 84, '7 years after the last contact'],
    [null, 24, 'At most 2 years after the last contact'],
    [null, 18, 'At most 18 months after the last contact'],
    [null, null, 'Until the last contact'],
  ] as const) {
    it(`says how long it is kept: ${text}`, () => {
      const retention = { anchor: 'last-contact', atLeastMonths, atMostMonths } as const;
      const described = describeCategory(languageOf('en'), content, { ...category, retention });
      expect(described.retention).to.equal(text);
    });
  }
});
