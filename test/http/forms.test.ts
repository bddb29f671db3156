import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import Sinon from 'sinon';
import { defaults } from '../../config/defaults.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { RequestModel } from '../../server/features/requests/model.ts';
import { useApp } from '../support/app.ts';
import { Client, ownAddress } from '../support/client.ts';
import { sendForm } from '../support/forms.ts';
import { anOrganization } from '../support/organizations.ts';
import { anUnverifiedRequest, aRequest, codeSentTo, linkSentTo } from '../support/requests.ts';
import { anAccount, clientOf, PASSWORD } from '../support/staff.ts';

const FORM = 'application/x-www-form-urlencoded';
const TYPED = 'Words that must not be lost';

interface FormDoor {
  path: string;
  client: Client;
  token: string;
  good: Record<string, string>;
  /** The field of it that is shown again with what was typed. */
  text: string;
}

describe('A form that is sent', () => {
  useApp();
  let organization: Organization;
  const doors: Record<string, FormDoor> = {};

  const personForm = () => ({
    formKey: randomUUID(),
    right: 'access',
    country: 'DE',
    state: '',
    dataClass: 'ordinary',
    name: 'Ada Beispiel',
    email: 'ada@person.test',
    details: TYPED,
  });

  before(async () => {
    organization = await anOrganization();
    const { row } = await aRequest(organization);
    const centre = `/privacy/${organization.slug}`;
    const person = new Client();
    const stranger = new Client();
    const staff = await clientOf(organization, 'privacy-officer');
    doors['by a person'] = {
      path: `${centre}/request?right=access&country=DE`,
      client: person,
      token: await person.token(centre),
      good: personForm(),
      text: 'details',
    };
    doors['to sign in'] = {
      path: '/staff/sign-in',
      client: stranger,
      token: await stranger.token('/staff/sign-in'),
      good: { email: 'nobody@staff.test', password: 'wrong' },
      text: 'email',
    };
    const desk = `/o/${organization.slug}/requests/${row._id.toHexString()}`;
    doors['by staff'] = {
      path: `${desk}/messages`,
      client: staff,
      token: await staff.token(desk),
      good: { formKey: randomUUID(), text: TYPED },
      text: 'text',
    };
  });

  /** From an address of its own each time: limits have a test of their own. */
  const post = (
    { client, path }: FormDoor,
    body: RequestInit['body'],
    headers: Record<string, string> = {},
  ) =>
    sendForm(client, path, {
      body: body ?? '',
      headers: { 'content-type': FORM, 'x-forwarded-for': ownAddress(), ...headers },
    });
  const encoded = (door: FormDoor, more: [string, string][] = [], without = '') =>
    new URLSearchParams([
      ...Object.entries({ _csrf: door.token, ...door.good }).filter(([name]) => name !== without),
      ...more,
    ]).toString();

  for (const name of ['by a person', 'to sign in', 'by staff']) {
    describe(name, () => {
      let door: FormDoor;
      beforeEach(() => {
        door = doors[name]!;
      });

      it('is refused above 256 kB, and with too many fields', async () => {
        expect((await post(door, encoded(door, [['more', 'x'.repeat(300_000)]]))).status).to.equal(
          413,
        );
        const many = Array.from({ length: 300 }, (_, at): [string, string] => [`f${at}`, '']);
        expect((await post(door, encoded(door, many))).status).to.equal(413);
      });

      it('is refused as another kind of content', async () => {
        for (const type of ['application/json', 'text/plain', 'multipart/form-data', 'nonsense']) {
          const { status } = await post(door, JSON.stringify(door.good), { 'content-type': type });
          expect(status, type).to.equal(415);
        }
        const strange = { 'content-type': `${FORM}; charset=utf-7` };
        expect((await post(door, encoded(door), strange)).status).to.equal(415);
      });

      it('is shown again when it holds lists and structures where text belongs', async () => {
        for (const ending of [
          '[$ne]',
          '[$gt]',
          '[]',
          '[toString]',
          '[__proto__][x]',
          '[a][b][c]',
        ]) {
          const body = encoded(door, [[`${door.text}${ending}`, 'x']], door.text);
          const { status } = await post(door, body);
          expect(status, ending).to.equal(422);
        }
        const twice = await post(door, encoded(door, [[door.text, 'again']]));
        expect(twice.status).to.equal(422);
        const levels = `${door.text}${'[a]'.repeat(1000)}`;
        expect((await post(door, encoded(door, [[levels, 'x']], door.text))).status).to.equal(400);
      });

      it('is shown again, with what was typed, when it holds unknown fields', async () => {
        for (const field of [
          '$where',
          'constructor',
          'hasOwnProperty',
          'constructor[prototype][x]',
        ]) {
          const { status, text } = await post(door, encoded(door, [[field, 'x']]));
          expect(status, field).to.equal(422);
          expect(text, field).to.include(door.good[door.text]);
        }
        await post(door, encoded(door, [['__proto__[polluted]', 'x']]));
        expect(({} as { polluted?: string }).polluted).to.equal(undefined);
      });

      it('is shown again, with what was typed, when it holds control characters', async () => {
        for (const sign of ['\u0000', '\u0007', '\u001B[31m', '\u007F']) {
          const typed = `${door.good[door.text] ?? ''}${sign}`;
          const { status, text } = await post(door, encoded(door, [[door.text, typed]], door.text));
          expect(status, JSON.stringify(sign)).to.equal(422);
          expect(text).to.include(door.good[door.text]);
        }
      });

      it('is refused when its text is not UTF-8', async () => {
        const start = `${encoded(door, [], door.text)}&${door.text}=a`;
        for (const broken of ['%ff', '%C0%80', '%ED%A0%80', '%F0%9F%91', '%', '%zz']) {
          expect((await post(door, `${start}${broken}`)).status, broken).to.equal(400);
        }
        const raw = Buffer.concat([Buffer.from(start), Buffer.from([0xc0, 0x80])]);
        expect((await post(door, raw)).status).to.equal(400);
      });

      it('is refused without the token of this browser', async () => {
        const stranger = await new Client().token('/staff/sign-in');
        for (const token of ['', 'x', stranger, door.token.slice(1)]) {
          const body = new URLSearchParams({ ...door.good, _csrf: token }).toString();
          expect((await post(door, body)).status, token).to.equal(403);
        }
        for (const body of [
          new URLSearchParams(door.good).toString(),
          encoded(door, [['_csrf', door.token]]),
          `_csrf[]=${door.token}`,
          `_csrf[$ne]=x`,
          '',
        ]) {
          expect((await post(door, body)).status, body).to.equal(403);
        }
      });

      it('is refused when another site sends it', async () => {
        for (const headers of [
          { origin: 'https://evil.example' },
          { origin: 'null' },
          { 'sec-fetch-site': 'cross-site' },
          { 'sec-fetch-site': 'same-site' },
        ]) {
          const given = headers as unknown as Record<string, string>;
          expect((await post(door, encoded(door), given)).status).to.equal(403);
        }
      });
    });
  }

  describe('twice', () => {
    it('files a request once, also by a double click', async () => {
      const door = { ...doors['by a person']!, good: personForm() };
      const before = await RequestModel.countDocuments({ organizationId: organization._id });
      const clicks = [post(door, encoded(door)), post(door, encoded(door))];
      const replies = [...(await Promise.all(clicks)), await post(door, encoded(door))];
      expect(replies.map(({ status }) => status)).to.deep.equal([303, 303, 303]);
      expect(new Set(replies.map(({ location }) => location)).size).to.equal(1);
      expect(await RequestModel.countDocuments({ organizationId: organization._id })).to.equal(
        before + 1,
      );
    });

    it('lets a code in once, and none that is too old', async () => {
      const { reference } = await anUnverifiedRequest(organization, { email: 'eve@person.test' });
      const client = new Client();
      const page = `/privacy/${organization.slug}/requests/${reference}`;
      const token = await client.token(page);
      const code = await codeSentTo('eve@person.test');
      const enter = {
        client: new Client(),
        path: `${page}/enter`,
        token,
        good: { code },
        text: '',
      };
      const door = { ...enter, client };
      const clicks = [post(door, encoded(door)), post(door, encoded(door))];
      const statuses = (await Promise.all(clicks)).map(({ status }) => status);
      expect(statuses.sort()).to.deep.equal([303, 422]);

      const late = await anUnverifiedRequest(organization, { email: 'lee@person.test' });
      const path = `/privacy/${organization.slug}/requests/${late.reference}/enter`;
      const clock = Sinon.useFakeTimers({
        now: Date.now() + (defaults.identity.codeMinutes + 1) * 60_000,
        toFake: ['Date'],
      });
      try {
        const good = { code: await codeSentTo('lee@person.test') };
        const old = { ...door, path, good };
        expect((await post(old, encoded(old))).status).to.equal(422);
      } finally {
        clock.restore();
      }
    });

    it('follows a link once', async () => {
      await anUnverifiedRequest(organization, { email: 'ida@person.test' });
      const link = await linkSentTo('ida@person.test', 'confirm');
      const client = new Client();
      const path = `/privacy/${organization.slug}/confirm/${link}`;
      const token = await client.token(path);
      const door = { client, path, token, good: {}, text: '' };
      expect((await post(door, encoded(door))).status).to.equal(303);
      expect((await post(door, encoded(door))).status).to.equal(410);
      expect((await client.get(path)).status).to.equal(410);
    });
  });

  it('too often is told to wait, in a page', async () => {
    const client = new Client();
    const token = await client.token('/staff/sign-in');
    const body = () => new URLSearchParams({ _csrf: token, email: 'x', password: 'y' });
    const tries = Array.from({ length: 45 }, () =>
      sendForm(client, '/staff/sign-in', { body: body() }),
    );
    const late = (await Promise.all(tries)).filter(({ status }) => status === 429);
    // A window may end in between.
    expect(late.length).to.be.at.least(5);
    expect(Number(late[0]!.headers.get('retry-after'))).to.be.within(1, 900);
    expect(late[0]!.text).to.include('Too many tries');
  });

  it('leads on to places of ours only', async () => {
    const { email } = await anAccount([[organization, 'agent']]);
    const foreign = [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '\\\\evil.example',
      '/\t/evil.example',
      '/\r\nSet-Cookie: a=b',
      'javascript:alert(1)',
      '/%0d%0aSet-Cookie:a=b/../..//evil.example',
      `/${'x'.repeat(2000)}`,
    ];
    for (const to of [...foreign, ['/a', '//evil.example']].flatMap((one) => [one])) {
      const query = [to]
        .flat()
        .map((one) => `to=${encodeURIComponent(one)}`)
        .join('&');
      const client = new Client();
      const token = await client.token(`/staff/sign-in?${query}`);
      const body = new URLSearchParams({ _csrf: token, email, password: PASSWORD });
      const { status, location } = await sendForm(client, `/staff/sign-in?${query}`, { body });
      expect(status, query).to.equal(303);
      const led = new URL(location!, 'http://here.test');
      expect(led.origin, query).to.equal('http://here.test');
      expect(location, query).to.match(/^\/[^/\\]/u);
    }
  });
});
