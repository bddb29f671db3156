import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { ConsentRecordModel } from '../../server/features/consent/model.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { openRequest } from '../../server/features/requests/reading.ts';
import type { RequestRow } from '../../server/features/requests/model.ts';
import { useApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { aChoice, SITE_ORIGIN } from '../support/consent.ts';
import { anOrganization, aSite } from '../support/organizations.ts';
import { aRequest } from '../support/requests.ts';
import { aStaffMember, clientOf } from '../support/staff.ts';
import { letClockStand } from '../support/standing-clock.ts';

interface SentProblem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  errors?: { pointer: string; detail: string }[];
}

interface JsonDoor {
  path: string;
  client: Client;
  origin: string | null;
  /** A body that the door would take. */
  good: Record<string, unknown>;
  /** The member of it that holds a text. */
  text: string;
}

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const bytes = (...given: number[]) => Buffer.from(given);

/** Text whose bytes are no UTF-8: a lone byte, NUL in two bytes, a surrogate, and a cut sequence. */
const brokenBytes = [
  bytes(0xff),
  bytes(0xc0, 0x80),
  bytes(0xed, 0xa0, 0x80),
  bytes(0xf0, 0x9f, 0x91),
];

describe('A JSON door that is given', function () {
  useApp();
  let organization: Organization;
  let row: RequestRow;
  const doors: Record<string, JsonDoor> = {};

  before(async () => {
    organization = await anOrganization();
    const site = await aSite(organization);
    ({ row } = await aRequest(organization));
    doors['for visitors'] = {
      path: `/c/${site.siteKey}/choices`,
      client: new Client(),
      origin: SITE_ORIGIN,
      good: { ...(await aChoice(site)) },
      text: 'regime',
    };
    doors['for staff'] = {
      path: `/api/v1/organizations/${organization.slug}/requests/${row._id.toHexString()}/messages`,
      client: await clientOf(organization, 'privacy-officer'),
      origin: null,
      good: { text: 'Hello', formKey: randomUUID() },
      text: 'text',
    };
  });

  async function refused(
    { path, client, origin }: JsonDoor,
    body: string | Buffer,
    status: number,
    headers: Record<string, string> = {},
  ): Promise<SentProblem> {
    const response = await client.exchange(path, {
      method: 'POST',
      body: Buffer.from(body),
      headers: {
        'content-type': 'application/json',
        ...(origin !== null && { origin }),
        ...headers,
      },
    });
    const problem = (await response.json()) as SentProblem;
    const what = `${body.toString().slice(0, 80)} ${JSON.stringify(problem)}`;
    expect(response.status, what).to.equal(status);
    expect(response.headers.get('content-type'), what).to.match(/^application\/problem\+json/u);
    expect(response.headers.get('x-content-type-options')).to.equal('nosniff');
    expect(problem, what).to.include({ status, instance: path });
    expect(problem.type, what).to.match(/^\/problems\/[a-z-]+$/u);
    expect(problem.title, what).to.be.a('string').that.is.not.empty;
    expect(problem.detail, what).to.be.a('string').that.is.not.empty;
    expect(JSON.stringify(problem), what).not.to.match(/\.ts:\d|node_modules|SyntaxError/u);
    return problem;
  }

  const pointersOf = ({ errors = [] }: SentProblem) => [
    ...new Set(errors.map(({ pointer }) => pointer)),
  ];

  for (const name of ['for visitors', 'for staff']) {
    describe(`something bad, ${name}`, () => {
      let door: JsonDoor;
      beforeEach(() => {
        door = doors[name]!;
      });
      const withText = (value: unknown) => JSON.stringify({ ...door.good, [door.text]: value });

      it('refuses more than 64 kB, also when it is packed small', async () => {
        await refused(door, withText('x'.repeat(70_000)), 413);
        const packed = gzipSync(Buffer.alloc(20_000_000, 0x20));
        await refused(door, packed, 413, { 'content-encoding': 'gzip' });
      });

      it('refuses what is no JSON, or is cut off', async () => {
        for (const body of [
          '{',
          '{"text":',
          '{"text":"a"',
          '{text:1}',
          "{'a':1}",
          '{"a":1}}',
          'NaN',
        ]) {
          await refused(door, body, 400);
        }
        await refused(door, Buffer.from('not packed'), 400, { 'content-encoding': 'gzip' });
      });

      it('refuses JSON that is no object', async () => {
        for (const body of ['null', 'true', '5', '"text"']) await refused(door, body, 400);
        for (const body of ['[]', '[{}]']) {
          expect(pointersOf(await refused(door, body, 422))).to.deep.equal(['']);
        }
      });

      it('refuses nesting 10,000 levels deep', async () => {
        await refused(door, deep(10_000), 422);
        const body = withText('').replace('""', deep(10_000));
        expect(pointersOf(await refused(door, body, 422))).to.include(`/${door.text}`);
        await refused(door, `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, 422);
      });

      it('refuses bytes that are not UTF-8', async () => {
        const [before = '', after = ''] = withText('§').split('§');
        for (const broken of brokenBytes) {
          const body = Buffer.concat([Buffer.from(before), broken, Buffer.from(after)]);
          await refused(door, body, 400);
        }
        const wide = Buffer.from(JSON.stringify(door.good), 'utf16le');
        for (const charset of ['utf-16le', 'utf-16', 'iso-8859-1', 'no-such']) {
          const type = `application/json; charset=${charset}`;
          await refused(door, wide, 415, { 'content-type': type });
        }
      });

      it('refuses lone surrogates, NUL and control characters', async () => {
        for (const sign of ['\uD800', '\uDC00x', '\u0000', 'a\u0007b', '\u001B[31m', '\u007F']) {
          const problem = await refused(door, withText(`a${sign}b`), 422);
          expect(pointersOf(problem)).to.deep.equal([`/${door.text}`]);
        }
      });

      it('refuses other kinds of content', async () => {
        const types = [
          'application/x-www-form-urlencoded',
          'multipart/form-data; boundary=x',
          'text/html',
          'application/xml',
          'application/jsonp',
          'nonsense',
          ...(name === 'for staff' ? ['text/plain'] : []),
        ];
        const body = JSON.stringify(door.good);
        for (const type of types) await refused(door, body, 415, { 'content-type': type });
        await refused(door, body, 415, { 'content-encoding': 'compress' });
      });

      it('refuses wrong types and operators, and says all at once where', async () => {
        const wrong: unknown[] = [[], ['a'], {}, { $gt: '' }, { toString: 'x' }, 5, true, null];
        for (const value of wrong) {
          expect(pointersOf(await refused(door, withText(value), 422))).to.include(`/${door.text}`);
        }
        const all = Object.fromEntries(Object.keys(door.good).map((key) => [key, 5]));
        expect(pointersOf(await refused(door, JSON.stringify(all), 422))).to.have.members(
          Object.keys(door.good).map((key) => `/${key}`),
        );
      });

      it('refuses unknown members, and keeps the prototypes of objects clean', async () => {
        for (const key of ['isAdmin', '$where', 'a/b~c', 'constructor', 'hasOwnProperty']) {
          const body = JSON.stringify({ ...door.good, [key]: { polluted: true } });
          const pointer = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
          expect(pointersOf(await refused(door, body, 422))).to.deep.equal([pointer]);
        }
        const own = JSON.stringify({ ...door.good, [door.text]: 5 });
        await refused(door, own.replace('{', '{"__proto__":{"polluted":true},'), 422);
        expect(({} as { polluted?: boolean }).polluted).to.equal(undefined);
      });
    });
  }

  describe('what it has been given above, or the same again', () => {
    it('changes nothing as long as it is nonsense', async () => {
      const view = await openRequest(await aStaffMember(organization), row._id);
      expect(view.messages).to.deep.equal([]);
      expect(
        await ConsentRecordModel.countDocuments({ organizationId: organization._id }),
      ).to.equal(0);
    });

    it('records a choice once that comes three times at once', async () => {
      const { client, path, good, origin } = doors['for visitors']!;
      const post = () => client.send('POST', path, good, { origin: origin! });
      const replies = await Promise.all([post(), post(), post()]);
      expect(replies.map(({ status }) => status).sort()).to.deep.equal([200, 200, 201]);
    });

    it('writes a message once that comes twice at once', async () => {
      const { client, path, good } = doors['for staff']!;
      const post = () => client.send('POST', path, good);
      const replies = await Promise.all([post(), post()]);
      expect(replies.map(({ status }) => status)).to.deep.equal([200, 200]);
      const view = await openRequest(await aStaffMember(organization), row._id);
      expect(view.messages.filter(({ text }) => text === 'Hello')).to.have.length(1);
    });

    it('refuses an unknown or doubled parameter of its address', async () => {
      const { client } = doors['for staff']!;
      const list = `/api/v1/organizations/${organization.slug}/requests`;
      const queries = [
        '$where=1',
        'right=access&right=deletion',
        '__proto__=1',
        'right[$ne]=access',
      ];
      for (const query of queries) {
        const reply = await client.get(`${list}?${query}`);
        expect(reply.status, query).to.equal(422);
        expect(reply.headers.get('content-type')).to.match(/^application\/problem\+json/u);
      }
    });

    it('refuses a foreign Origin or Sec-Fetch-Site where only our own pages may send', async () => {
      const door = doors['for staff']!;
      const body = JSON.stringify({ ...door.good, formKey: randomUUID() });
      for (const headers of [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
      ]) {
        await refused(door, body, 403, headers);
      }
    });

    it('tells who posts too much to wait', async () => {
      letClockStand();
      const door = { ...doors['for visitors']!, client: new Client() };
      let status = 0;
      let wait: string | null = null;
      for (let tries = 0; tries < 260 && status !== 429; tries += 1) {
        const response = await door.client.exchange(door.path, { method: 'POST', body: '{' });
        await response.arrayBuffer();
        status = response.status;
        wait = response.headers.get('retry-after');
      }
      expect(Number(wait)).to.be.within(1, 60);
      await refused(door, '{}', 429);
    });
  });
});
