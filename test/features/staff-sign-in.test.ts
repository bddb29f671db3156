import { expect } from 'chai';
import sinon from 'sinon';
import { AuditModel } from '../../server/features/audit/model.ts';
import { StaffAccountModel, StaffSessionModel } from '../../server/features/staff/model.ts';
import { newDeviceProof, signIn } from '../../server/features/staff/sign-in.ts';
import { offerFirstAdministrator } from '../../server/features/staff/service.ts';
import type { Problem } from '../../server/problem.ts';
import { startApp, stopApp, useApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { anOrganization } from '../support/organizations.ts';
import { problemFrom } from '../support/problems.ts';
import { anAccount, clientOf, PASSWORD, signedIn } from '../support/staff.ts';
import { letClockStand } from '../support/standing-clock.ts';

const ada = { name: 'Ada Beispiel', email: 'ada@mail.test', password: 'a few unrelated words' };

describe('The first administrator', () => {
  beforeEach(startApp);
  afterEach(stopApp);

  it('gets an account by the one-time link, and administers every organisation', async () => {
    const organization = await anOrganization();
    const path = (await offerFirstAdministrator()) ?? '';
    const client = new Client();
    const reply = await client.submit(path, ada);
    expect(reply.status).to.equal(200);
    expect(reply.url).to.equal('/staff');
    expect(reply.text).to.include(organization.name);
    expect((await client.get(`/o/${organization.slug}/settings`)).status).to.equal(200);
    expect(await offerFirstAdministrator()).to.equal(null);
  });

  it('is one person only, when two send the form at once', async () => {
    const path = (await offerFirstAdministrator()) ?? '';
    const forms: [Client, string][] = [];
    for (const client of [new Client(), new Client()])
      forms.push([client, await client.token(path)]);
    const replies = await Promise.all(
      forms.map(([client, _csrf], at) =>
        client.post(path, { _csrf, ...ada, email: `number-${at}@mail.test` }),
      ),
    );
    expect(replies.map(({ status }) => status).sort()).to.deep.equal([200, 410]);
    expect(await StaffAccountModel.countDocuments().comment(OF_A_TEST)).to.equal(1);
  });

  it('cannot use a link that a newer one has replaced, nor a link that is too old', async () => {
    const old = (await offerFirstAdministrator()) ?? '';
    const path = (await offerFirstAdministrator()) ?? '';
    expect((await new Client().get(old)).status).to.equal(410);
    const clock = sinon.useFakeTimers({
      now: Date.now() + 8 * 86_400_000,
      toFake: ['Date'],
    });
    try {
      expect((await new Client().get(path)).status).to.equal(410);
    } finally {
      clock.restore();
    }
  });

  it('hears what is wrong with the form, with the typed values kept and the link unused', async () => {
    const path = (await offerFirstAdministrator()) ?? '';
    const client = new Client();
    const short = await client.submit(path, { ...ada, password: 'short' });
    expect(short.status).to.equal(422);
    expect(short.text).to.include('at least 12 characters').and.include('ada@mail.test');
    const personal = await client.submit(path, { ...ada, password: 'AdaBeispiel2026' });
    expect(personal.text).to.include('Do not use your name');
    expect((await client.submit(path, { ...ada, role: 'x' })).status).to.equal(422);
    expect((await client.submit(path, ada)).status).to.equal(200);
  });
});

describe('Signing in', () => {
  useApp();

  it('leads into the only organisation, with a session that no script can read', async () => {
    const organization = await anOrganization();
    const { email } = await anAccount([[organization, 'agent']]);
    const client = new Client();
    const _csrf = await client.token('/staff/sign-in');
    const response = await client.exchange('/staff/sign-in', {
      method: 'POST',
      body: new URLSearchParams({ _csrf, email: email.toUpperCase(), password: PASSWORD }),
    });
    const cookie = response.headers.getSetCookie().find((line) => line.includes('session='));
    expect(cookie)
      .to.match(/HttpOnly/iu)
      .and.match(/SameSite=Lax/iu);
    const { url } = await client.get('/staff');
    expect(url).to.equal(`/o/${organization.slug}`);
  });

  it('lists the organisations of somebody with several', async () => {
    const [one, two, other] = [
      await anOrganization(),
      await anOrganization(),
      await anOrganization(),
    ];
    const person = await anAccount([
      [one, 'agent'],
      [two, 'auditor'],
    ]);
    const { text } = await (await signedIn(person)).get('/staff');
    expect(text).to.include(one.name).and.include(two.name).and.not.include(other.name);
  });

  it('gives unknown addresses and wrong passwords the same answer', async () => {
    const { email } = await anAccount();
    const wrong = await new Client().submit('/staff/sign-in', { email, password: 'not this one' });
    const unknown = await new Client().submit('/staff/sign-in', {
      email: 'nobody@mail.test',
      password: 'not this one',
    });
    const plain = (text: string, address: string) =>
      text.replace(/value="[\w-]{43}"/gu, '').replaceAll(address, '');
    expect([wrong.status, unknown.status]).to.deep.equal([401, 401]);
    expect(plain(wrong.text, email)).to.equal(plain(unknown.text, 'nobody@mail.test'));
  });

  it('refuses what is no address, operators in place of text, and forged forms', async () => {
    const client = new Client();
    const values = { email: 'nobody', password: 'x' };
    expect((await client.submit('/staff/sign-in', values)).status).to.equal(422);
    const operator = { 'email[$gt]': '', password: 'x' };
    expect((await client.submit('/staff/sign-in', operator)).status).to.equal(422);
    const forged = { _csrf: 'x', email: 'a@mail.test', password: 'x' };
    expect((await client.post('/staff/sign-in', forged)).status).to.equal(403);
  });

  it('makes strangers wait after ten wrong passwords, but not the browser that signed in before', async () => {
    const clock = letClockStand();
    const person = await anAccount();
    const known = await signedIn(person);
    await known.post('/staff/sign-out', { _csrf: await known.token('/staff/account') });
    const wrong = { email: person.email, password: 'not this one' };
    for (let tries = 0; tries < 10; tries += 1) {
      expect((await new Client().submit('/staff/sign-in', wrong)).status).to.equal(401);
    }
    const right = { email: person.email, password: PASSWORD };
    const refused = await new Client().submit('/staff/sign-in', right);
    expect(refused.status).to.equal(429);
    expect(Number(refused.headers.get('retry-after'))).to.be.within(1, 900);
    expect((await known.submit('/staff/sign-in', right)).url).to.equal('/staff');
    clock.tick(16 * 60_000);
    expect((await new Client().submit('/staff/sign-in', right)).url).to.equal('/staff');
  });

  it('counts the tries of a browser that signed in before as one, whatever it appends to its proof', async () => {
    letClockStand();
    const person = await anAccount();
    const wrong = { email: person.email, password: 'not the right one at all' };
    const proof = newDeviceProof(person.accountId);
    const tries: Problem[] = [];
    for (let count = 0; count < 11; count += 1) {
      const device = { userAgent: '', proof: `${proof}.${count}`, formerSession: undefined };
      tries.push(await problemFrom(signIn(wrong, device)));
    }
    expect(tries.at(-1)?.problem).to.equal('too-many-requests');
  });

  it('goes on to a path of this site only', async () => {
    const organization = await anOrganization();
    const person = await anAccount([[organization, 'agent']]);
    const values = { email: person.email, password: PASSWORD };
    const targets = {
      [`/o/${organization.slug}/mail`]: `/o/${organization.slug}/mail`,
      'https://evil.example/': '/staff',
      '//evil.example/': '/staff',
      '/\\evil.example/': '/staff',
      'javascript:alert(1)': '/staff',
    };
    for (const [to, expected] of Object.entries(targets)) {
      const client = new Client();
      const page = `/staff/sign-in?to=${encodeURIComponent(to)}`;
      const _csrf = await client.token(page);
      const response = await client.exchange(page, {
        method: 'POST',
        body: new URLSearchParams({ _csrf, ...values }),
      });
      expect(response.headers.get('location')).to.equal(expected);
    }
  });

  it('gives a new session each time and ends the one before', async () => {
    const person = await anAccount();
    const client = await signedIn(person);
    const before = await StaffSessionModel.findOne({ accountId: person.accountId }).lean();
    const _csrf = await client.token('/staff/account');
    await client.post('/staff/sign-in', { _csrf, email: person.email, password: PASSWORD });
    const after = await StaffSessionModel.find({ accountId: person.accountId }).lean();
    expect(after).to.have.length(1);
    expect(after[0]?.tokenHash).not.to.equal(before?.tokenHash);
  });

  it('writes every sign-in, failure and sign-out to the trail, without the address', async () => {
    const person = await anAccount();
    await new Client().submit('/staff/sign-in', { email: person.email, password: 'wrong one' });
    const client = await signedIn(person);
    await client.post('/staff/sign-out', { _csrf: await client.token('/staff/account') });
    const entries = await AuditModel.find({ targetId: person.accountId.toHexString() })
      .comment(OF_A_TEST)
      .lean();
    expect(entries.map(({ action }) => action)).to.deep.equal([
      'staff.sign-in-failed',
      'staff.signed-in',
      'staff.signed-out',
    ]);
    expect(JSON.stringify(entries)).not.to.include(person.email);
  });
});

describe('A staff session', () => {
  useApp();
  let clock: sinon.SinonFakeTimers | undefined;
  const after = (minutes: number) => {
    const now = Date.now() + minutes * 60_000;
    clock?.restore();
    clock = sinon.useFakeTimers({ now, toFake: ['Date'] });
  };
  afterEach(() => {
    clock?.restore();
    clock = undefined;
  });

  it('sends people who have none to sign in, and back again', async () => {
    const organization = await anOrganization();
    const { url } = await new Client().get(`/o/${organization.slug}/staff`);
    expect(url).to.equal(
      `/staff/sign-in?to=${encodeURIComponent(`/o/${organization.slug}/staff`)}`,
    );
  });

  it('ends after an hour of silence, but not while it is used', async () => {
    const client = await signedIn(await anAccount());
    after(50);
    expect((await client.get('/staff/account')).url).to.equal('/staff/account');
    after(50);
    expect((await client.get('/staff/account')).url).to.equal('/staff/account');
    after(61);
    expect((await client.get('/staff/account')).url).to.match(/^\/staff\/sign-in/u);
  });

  it('ends after twelve hours, however busy', async () => {
    const client = await signedIn(await anAccount());
    for (let hour = 0; hour < 14; hour += 1) {
      after(55);
      await client.get('/staff/account');
    }
    expect((await client.get('/staff/account')).url).to.match(/^\/staff\/sign-in/u);
  });

  it('ends when the person signs out, on the server too', async () => {
    const person = await anAccount();
    const client = await signedIn(person);
    await client.post('/staff/sign-out', { _csrf: await client.token('/staff/account') });
    expect((await client.get('/staff/account')).url).to.match(/^\/staff\/sign-in/u);
    expect(await StaffSessionModel.countDocuments({ accountId: person.accountId })).to.equal(0);
  });

  it('is stored as a fingerprint only', async () => {
    const person = await anAccount();
    const client = await signedIn(person, {
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0',
    });
    const row = await StaffSessionModel.findOne({ accountId: person.accountId }).lean();
    expect(row).to.include({ browser: 'firefox', platform: 'linux' });
    expect(JSON.stringify(row)).not.to.include('Gecko');
    expect((await client.get('/staff/account')).text).to.include('Firefox on Linux');
  });

  it('opens an organisation to its members only; others look as if they did not exist', async () => {
    const [own, foreign] = [await anOrganization(), await anOrganization()];
    const client = await clientOf(own, 'administrator');
    for (const page of ['staff', 'settings', 'settings/sites']) {
      expect((await client.get(`/o/${own.slug}/${page}`)).status, page).to.equal(200);
      expect((await client.get(`/o/${foreign.slug}/${page}`)).status, page).to.equal(404);
    }
    expect((await client.get('/o/no-such-place/staff')).status).to.equal(404);
  });
});
