import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import Sinon from 'sinon';
import { SignedInSessionModel, UseModel } from '../../server/features/assertions/model.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { awaitsConfirmation } from '../../server/features/requests/awaiting.ts';
import { RequestModel } from '../../server/features/requests/model.ts';
import { useApp } from '../support/app.ts';
import {
  aHost,
  anAssertion,
  HOST,
  saidOf,
  sendAssertion,
  type Host,
} from '../support/assertions.ts';
import { Client } from '../support/client.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { anOrganization } from '../support/organizations.ts';
import { mailsTo, aRequest } from '../support/requests.ts';
import { clientOf } from '../support/staff.ts';

const seconds = () => Math.floor(Date.now() / 1000);
const INSIDE = 'You are signed in';

describe('A signed assertion', () => {
  useApp();
  let organization: Organization;
  let host: Host;
  before(async () => {
    organization = await anOrganization();
    host = await aHost(organization);
  });

  const send = async (assertion: string, origin: string | null = HOST) =>
    sendAssertion(new Client(), organization, assertion, origin);

  async function expectRefused(assertion: string, words: string): Promise<void> {
    const reply = await send(assertion);
    expect(reply.status).to.equal(401);
    expect(reply.text).to.include(words).and.include('Without an account');
  }

  it('opens the privacy centre without a code', async () => {
    const profile = { 'Customer since': '2019', Newsletter: true };
    const reply = await send(await anAssertion(host, { profile }));
    expect(reply.status).to.equal(200);
    expect(reply.text).to.include(INSIDE).and.include('signed.in@person.test');
    expect(reply.text).to.include('Customer since').and.include('Meadow Account');
    const rows = await SignedInSessionModel.find({ organizationId: organization._id }).lean();
    expect(JSON.stringify(rows)).not.to.include('signed.in');
  });

  it('counts once: a replayed JWT is refused', async () => {
    const assertion = await anAssertion(host);
    expect((await send(assertion)).status).to.equal(200);
    await expectRefused(assertion, 'used before');
    const raced = await anAssertion(host);
    const uses = await Promise.all([1, 2, 3].map(async () => (await send(raced)).status));
    expect(uses.filter((status) => status === 200)).to.have.length(1);
  });
  it('is refused under alg none, and signed with a shared secret', async () => {
    const unsecured = new UnsecuredJWT(saidOf(host)).encode();
    await expectRefused(unsecured, 'not accepted here');
    const shared = await new SignJWT(saidOf(host))
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .sign(new TextEncoder().encode(host.issuer.jwks ?? ''));
    await expectRefused(shared, 'not accepted here');
  });

  it('is refused under a good algorithm that was not agreed upon', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const other = await new SignJWT(saidOf(host))
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .sign(privateKey);
    await expectRefused(other, 'not accepted here');
  });

  it('is refused when its signature is of another key', async () => {
    const { privateKey } = await generateKeyPair('EdDSA');
    await expectRefused(await anAssertion({ ...host, privateKey }), 'does not hold');
  });

  const faults: [string, () => Record<string, unknown>, string][] = [
    ['expired', () => ({ iat: seconds() - 300, exp: seconds() - 60 }), 'too old'],
    ['not valid yet', () => ({ nbf: seconds() + 120 }), 'runs ahead'],
    ['issued in the future', () => ({ iat: seconds() + 120, exp: seconds() + 240 }), 'runs ahead'],
    ['valid for longer than five minutes', () => ({ exp: seconds() + 600 }), 'five minutes'],
    ['meant for another audience', () => ({ aud: 'https://other.example.org' }), 'somebody else'],
    ['meant for others too', () => ({ aud: [host.audience, HOST] }), 'somebody else'],
    ['without a jti', () => ({ jti: undefined }), 'missing'],
    ['without an expiry', () => ({ exp: undefined }), 'missing'],
    ['without the time of the sign-in', () => ({ auth_time: undefined }), 'missing'],
    ['about an address nobody checked', () => ({ email_verified: false }), 'not checked'],
    ['of an issuer that nobody registered', () => ({ iss: 'https://evil.test' }), 'not known'],
  ];
  for (const [what, claims, words] of faults) {
    it(`is refused when it is ${what}`, async () => {
      await expectRefused(await anAssertion(host, claims()), words);
    });
  }

  it('is refused from pages that are not of its issuer', async () => {
    for (const origin of ['https://evil.test', 'null', null]) {
      expect((await send(await anAssertion(host), origin)).status).to.equal(401);
    }
  });

  it('is worth nothing to another organisation, which has its own issuers and uses', async () => {
    const other = await anOrganization();
    const jti = 'the-same-for-both';
    const stray = await anAssertion(host, { jti });
    expect((await sendAssertion(new Client(), other, stray)).status).to.equal(401);
    const theirs = await aHost(other);
    expect((await sendAssertion(new Client(), other, stray)).status, 'their key').to.equal(401);
    const own = await anAssertion(theirs, { jti });
    expect((await sendAssertion(new Client(), other, own)).status).to.equal(200);
    expect((await send(stray)).status, 'a jti used elsewhere').to.equal(200);
    const uses = await UseModel.find({ organizationId: other._id }).comment(OF_A_TEST).lean();
    expect(uses).to.have.length(1);
  });

  it('opens only in the browser that took a nonce along', async () => {
    const browser = new Client();
    const page = `/privacy/${organization.slug}/signed-in`;
    const { text } = await browser.get(page);
    const nonce = /sign-in\?nonce(?:=|&#x3D;)([\w-]+)/u.exec(text)?.[1] ?? '';
    expect(nonce).not.to.equal('');
    const inside = await sendAssertion(browser, organization, await anAssertion(host, { nonce }));
    expect(inside.text).to.include(INSIDE);
    const pushed = await anAssertion(host, { nonce });
    const victim = await sendAssertion(new Client(), organization, pushed);
    expect(victim.text).not.to.include(INSIDE);
  });

  it('is checked with keys that are fetched once, and again when a new one appears', async () => {
    const other = await anOrganization();
    let fetches = 0;
    let keys: object[] = [];
    const server: Server = createServer((_req, res) => {
      fetches += 1;
      res.end(JSON.stringify({ keys }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const clock = Sinon.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
    try {
      const { port } = server.address() as AddressInfo;
      const jwksUrl = `http://127.0.0.1:${port.toString()}/keys`;
      const theirs = await aHost(other, { algorithm: 'ES256', jwksUrl });
      const turnKey = async (kid: string) => {
        const { publicKey, privateKey } = await generateKeyPair('ES256');
        keys = [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256' }];
        return async () =>
          sendAssertion(
            new Client(),
            other,
            await new SignJWT(saidOf(theirs))
              .setProtectedHeader({ alg: 'ES256', kid })
              .sign(privateKey),
          );
      };
      const withFirst = await turnKey('first');
      expect((await withFirst()).status).to.equal(200);
      expect((await withFirst()).status).to.equal(200);
      expect(fetches).to.equal(1);
      const withSecond = await turnKey('second');
      expect((await withSecond()).status, 'at once').to.equal(401);
      clock.tick(31_000);
      expect((await withSecond()).status, 'half a minute later').to.equal(200);
      expect(fetches).to.equal(2);
    } finally {
      clock.restore();
      server.close();
    }
  });

  describe('once it is believed', () => {
    const asked = {
      country: 'DE',
      state: '',
      dataClass: 'ordinary',
      name: 'Xy',
      email: 'x@y.test',
    };

    async function ask(client: Client, right: string, fields = {}) {
      const page = `/privacy/${organization.slug}/request?right=${right}&country=DE`;
      const { text } = await client.get(page);
      const formKey = /name="formKey" value="([^"]+)"/u.exec(text)?.[1] ?? '';
      const details = 'My orders.';
      return client.submit(page, { ...asked, right, formKey, details, ...fields });
    }
    const newest = () =>
      RequestModel.findOne({ organizationId: organization._id })
        .sort({ _id: -1 })
        .comment(OF_A_TEST)
        .orFail()
        .lean();

    it('files a request that is verified without a code, at level 2', async () => {
      const email = 'promise.309@person.test';
      const client = new Client();
      await sendAssertion(client, organization, await anAssertion(host, { email }));
      const reply = await ask(client, 'access');
      expect(reply.text).to.include('has reached us').and.include('See my data');
      expect(await newest()).to.include({ channel: 'signed-in', state: 'new', provenLevel: 2 });
      const mails = await mailsTo(email);
      expect(mails.map(({ template }) => template)).to.deep.equal(['request-news']);
    });

    it('reaches level 3 after a sign-in with several factors', async () => {
      const client = new Client();
      const claims = { email: 'strong@person.test', amr: ['pwd', 'otp', 'mfa'] };
      await sendAssertion(client, organization, await anAssertion(host, claims));
      await ask(client, 'portability');
      expect(await newest()).to.include({ right: 'portability', provenLevel: 3 });
    });

    it('asks for a fresh sign-in for disclosure, correction and deletion: an old auth_time is refused', async () => {
      const client = new Client();
      const claims = { email: 'stale@person.test', auth_time: seconds() - 601 };
      const home = await sendAssertion(client, organization, await anAssertion(host, claims));
      expect(home.text).to.include('more than ten minutes ago');
      for (const right of ['access', 'correction', 'deletion']) {
        const reply = await ask(client, right);
        expect(reply.status, right).to.equal(403);
        expect(reply.text).to.include('more than ten minutes ago').and.include('My orders.');
        expect(reply.text).not.to.include('with a code');
      }
      await ask(client, 'objection', { 'answers[purpose]': 'profiling' });
      expect(await newest()).to.include({ right: 'objection', provenLevel: 1 });
    });

    it('deletes the account after a confirmation, and not before', async () => {
      const client = new Client();
      const claims = { email: 'promise.405@person.test' };
      await sendAssertion(client, organization, await anAssertion(host, claims));
      const page = `/privacy/${organization.slug}/signed-in/delete`;
      const { text } = await client.get(page);
      const formKey = /name="formKey" value="([^"]+)"/u.exec(text)?.[1] ?? '';
      const fields = { formKey, country: 'DE', state: '' };
      const unsure = await client.submit(page, fields);
      expect(unsure.status).to.equal(422);
      const done = await client.submit(page, { ...fields, confirmed: 'yes' });
      expect(done.url).to.match(/\/requests\/[\w-]+$/u);
      const row = await newest();
      expect(row).to.include({ right: 'deletion', state: 'new' });
      expect(row.confirmedAt).to.be.instanceOf(Date);
      // It was the second time: nothing more is waited for.
      expect(awaitsConfirmation(row)).to.equal(false);
    });

    it('shows the person’s own requests, and opens them without a code', async () => {
      const { row, email } = await aRequest(organization);
      const stranger = await aRequest(organization);
      const client = new Client();
      const home = await sendAssertion(client, organization, await anAssertion(host, { email }));
      expect(home.text).to.include(row.reference).and.not.include(stranger.row.reference);
      const page = `/privacy/${organization.slug}/signed-in`;
      const opened = await client.submit(page, {}, `${page}/requests/${row.reference}`);
      expect(opened.text).to.include('Everything you hold about my orders.');
      const other = `${page}/requests/${stranger.row.reference}`;
      expect((await client.submit(page, {}, other)).status).to.equal(404);
    });

    it('ends when the person leaves, and when the issuer is trusted no longer', async () => {
      const other = await anOrganization();
      const theirs = await aHost(other);
      const page = `/privacy/${other.slug}/signed-in`;
      const [one, two] = [new Client(), new Client()];
      await sendAssertion(one, other, await anAssertion(theirs));
      await sendAssertion(two, other, await anAssertion(theirs));
      await one.submit(page, {}, `${page}/leave`);
      expect((await one.get(page)).text).not.to.include(INSIDE);
      expect((await two.get(page)).text).to.include(INSIDE);
      const staff = await clientOf(other, 'administrator');
      const settings = `/o/${other.slug}/settings/sign-in/${theirs.issuer._id.toHexString()}`;
      await staff.submit(settings, {}, `${settings}/remove`);
      expect((await two.get(page)).text).not.to.include(INSIDE);
    });
  });

  describe('needs an issuer whose settings', () => {
    const fields = {
      name: 'Shop',
      issuer: 'https://shop.example.org',
      origins: 'https://shop.example.org',
      algorithms: 'ES256',
    };
    const refusals: [string, object, string][] = [
      ['name keys in one place', {}, 'either the address'],
      ['hold no private key', { jwks: '{"keys":[{"kty":"OKP","d":"x"}]}' }, 'not public'],
      ['hold no shared secret', { jwks: '{"keys":[{"kty":"oct","k":"x"}]}' }, 'not public'],
      ['lead to no inner address', { jwksUrl: 'https://10.0.0.1/keys' }, 'reachable from outside'],
      ['lead to no address without TLS', { jwksUrl: 'http://example.org/k' }, 'reachable from'],
    ];
    it('can be used', async () => {
      const staff = await clientOf(organization, 'administrator');
      const page = `/o/${organization.slug}/settings/sign-in`;
      for (const [what, given, words] of refusals) {
        const reply = await staff.submit(`${page}/new`, { ...fields, ...given }, page);
        expect(reply.status, what).to.equal(422);
        expect(reply.text, what).to.include(words);
      }
      const jwks = '{"keys":[{"kty":"EC","crv":"P-256","x":"x","y":"y"}]}';
      const added = await staff.submit(`${page}/new`, { ...fields, jwks }, page);
      expect(added.text).to.include('Shop');
      const again = await staff.submit(`${page}/new`, { ...fields, jwks }, page);
      expect(again.text).to.include('listed already');
    });
  });
});
