import { expect } from 'chai';
import { Types } from 'mongoose';
import { localDay } from '../../server/deadlines/days.ts';
import { auditTrailOf } from '../../server/features/audit/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { eraseRequest } from '../../server/features/requests/erasure.ts';
import { listRequests } from '../../server/features/requests/listing.ts';
import { RequestModel } from '../../server/features/requests/model.ts';
import { nextStepOf, type Waiting } from '../../server/features/requests/next-step.ts';
import { withdrawRequest } from '../../server/features/requests/portal.ts';
import type { QueueFilters } from '../../server/features/requests/queue-schema.ts';
import { saveView } from '../../server/features/requests/saved-views.ts';
import { beginningOf } from '../../server/features/requests/search.ts';
import { system } from '../../server/features/audit/service.ts';
import { useApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { anOrganization } from '../support/organizations.ts';
import { problemFrom } from '../support/problems.ts';
import { aMember, anUnverifiedRequest, aRequest, mailsTo } from '../support/requests.ts';
import { anAccount, aStaffMember, clientOf, signedIn } from '../support/staff.ts';

const ready: Waiting = {
  state: 'in-progress',
  right: 'access',
  channel: 'web',
  confirmedAt: null,
  role: 'controller',
  needsPermission: false,
  permissionBy: null,
  assigneeId: new Types.ObjectId(),
  requiredLevel: 1,
  provenLevel: 1,
  pauses: [],
};
const asked = (kind: 'identity' | 'clarification') => [
  { kind, askedAt: new Date(), answeredAt: null },
];

describe('What is next for a request', () => {
  const cases: [string, Partial<Waiting>, object][] = [
    ['confirms the mailbox', { state: 'unverified' }, { code: 'confirm-mailbox', by: 'person' }],
    [
      'permits an agent',
      { state: 'unverified', needsPermission: true, permissionBy: 'person' },
      { code: 'agent-permission', by: 'person' },
    ],
    [
      'looks at the authority of an agent',
      { state: 'unverified', needsPermission: true, permissionBy: 'staff' },
      { code: 'review-agent', by: 'staff' },
    ],
    [
      'establishes the identity of whom no code reaches',
      { state: 'unverified', hasNoAddress: true, requiredLevel: 2 },
      { code: 'prove-identity', by: 'staff', level: 2 },
    ],
    [
      'looks at a document',
      { requiredLevel: 3, pauses: asked('identity'), hasDocument: true },
      { code: 'review-document', by: 'staff' },
    ],
    [
      'answers a question',
      { pauses: asked('clarification') },
      { code: 'answer-clarification', by: 'person' },
    ],
    [
      'establishes the identity',
      { requiredLevel: 2 },
      { code: 'prove-identity', by: 'staff', level: 2 },
    ],
    [
      'proves an identity that was asked for',
      { requiredLevel: 3, pauses: asked('identity') },
      { code: 'prove-identity', by: 'person', level: 3 },
    ],
    ['assigns', { state: 'new', assigneeId: null }, { code: 'assign', by: 'staff' }],
    ['forwards', { role: 'processor' }, { code: 'forward', by: 'staff' }],
    ['forwards', { role: 'businessAssociate' }, { code: 'forward', by: 'staff' }],
    ['confirms a deletion', { right: 'deletion' }, { code: 'second-confirmation', by: 'person' }],
    ['reviews', { hasUnreviewed: true }, { code: 'review-package', by: 'staff' }],
    ['answers an appeal', { right: 'appeal' }, { code: 'answer-appeal', by: 'staff' }],
    ['answers', {}, { code: 'answer', by: 'staff' }],
    ['has nothing to do', { state: 'completed' }, { code: 'nothing', by: 'nobody' }],
  ];
  for (const [what, given, step] of cases) {
    it(`is somebody who ${what}: ${JSON.stringify(step)}`, () => {
      expect(nextStepOf({ ...ready, ...given })).to.deep.equal(step);
    });
  }
});

describe('The beginning of a reference', () => {
  for (const [typed, read] of [
    ['7k3', '7K3'],
    ['7K3M', '7K3M'],
    ['7k3m9', '7K3M-9'],
    ['7K3M 9QXT 2', '7K3M-9QXT-2'],
    ['7k', null],
    ['ada@person.test', null],
    ['Lovelace', null],
  ] as const) {
    it(`is read from ${typed}`, () => {
      expect(beginningOf(typed)).to.equal(read);
    });
  }
});

describe('The queue', () => {
  useApp();
  let organization: Organization;
  let client: Client;
  let ids: Record<'ada' | 'bruno' | 'clara', string>;
  let email: string;
  const queue = () => `/o/${organization.slug}/requests`;

  before(async () => {
    organization = await anOrganization({ name: 'Meadow Clinic' });
    client = await clientOf(organization, 'agent');
    const ada = await aRequest(organization, { name: 'Ada Beispiel-Lovelace' });
    const bruno = await aRequest(organization, { name: 'Bruno Müster', right: 'deletion' });
    const clara = await anUnverifiedRequest(organization, { name: 'Clara Beispiel' });
    email = ada.email;
    ids = {
      ada: ada.row._id.toHexString(),
      bruno: bruno.row._id.toHexString(),
      clara: clara._id.toHexString(),
    };
  });

  const search = async (q: string, group = 'open') =>
    client.submit(queue(), { q, group }, `${queue()}/search`);
  const chosenRow = async (id: string) => {
    const row = await RequestModel.findOne({
      _id: new Types.ObjectId(id),
      organizationId: organization._id,
    })
      .comment(OF_A_TEST)
      .orFail()
      .lean();
    return `${id}~${row.version}`;
  };

  it('is searched by whole words of the name, whatever their case and accents', async () => {
    for (const [typed, group, names] of [
      ['beispiel', 'open', ['Ada']],
      ['LOVELACE ada', 'open', ['Ada']],
      ['muster', 'open', ['Bruno']],
      ['beispiel', 'unverified', ['Clara']],
      ['beispiel muster', 'open', []],
      ['beispie', 'open', []],
    ] as const) {
      const { text } = await search(typed, group);
      const found = ['Ada', 'Bruno', 'Clara'].filter((name) => text.includes(`${name} `));
      expect(found, typed).to.deep.equal(names);
    }
  });

  it('is searched by an address, which no page address shows', async () => {
    const reply = await search(email.toUpperCase());
    expect(reply.text).to.include('Ada Beispiel-Lovelace').and.not.include('Bruno');
    expect(reply.url).not.to.include('person').and.not.include('ada');
    expect((await search(email.slice(1))).text).to.include('Nothing here');
  });

  it('is searched by the beginning of a reference, in every drawer', async () => {
    const { reference } = await RequestModel.findOne({
      _id: new Types.ObjectId(ids.clara),
      organizationId: organization._id,
    })
      .orFail()
      .lean();
    const reply = await search(reference.replaceAll('-', '').slice(0, 6).toLowerCase());
    expect(reply.text).to.include('Clara Beispiel').and.not.include('Bruno');
  });

  it('says how many there are in the drawer that is open', async () => {
    expect((await client.get(queue())).text).to.include('2 open requests, the most urgent first');
    const { text } = await client.get(`${queue()}?group=unverified`);
    expect(text).to.include('1 request that nobody has confirmed yet');
    expect((await client.get(`${queue()}?group=closed`)).text).to.include('No closed requests');
  });

  it('says by when a report is wanted, before the law asks', async () => {
    const other = await anOrganization();
    const staff = await clientOf(other, 'agent');
    const answers = { incident: 'A lost laptop.' };
    await anUnverifiedRequest(other, { right: 'security-report', answers });
    const { text } = await staff.get(`/o/${other.slug}/requests`);
    expect(text).to.include('Wanted today').and.not.include('days left');
  });

  it('says where else a search finds something', async () => {
    const { text } = await search('clara');
    expect(text).to.include('Look among the unverified ones');
  });

  it('knows nothing of the requests of other organisations', async () => {
    const other = await anOrganization();
    await aRequest(other, { name: 'Ada Beispiel' });
    const stranger = await clientOf(other, 'agent');
    const page = `/o/${other.slug}/requests`;
    const { text } = await stranger.submit(
      page,
      { q: 'lovelace', group: 'open' },
      `${page}/search`,
    );
    expect(text).to.include('Nothing here');
  });

  it('tags many at once, finds them by the tag, and takes it off again', async () => {
    const rows = [await chosenRow(ids.ada), await chosenRow(ids.bruno)];
    const done = await client.submit(
      queue(),
      { act: 'tag', tag: 'Late-Payer', rows },
      `${queue()}/bulk`,
    );
    expect(done.text).to.include('2 requests were changed.');
    const tagged = await client.get(`${queue()}?tag=late-payer&right=deletion`);
    expect(tagged.text).to.include('Bruno').and.not.include('Ada');
    expect((await search('#late-payer')).text)
      .to.include('Bruno')
      .and.include('Ada');
    const off = { act: 'untag', tag: 'late-payer', rows: rows[0] ?? '' };
    await client.submit(queue(), off, `${queue()}/bulk`);
    expect((await client.get(`${queue()}?tag=late-payer`)).text).not.to.include('Ada');
    const trail = await auditTrailOf(organization._id, { kind: 'request', id: ids.ada });
    expect(trail.filter(({ action }) => action === 'request.tagged')).to.have.length(2);
  });

  it('assigns many at once with one mail, and names those that moved meanwhile', async () => {
    const colleague = await anAccount([[organization, 'agent']]);
    const assigneeId = colleague.accountId.toHexString();
    const third = await aRequest(organization, { name: 'Dora Fiktiv' });
    const stale = `${third.row._id.toHexString()}~${third.row.version - 1}`;
    const rows = [await chosenRow(ids.ada), await chosenRow(ids.bruno), stale];
    const { text } = await client.submit(
      queue(),
      { act: 'assign', assigneeId, rows },
      `${queue()}/bulk`,
    );
    expect(text).to.include('2 requests were changed.');
    expect(text).to.include(`${third.row.reference}: somebody changed it meanwhile.`);
    const mine = await (await signedIn(colleague)).get(`${queue()}?assignee=me`);
    expect(mine.text).to.include('Ada').and.include('Bruno').and.not.include('Dora');
    const mails = (await mailsTo(colleague.email)).filter(({ subject }) =>
      subject.includes('now yours'),
    );
    expect(mails.map(({ subject }) => subject)).to.deep.equal(['2 requests are now yours']);
  });

  it('asks for a choice, a tag, and somebody who may do it', async () => {
    const bulk = (fields: Record<string, string>) =>
      client.submit(queue(), fields, `${queue()}/bulk`);
    const none = await bulk({ act: 'assign', assigneeId: '' });
    expect([none.status, none.text.includes('Choose at least one request')]).to.deep.equal([
      422,
      true,
    ]);
    const rows = await chosenRow(ids.ada);
    expect((await bulk({ act: 'tag', tag: 'no spaces!', rows })).text).to.include('Write a tag');
    const auditor = await anAccount([[organization, 'auditor']]);
    const assigneeId = auditor.accountId.toHexString();
    const refused = await bulk({ act: 'assign', assigneeId, rows });
    expect(refused.text).to.include('cannot work on requests here');
    const reader = await signedIn(auditor);
    expect((await reader.get(queue())).text).not.to.include('name="rows"');
    const tried = await reader.submit(queue(), { act: 'tag', tag: 'x', rows }, `${queue()}/bulk`);
    expect(tried.status).to.equal(403);
  });

  it('keeps views, shared or for oneself, and never what was searched for', async () => {
    const view = { name: 'Late deletions', group: 'open', right: 'deletion', due: 'overdue' };
    const saved = await client.submit(queue(), view, `${queue()}/views`);
    expect(saved.text).to.include('The view has been saved').and.include('Late deletions');
    const other = await clientOf(organization, 'agent');
    expect((await other.get(queue())).text).not.to.include('Late deletions');
    await client.submit(queue(), { ...view, shared: 'yes' }, `${queue()}/views`);
    const seen = await other.get(queue());
    expect(seen.text).to.include('Late deletions').and.include('of a colleague');
    expect(seen.text).to.include('right&#x3D;deletion');
    const words = await client.submit(queue(), { ...view, words: 'x' }, `${queue()}/views`);
    expect(words.status).to.equal(422);
    const [, id = ''] =
      /views\/([0-9a-f]{24})\/removal/u.exec((await client.get(queue())).text) ?? [];
    const foreign = await other.submit(queue(), {}, `${queue()}/views/${id}/removal`);
    expect(foreign.status).to.equal(404);
    await client.submit(queue(), {}, `${queue()}/views/${id}/removal`);
    expect((await other.get(queue())).text).not.to.include('Late deletions');
  });

  it('replaces a view of the same name also when there is room for no other', async () => {
    const staff = await aStaffMember(organization);
    const view = (at: number) => ({ name: `View ${at}`, group: 'open' as const });
    for (let at = 0; at < 30; at++) await saveView(staff, view(at));
    const { filters } = await saveView(staff, { ...view(3), right: 'deletion' });
    expect(filters).to.include({ right: 'deletion' });
    expect((await problemFrom(saveView(staff, view(30)))).errors[0]?.code).to.equal('array.max');
  });

  it('tells an open page whether it would look different now', async () => {
    const stamp = async () => {
      const fields = { _csrf: await client.token(queue()) };
      const { text } = await client.post(`${queue()}/pulse?group=open`, fields);
      return (JSON.parse(text) as { stamp: string }).stamp;
    };
    const before = await stamp();
    expect((await client.get(queue())).text).to.include(`data-stamp="${before}"`);
    const rows = await chosenRow(ids.ada);
    await client.submit(queue(), { act: 'tag', tag: 'news', rows }, `${queue()}/bulk`);
    expect(await stamp()).not.to.equal(before);
  });
});

describe('Pages of the queue', () => {
  useApp();

  it('lead forwards and back, for every filter, in the order of the queue', async () => {
    const organization = await anOrganization();
    const member = await aMember(organization);
    const { row } = await aRequest(organization);
    const { _id, ...plain } = row;
    const made = Array.from({ length: 23 }, (_, at) => ({
      ...plain,
      _id: new Types.ObjectId(),
      // Without a key nobody's name is shown.
      keyId: new Types.ObjectId(),
      reference: `ZZZZ-${String(at).padStart(4, '0')}-Z`,
      formKey: new Types.ObjectId().toHexString(),
      urgentOn: `2035-01-${String(1 + (at % 5)).padStart(2, '0')}`,
      facets: [...row.facets, ...(at % 2 === 0 ? ['tag:even'] : [])],
    }));
    await RequestModel.deleteOne({ _id, organizationId: organization._id });
    await RequestModel.collection.insertMany(made);
    const walk = async (
      filters: Omit<QueueFilters, 'group'>,
      key: 'cursor' | 'before',
      from?: string,
    ) => {
      const pages: string[][] = [];
      let at = from;
      for (;;) {
        const page = await listRequests(
          member,
          { group: 'open', ...filters, ...(at !== undefined && { [key]: at }) },
          5,
        );
        pages.push(page.rows.map(({ reference }) => reference));
        const next = key === 'cursor' ? page.next : page.previous;
        if (next === null) return { pages, page };
        at = next;
      }
    };
    for (const filters of [
      {},
      { right: 'access' as const },
      { tag: 'even' },
      { tag: 'even', language: 'en', channel: 'web' as const, regime: 'gdpr' as const },
    ]) {
      const expected = made
        .filter(({ facets }) => !('tag' in filters) || facets.includes('tag:even'))
        .sort((a, b) =>
          a.urgentOn + a._id.toHexString() < b.urgentOn + b._id.toHexString() ? -1 : 1,
        )
        .map(({ reference }) => reference);
      const { pages, page } = await walk(filters, 'cursor');
      expect(pages.flat(), JSON.stringify(filters)).to.deep.equal(expected);
      const back = await walk(filters, 'before', page.previous ?? '');
      const shown = pages.at(-1)?.length ?? 0;
      expect(back.pages.toReversed().flat()).to.deep.equal(
        expected.slice(0, expected.length - shown),
      );
    }
  });

  it('show the closed ones by the day of closing, and forget the words of an erased one', async () => {
    const organization = await anOrganization();
    const member = await aMember(organization);
    const { row, person } = await aRequest(organization, { name: 'Erna Muster' });
    await withdrawRequest(person, { version: row.version });
    const closed = await RequestModel.findOne({ _id: row._id, organizationId: organization._id })
      .orFail()
      .lean();
    expect(closed.urgentOn).to.equal(localDay(new Date(), organization.timeZone));
    expect(closed.facets.filter((one) => one.startsWith('word:'))).to.have.length(3);
    await eraseRequest(system(organization._id), row._id);
    const erased = await RequestModel.findOne({ _id: row._id, organizationId: organization._id })
      .orFail()
      .lean();
    expect(erased.facets.filter((one) => one.startsWith('word:'))).to.deep.equal([]);
    const { rows } = await listRequests(member, { group: 'closed', state: 'withdrawn' });
    expect(rows.map(({ name }) => name)).to.deep.equal([null]);
  });
});
