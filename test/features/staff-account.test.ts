import { expect } from 'chai';
import sinon from 'sinon';
import { StaffAccountModel, StaffSessionModel } from '../../server/features/staff/model.ts';
import { newSecret, timeStepOf } from '../../server/features/staff/totp.ts';
import { useApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { anOrganization } from '../support/organizations.ts';
import {
  anAccount,
  codeOf,
  linkMailedTo,
  mailTo,
  PASSWORD,
  setUpSecondFactor,
  signedIn,
  type Person,
} from '../support/staff.ts';
import { letClockStand } from '../support/standing-clock.ts';

const ACCOUNT = '/staff/account';
const SECOND_FACTOR = '/staff/account/second-factor';
const NEXT = 'another unrelated phrase';

describe('The account page', () => {
  useApp();

  it('changes the name and the language of mails', async () => {
    const client = await signedIn(await anAccount());
    const values = { name: 'Grace Muster', language: 'de' };
    const { text } = await client.submit(ACCOUNT, values, `${ACCOUNT}/profile`);
    expect(text).to.include('Grace Muster').and.include('Saved.');
    const refused = await client.submit(
      ACCOUNT,
      { name: '', language: 'xx' },
      `${ACCOUNT}/profile`,
    );
    expect(refused.status).to.equal(422);
  });

  it('changes the password, ends every other session and tells the person', async () => {
    const person = await anAccount();
    const [client, other] = [await signedIn(person), await signedIn(person)];
    const change = { current: PASSWORD, password: NEXT };
    expect((await client.submit(ACCOUNT, change, `${ACCOUNT}/password`)).status).to.equal(200);
    expect((await client.get(ACCOUNT)).url).to.equal(ACCOUNT);
    expect((await other.get(ACCOUNT)).url).to.match(/^\/staff\/sign-in/u);
    expect((await mailTo(person.email)).text).to.include('Your password was changed');
    const { email } = person;
    const old = await new Client().submit('/staff/sign-in', { email, password: PASSWORD });
    expect(old.status).to.equal(401);
    const fresh = await new Client().submit('/staff/sign-in', { email, password: NEXT });
    expect(fresh.url).to.equal('/staff');
  });

  it('asks for the present password, and waits after ten wrong ones', async () => {
    letClockStand();
    const client = await signedIn(await anAccount());
    const change = { current: 'not this one', password: NEXT };
    for (let tries = 0; tries < 10; tries += 1) {
      const reply = await client.submit(ACCOUNT, change, `${ACCOUNT}/password`);
      expect(reply.text).to.include('This is not your password');
    }
    const right = { current: PASSWORD, password: NEXT };
    expect((await client.submit(ACCOUNT, right, `${ACCOUNT}/password`)).status).to.equal(429);
  });

  it('takes long passwords of any kind of sign, and none that is too long', async () => {
    const client = await signedIn(await anAccount());
    const kinds = { current: PASSWORD, password: 'ünïcödé 🔐 und Leerzeichen ' };
    expect((await client.submit(ACCOUNT, kinds, `${ACCOUNT}/password`)).status).to.equal(200);
    const long = { current: kinds.password, password: 'x'.repeat(201) };
    expect((await client.submit(ACCOUNT, long, `${ACCOUNT}/password`)).status).to.equal(422);
  });

  it('ends single sessions and all others, of nobody else', async () => {
    const person = await anAccount();
    const client = await signedIn(person);
    const others = [await signedIn(person), await signedIn(person), await signedIn(person)];
    const { text } = await client.get(ACCOUNT);
    const [revoke = ''] = /\/staff\/account\/sessions\/\w+\/revoke/u.exec(text) ?? [];
    const stranger = await signedIn(await anAccount());
    expect((await stranger.submit(ACCOUNT, {}, revoke)).status).to.equal(404);
    expect((await client.submit(ACCOUNT, {}, revoke)).status).to.equal(200);
    expect(await StaffSessionModel.countDocuments({ accountId: person.accountId })).to.equal(3);
    await client.submit(ACCOUNT, {}, `${ACCOUNT}/sessions/revoke-others`);
    expect((await client.get(ACCOUNT)).url).to.equal(ACCOUNT);
    for (const other of others) {
      expect((await other.get(ACCOUNT)).url).to.match(/^\/staff\/sign-in/u);
    }
  });
});

describe('A forgotten password', () => {
  useApp();

  it('is replaced by a mailed link, once, and every session ends', async () => {
    const person = await anAccount();
    const client = await signedIn(person);
    await new Client().submit('/staff/forgot', { email: person.email });
    const path = await linkMailedTo(person.email);
    const visitor = new Client();
    expect((await visitor.get(path)).status).to.equal(200);
    const refused = await visitor.submit(path, { password: 'short' });
    expect(refused.status).to.equal(422);
    const _csrf = await visitor.token(path);
    const done = await visitor.post(path, { _csrf, password: NEXT });
    expect(done.url).to.equal('/staff/sign-in');
    expect((await visitor.post(path, { _csrf, password: NEXT })).status).to.equal(410);
    expect((await client.get(ACCOUNT)).url).to.match(/^\/staff\/sign-in/u);
    const values = { email: person.email, password: NEXT };
    expect((await visitor.submit('/staff/sign-in', values)).url).to.equal('/staff');
  });

  it('gets the same answer in about the same time for an unknown address', async () => {
    const { email } = await anAccount();
    const [known, unknown] = [new Client(), new Client()];
    const asked = async (client: Client, address: string) => {
      const began = performance.now();
      const { status, url, text } = await client.submit('/staff/forgot', { email: address });
      return { status, url, text, took: performance.now() - began };
    };
    const right = await asked(known, email);
    const wrong = await asked(unknown, 'nobody@mail.test');
    expect([wrong.status, wrong.url, wrong.text]).to.deep.equal([
      right.status,
      right.url,
      right.text,
    ]);
    expect(Math.min(right.took, wrong.took)).to.be.greaterThan(300);
  });

  it('mails three links an hour to one address at most, and older than half an hour none opens', async () => {
    const clock = letClockStand();
    const { email } = await anAccount();
    for (let asked = 0; asked < 3; asked += 1) {
      await new Client().submit('/staff/forgot', { email });
    }
    const path = await linkMailedTo(email);
    await new Client().submit('/staff/forgot', { email });
    expect(await linkMailedTo(email)).to.equal(path);
    clock.tick(31 * 60_000);
    expect((await new Client().get(path)).status).to.equal(410);
  });
});

describe('The second factor', () => {
  useApp();
  let person: Person;
  let client: Client;
  let clock: sinon.SinonFakeTimers | undefined;
  const later = (seconds: number) => {
    const now = Date.now() + seconds * 1000;
    clock?.restore();
    clock = sinon.useFakeTimers({ now, toFake: ['Date'] });
  };
  /** A browser that has given the right password. */
  const halfSignedIn = async () => {
    const half = new Client();
    const values = { email: person.email, password: PASSWORD };
    const { url } = await half.submit('/staff/sign-in', values);
    expect(url).to.equal('/staff/sign-in/code');
    return half;
  };

  beforeEach(async () => {
    // Codes last 30 seconds: the next shall not begin in the midst of a test.
    later(0);
    person = await anAccount();
    client = await signedIn(person);
  });
  afterEach(() => {
    clock?.restore();
    clock = undefined;
  });

  it('is set up with the password and a code; other sessions end, ten codes are shown', async () => {
    const other = await signedIn(person);
    const wrong = await client.submit(
      SECOND_FACTOR,
      { current: 'wrong one' },
      `${SECOND_FACTOR}/begin`,
    );
    expect(wrong.status).to.equal(422);
    const { recoveryCodes } = await setUpSecondFactor(client);
    expect(new Set(recoveryCodes).size).to.equal(10);
    expect((await other.get(ACCOUNT)).url).to.match(/^\/staff\/sign-in/u);
    expect((await mailTo(person.email)).text).to.include('authenticator app was set up');
    const row = await StaffAccountModel.findById(person.accountId).lean();
    expect(JSON.stringify(row)).not.to.include(recoveryCodes[0]);
    const page = await client.get(SECOND_FACTOR);
    expect(page.text).not.to.include(recoveryCodes[0]).and.not.include('<code>');
  });

  it('does not count until a code has confirmed it', async () => {
    await client.submit(SECOND_FACTOR, { current: PASSWORD }, `${SECOND_FACTOR}/begin`);
    const wrong = await client.submit(
      SECOND_FACTOR,
      { code: '000000' },
      `${SECOND_FACTOR}/confirm`,
    );
    expect(wrong.status).to.equal(422);
    await signedIn(person);
  });

  it('is asked for at sign-in, and each code opens once', async () => {
    const { secret } = await setUpSecondFactor(client);
    const code = codeOf(secret);
    const replay = await halfSignedIn();
    expect((await replay.submit('/staff/sign-in/code', { code })).status).to.equal(401);
    later(30);
    const next = codeOf(secret);
    expect((await replay.submit('/staff/sign-in/code', { code: next })).url).to.equal('/staff');
    const again = await halfSignedIn();
    expect((await again.submit('/staff/sign-in/code', { code: next })).status).to.equal(401);
  });

  it('takes a code for that of its own step, though the next begins meanwhile', () => {
    const secret = newSecret();
    const code = codeOf(secret);
    const step = timeStepOf(secret, code);
    const end = ((step ?? 0) + 1) * 30_000;
    clock?.restore();
    const moments = sinon
      .stub(Date, 'now')
      .returns(end)
      .onFirstCall()
      .returns(end - 1);
    try {
      expect(timeStepOf(secret, code)).to.equal(step);
    } finally {
      moments.restore();
    }
  });

  it('lets one of two in who send the same code at once', async () => {
    const { secret } = await setUpSecondFactor(client);
    later(60);
    const both = [await halfSignedIn(), await halfSignedIn()];
    const code = codeOf(secret);
    const replies = await Promise.all(
      both.map((one) => one.submit('/staff/sign-in/code', { code })),
    );
    expect(replies.map(({ status }) => status).sort()).to.deep.equal([200, 401]);
  });

  it('accepts a recovery code once, and tells the person', async () => {
    const { recoveryCodes } = await setUpSecondFactor(client);
    const [code = ''] = recoveryCodes;
    const typed = ` ${code.toLowerCase().replace('-', ' ')} `;
    const first = await halfSignedIn();
    expect((await first.submit('/staff/sign-in/code', { code: typed })).url).to.equal('/staff');
    expect((await mailTo(person.email)).text).to.include('recovery codes was used');
    const second = await halfSignedIn();
    expect((await second.submit('/staff/sign-in/code', { code })).status).to.equal(401);
    expect((await first.get(ACCOUNT)).text).to.include('9 recovery codes are left');
  });

  it('waits after five wrong codes, and forgets a half-done sign-in after ten minutes', async () => {
    const { secret } = await setUpSecondFactor(client);
    const half = await halfSignedIn();
    for (let tries = 0; tries < 5; tries += 1) {
      const { status } = await half.submit('/staff/sign-in/code', { code: '000000' });
      expect(status).to.equal(401);
    }
    const _csrf = await half.token('/staff/sign-in/code');
    const right = { _csrf, code: codeOf(secret, 1) };
    expect((await half.post('/staff/sign-in/code', right)).status).to.equal(429);
    later(11 * 60);
    const late = { _csrf, code: codeOf(secret) };
    expect((await half.post('/staff/sign-in/code', late)).status).to.be.oneOf([410, 429]);
    later(5 * 60);
    expect((await half.post('/staff/sign-in/code', late)).status).to.equal(410);
  });

  it('opens nothing with a code alone', async () => {
    const { secret } = await setUpSecondFactor(client);
    const stranger = new Client();
    const _csrf = await stranger.token('/staff/sign-in');
    const reply = await stranger.post('/staff/sign-in/code', { _csrf, code: codeOf(secret, 1) });
    expect(reply.status).to.equal(410);
  });

  it('gives new recovery codes, and is turned off, only for password and code', async () => {
    const { secret, recoveryCodes } = await setUpSecondFactor(client);
    later(30);
    const proof = { current: PASSWORD, code: codeOf(secret) };
    const wrong = { ...proof, current: 'wrong one' };
    const renew = `${SECOND_FACTOR}/recovery-codes`;
    expect((await client.submit(SECOND_FACTOR, wrong, renew)).status).to.equal(422);
    const renewed = await client.submit(SECOND_FACTOR, proof, renew);
    expect(renewed.status).to.equal(200);
    expect(renewed.text).not.to.include(recoveryCodes[0]);
    const end = `${SECOND_FACTOR}/end`;
    expect((await client.submit(SECOND_FACTOR, proof, end)).status).to.equal(422);
    later(30);
    const next = { ...proof, code: codeOf(secret) };
    expect((await client.submit(SECOND_FACTOR, next, end)).url).to.equal(ACCOUNT);
    expect((await mailTo(person.email)).text).to.include('was turned off');
    await signedIn(person);
  });

  it('is needed in organisations that ask for it', async () => {
    const organization = await anOrganization({ requiresSecondFactor: true });
    person = await anAccount([[organization, 'administrator']]);
    client = await signedIn(person);
    const page = `/o/${organization.slug}/staff`;
    expect((await client.get(page)).url).to.equal(SECOND_FACTOR);
    const { status } = await client.submit(
      ACCOUNT,
      { email: 'new@mail.test', role: 'agent' },
      `${page}/invitations`,
    );
    expect(status).to.equal(403);
    await setUpSecondFactor(client);
    expect((await client.get(page)).url).to.equal(page);
  });
});
