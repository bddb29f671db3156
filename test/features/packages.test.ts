import { expect } from 'chai';
import type { Types } from 'mongoose';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import sinon from 'sinon';
import { undisclosed } from '../../config/undisclosed.ts';
import { localDay } from '../../server/deadlines/days.ts';
import { languageOf } from '../../server/language.ts';
import { inTransaction } from '../../server/database/transaction.ts';
import { Problem } from '../../server/problem.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { FileChunkModel, FileModel } from '../../server/features/files/model.ts';
import { refuseRequest } from '../../server/features/requests/moves.ts';
import { moveRequest } from '../../server/features/requests/moving.ts';
import { PackageModel } from '../../server/features/packages/model.ts';
import {
  readRecords,
  recordsAsCsv,
  schemaOf,
  stripUndisclosed,
} from '../../server/features/packages/records.ts';
import { addToPackage } from '../../server/features/requests/answer-package.ts';
import { attendToPackages } from '../../server/features/requests/service.ts';
import { enterByCode } from '../../server/features/requests/entrance.ts';
import { useApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { aStagedFile } from '../support/files.ts';
import { anItem } from '../support/inventory.ts';
import { anOrganization } from '../support/organizations.ts';
import { inPortal } from '../support/portal.ts';
import { problemFrom } from '../support/problems.ts';
import { aMember, aRequest, codeSentTo, mailsTo, requestByReference } from '../support/requests.ts';
import { clientOf } from '../support/staff.ts';
import { unzip } from '../support/unzip.ts';

describe('Records of an answer', () => {
  it('are read from JSON and from CSV, and from nothing else', () => {
    expect(readRecords('[{"city":"Bonn"}]')).to.deep.equal([{ city: 'Bonn' }]);
    expect(readRecords('\uFEFF{"city":"Bonn"}')).to.deep.equal([{ city: 'Bonn' }]);
    expect(readRecords('city,street\nBonn,"Weg, 1"\n')).to.deep.equal([
      { city: 'Bonn', street: 'Weg, 1' },
    ]);
    for (const wrong of ['', '[1]', '[]', '{', 'a,b\n1', '"text"']) {
      expect(() => readRecords(wrong), wrong)
        .to.throw(Problem)
        .with.nested.property('errors[0].code', 'records.unreadable');
    }
  });

  const fields: [string, string, string | undefined][] = [
    ['SSN', '000-00-0000', 'social-security-number'],
    ['note', '123-45-6789', 'social-security-number'],
    ['socialSecurityNumber', '1', 'social-security-number'],
    ['driver_license_no', 'D1', 'government-id'],
    ['Passport', 'C1', 'government-id'],
    ['iban', 'DE1', 'financial-account'],
    ['paidFrom', 'DE89 3704 0044 0532 0130 00', 'financial-account'],
    ['bank-account-number', '1', 'financial-account'],
    ['insurance_id', '1', 'health-insurance-id'],
    ['memberId', '1', 'health-insurance-id'],
    ['MRN', '1', 'medical-id'],
    ['passwordHash', 'x', 'password'],
    ['security question', 'x', 'security-answers'],
    ['faceprint', 'x', 'biometrics'],
    ['session', 'x', undefined],
    ['passenger', 'x', undefined],
    ['pinned', 'yes', undefined],
    ['name', 'Ada', undefined],
  ];
  for (const [name, value, kind] of fields) {
    it(`of a Californian ${kind ? 'lack' : 'keep'} the field ${name}`, () => {
      const { records, held } = stripUndisclosed([{ deep: [{ [name]: value }] }], true);
      expect(held).to.deep.equal(kind ? [kind] : []);
      expect(records).to.deep.equal([{ deep: [kind ? {} : { [name]: value }] }]);
    });
  }

  it('keep everywhere else what only California forbids, but never a password', () => {
    const given = [{ ssn: '1', password: 'x', name: 'Ada' }];
    expect(stripUndisclosed(given, false)).to.deep.equal({
      records: [{ ssn: '1', name: 'Ada' }],
      held: ['password'],
    });
  });

  it('never hold a forbidden name at any depth, and lose nothing else', () => {
    const forbidden = fc.constantFrom(
      'ssn',
      'Passport number',
      'iban',
      'mrn',
      'password',
      'Face Print',
    );
    const harmless = fc.constantFrom('name', 'city', 'order', 'note');
    const names = fc.oneof(forbidden, harmless);
    const leaf = fc.constantFrom<unknown[]>('a', 1, null, true);
    const level = (inner: fc.Arbitrary<unknown>) =>
      fc.dictionary(names, fc.oneof(leaf, inner, fc.array(inner, { maxLength: 2 })), {
        maxKeys: 4,
      });
    const tree = level(level(leaf));
    const namesOf = (value: unknown): string[] =>
      Array.isArray(value)
        ? value.flatMap(namesOf)
        : typeof value === 'object' && value !== null
          ? Object.entries(value).flatMap(([name, inner]) => [name, ...namesOf(inner)])
          : [];
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 3 }), (given) => {
        const { records } = stripUndisclosed(given, true);
        const left = namesOf(records);
        for (const { names } of undisclosed) {
          expect(left.some((name) => names.test(name.toLowerCase()))).to.equal(false);
        }
        expect(stripUndisclosed(records, true)).to.deep.equal({ records, held: [] });
      }),
    );
  });

  it('become CSV that reads back, with formulas disarmed', () => {
    const records = [
      { name: 'Ada "A", B', sum: 3 },
      { name: '=1+1', more: { a: [1] } },
    ];
    const csv = recordsAsCsv(records);
    expect(csv.split('\r\n')[0]).to.equal('name,sum,more');
    expect(readRecords(csv)).to.deep.equal([
      { name: 'Ada "A", B', sum: '3', more: '' },
      { name: "'=1+1", sum: '', more: '{"a":[1]}' },
    ]);
  });

  it('fit the schema that is made of them', () => {
    const record = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.jsonValue({ maxDepth: 1 }));
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 4 }), (records) => {
        const validate = new Ajv2020({ allowUnionTypes: true }).compile(schemaOf(records));
        expect(
          validate(JSON.parse(JSON.stringify(records))),
          JSON.stringify(validate.errors),
        ).to.equal(true);
      }),
    );
  });
});

const DAY_MS = 86_400_000;

describe('The answer package', () => {
  useApp();
  afterEach(() => {
    sinon.restore();
  });
  let organization: Organization;
  let staff: Client;
  let category: string;
  before(async () => {
    organization = await anOrganization();
    category = await anItem(organization, 'categories');
    staff = await clientOf(organization, 'privacy-officer');
  });

  const find = async (requestId: Types.ObjectId) =>
    PackageModel.findOne({ organizationId: organization._id, requestId }).lean();

  /** A Californian request, and what staff do about its package. */
  async function gathering() {
    const { row, email } = await aRequest(organization, { country: 'US', state: 'CA' });
    const desk = `/o/${organization.slug}/requests/${row._id.toHexString()}`;
    const _csrf = await staff.token(`${desk}/package`);
    const add = (kind: string, content: string | null, name = 'file.txt', into = category) => {
      const form = new FormData();
      for (const [field, value] of Object.entries({ _csrf, kind, category: into })) {
        form.append(field, value);
      }
      if (content !== null) form.append('files', new Blob([content]), name);
      return staff.upload(`${desk}/package`, form);
    };
    const review = (item: Types.ObjectId, verdict: string, reason = '') =>
      staff.post(`${desk}/package/review`, { _csrf, item: item.toHexString(), verdict, reason });
    const complete = async () => {
      const { version } = await requestByReference(organization, row.reference);
      const form = new FormData();
      const fields = { _csrf, version: String(version), text: 'Here is your data.' };
      for (const [field, value] of Object.entries(fields)) form.append(field, value);
      return staff.upload(`${desk}/completion`, form);
    };
    return { row, email, desk, _csrf, add, review, complete };
  }

  /** One that was handed over: records, a document, and a document that is withheld. */
  async function handedOver() {
    const made = await gathering();
    await made.add('records', 'ssn,city\r\n123-45-6789,Bonn\r\n', 'orders.csv');
    await made.add('document', 'A letter.', 'letter.txt', '');
    await made.add('document', 'About a neighbour.', 'neighbour.txt');
    const { items = [] } = (await find(made.row._id)) ?? {};
    const [records, letter, neighbour] = items;
    await made.review(records!._id, 'clear');
    await made.review(letter!._id, 'clear');
    await made.review(neighbour!._id, 'withheld', 'It is about somebody else.');
    expect((await made.complete()).status).to.equal(200);
    return made;
  }

  /** Asks for a code in the portal and downloads with it. */
  async function download(client: Client, page: string, code: string) {
    const _csrf = await client.token(page);
    const body = new URLSearchParams({ _csrf, code });
    return client.exchange(`${page}/package`, { method: 'POST', body });
  }

  it('refuses what cannot be read, and a form without a file', async () => {
    const { add, row } = await gathering();
    expect((await add('records', '{')).status).to.equal(422);
    expect((await add('document', null)).status).to.equal(422);
    expect(await find(row._id)).to.equal(null);
  });

  it('does not go out before everything in it was looked through', async () => {
    const { add, complete, row, review } = await gathering();
    await add('document', 'A letter.');
    expect((await complete()).status).to.equal(409);
    const [item] = (await find(row._id))?.items ?? [];
    expect((await review(item!._id, 'withheld')).status, 'withheld without a reason').to.equal(422);
    await review(item!._id, 'clear');
    expect((await complete()).status).to.equal(200);
    expect((await add('document', 'Too late.')).status).to.equal(409);
  });

  it('takes nothing for a request that is closed while the records are read', async () => {
    const { row } = await gathering();
    const officer = await aMember(organization);
    const records = { name: 'orders.csv', content: Buffer.from('city\r\nBonn\r\n') };
    const [staged] = await aStagedFile(organization, records);
    const refusal = { ground: 'excessive', text: 'No.', version: row.version } as const;
    const stores = sinon.stub(FileModel, 'create').callsFake(async (...given: unknown[]) => {
      stores.restore();
      await refuseRequest(officer, row._id, refusal);
      return FileModel.create(...(given as Parameters<typeof FileModel.create>));
    });
    const item = { category: '', kind: 'records' } as const;
    const late = await problemFrom(addToPackage(officer, row._id, item, staged!));
    expect(late.problem).to.equal('not-allowed-now');
    expect((await find(row._id))?.items ?? []).to.deep.equal([]);
  });

  it('lets go of what was taken out again, with its key', async () => {
    const { add, row, desk, _csrf } = await gathering();
    await add('document', 'A mistake.');
    const [item] = (await find(row._id))?.items ?? [];
    await staff.post(`${desk}/package/removal`, { _csrf, item: item!._id.toHexString() });
    expect((await find(row._id))?.items).to.deep.equal([]);
    const { _id: organizationId } = organization;
    expect(await FileModel.exists({ _id: item!.fileId, organizationId })).to.equal(null);
  });

  it('is fetched as one archive with a fresh code, which serves once', async () => {
    const { row, email } = await handedOver();
    const { client, page } = await inPortal(organization, row.reference, email);
    const ofVisit = await codeSentTo(email);
    expect((await download(client, page, ofVisit)).status, 'the code of the visit').to.equal(422);
    await client.submit(page, {}, `${page}/package/code`);
    const code = await codeSentTo(email);
    const entrance = await problemFrom(enterByCode(organization, row.reference, code));
    expect(entrance.code, 'the code of the download at the entrance').to.equal('wrong-code');
    const reply = await download(client, page, code);
    expect(reply.status).to.equal(200);
    expect(reply.headers.get('content-type')).to.equal('application/zip');
    const files = await unzip(Buffer.from(await reply.arrayBuffer()));
    const text = (name: string) => files.get(name)?.toString() ?? '';
    expect([...files.keys()]).to.deep.equal([
      'index.html',
      'data.json',
      'schema.json',
      `${category}/01-orders.csv`,
      'more/02-letter.txt',
    ]);
    expect(text(`${category}/01-orders.csv`)).to.equal('city\r\nBonn\r\n');
    expect(text('more/02-letter.txt')).to.equal('A letter.');
    const data: unknown = JSON.parse(text('data.json'));
    expect(data)
      .to.have.nested.property('data[0].records')
      .that.deep.equals([{ city: 'Bonn' }]);
    const validate = new Ajv2020({ allowUnionTypes: true }).compile(
      JSON.parse(text('schema.json')) as object,
    );
    expect(validate(data), JSON.stringify(validate.errors)).to.equal(true);
    for (const part of ['Invoices', 'Billing', 'United States', 'social security number']) {
      expect(text('index.html')).to.include(part);
    }
    expect(text('index.html')).to.include('It is about somebody else.');
    for (const content of files.values()) {
      expect(content.toString()).not.to.match(/123-45-6789|About a neighbour/u);
    }
    expect((await download(client, page, code)).status, 'the same code again').to.equal(422);
    expect((await find(row._id))?.downloads).to.equal(1);
  });

  it('ends in an error, and not in half an archive, when a chunk is gone', async () => {
    const { row, email } = await handedOver();
    const { items } = (await find(row._id))!;
    const { _id: organizationId } = organization;
    await FileChunkModel.deleteMany({ organizationId, fileId: items[1]!.fileId });
    const { client, page } = await inPortal(organization, row.reference, email);
    await client.submit(page, {}, `${page}/package/code`);
    const reply = await download(client, page, await codeSentTo(email));
    let isWhole = true;
    await reply.arrayBuffer().catch(() => (isWhole = false));
    expect(isWhole).to.equal(false);
  });

  it('outlives a request that hands it to nobody by a month, and not the request’s return', async () => {
    const { row, add } = await gathering();
    const { _id: organizationId } = organization;
    const officer = await aMember(organization);
    const person = { kind: 'subject', id: null, organizationId } as const;
    const answer = { ground: 'identity-not-proved', text: 'We do not know you.' } as const;
    await add('document', 'A letter.');
    const refuse = async () => {
      const { version } = await requestByReference(organization, row.reference);
      await refuseRequest(officer, row._id, { version, ...answer });
    };
    await refuse();
    const { _id, items, nextActionAt } = (await find(row._id))!;
    expect(nextActionAt!.getTime() - Date.now()).to.be.within(29.9 * DAY_MS, 30 * DAY_MS);
    await inTransaction(() => moveRequest(person, row._id, { name: 'reopen' }));
    expect((await find(row._id))?.nextActionAt).to.equal(null);
    await refuse();
    sinon.useFakeTimers({ now: Date.now() + 31 * DAY_MS, toFake: ['Date'] });
    await attendToPackages();
    sinon.restore();
    expect(await find(row._id)).to.equal(null);
    expect(await FileModel.exists({ organizationId, 'about.id': _id })).to.equal(null);
    expect(await FileChunkModel.exists({ organizationId, fileId: items[0]!.fileId })).to.equal(
      null,
    );
    await inTransaction(() => moveRequest(person, row._id, { name: 'reopen' }));
    await add('document', 'Another letter.');
    expect((await find(row._id))?.items).to.have.length(1);
  });

  it('is announced by mail with its last day, and once more before it goes unfetched', async () => {
    const [waiting, fetched] = [await handedOver(), await handedOver()];
    const { endsAt } = (await find(waiting.row._id))!;
    const endsOn = languageOf('en').day(localDay(endsAt!, organization.timeZone));
    const subjects = async (email: string) => (await mailsTo(email)).map(({ subject }) => subject);
    const news = (await mailsTo(waiting.email)).at(-1);
    expect(news?.subject).to.equal(`Request ${waiting.row.reference}: your data are ready`);
    expect(news?.text).to.include(endsOn).and.not.include('Here is your data.');
    const { client, page } = await inPortal(organization, fetched.row.reference, fetched.email);
    await client.submit(page, {}, `${page}/package/code`);
    await (await download(client, page, await codeSentTo(fetched.email))).arrayBuffer();
    const before = await subjects(fetched.email);
    sinon.useFakeTimers({ now: endsAt!.getTime() - 2 * DAY_MS + 60_000, toFake: ['Date'] });
    await attendToPackages();
    await attendToPackages();
    sinon.restore();
    const reminder = `Request ${waiting.row.reference}: your data are still waiting`;
    const told = await subjects(waiting.email);
    expect(told.filter((subject) => subject === reminder)).to.have.length(1);
    expect(await subjects(fetched.email)).to.deep.equal(before);
    expect(await find(waiting.row._id)).to.deep.include({
      state: 'released',
      nextActionAt: endsAt,
    });
  });

  it('is destroyed when its life has ended', async () => {
    const { row, email } = await handedOver();
    const { _id: organizationId } = organization;
    const { _id, endsAt, items } = (await find(row._id))!;
    expect(endsAt!.getTime() - Date.now()).to.be.within(6.9 * 86_400_000, 7 * 86_400_000);
    sinon.useFakeTimers({ now: endsAt!.getTime() + 1, toFake: ['Date'] });
    expect(await attendToPackages()).to.be.at.least(1);
    sinon.restore();
    expect(await find(row._id)).to.include({ state: 'deleted', sealed: null });
    expect(await FileModel.exists({ organizationId, 'about.id': _id })).to.equal(null);
    for (const { fileId } of items) {
      expect(await FileChunkModel.exists({ organizationId, fileId })).to.equal(null);
    }
    const { reply } = await inPortal(organization, row.reference, email);
    expect(reply.text).to.include('The files were deleted');
  });
});
