import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { config } from '../../config/index.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { isLoopbackHost } from '../../server/mail/loopback.ts';
import { appOrigin, useApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { anOrganization } from '../support/organizations.ts';
import { rawRequest } from '../support/raw-request.ts';
import { aStaffMember, clientOf } from '../support/staff.ts';

const SECRETS = /"dependencies"|root:x:|\.ts:\d|node_modules|<pre>/u;

describe('An address', () => {
  useApp();
  let organization: Organization;
  let privacy: string;
  let api: string;

  before(async () => {
    organization = await anOrganization();
    privacy = `/privacy/${organization.slug}`;
    api = `/api/v1/organizations/${organization.slug}`;
  });

  it('that tries to climb out, or is no text, names nothing', async () => {
    const tricks = [
      '/o/../../package.json',
      '/o/%2e%2e/%2e%2e/package.json',
      '/o/..%2f..%2fpackage.json/requests',
      '/o/%00/requests',
      '/privacy/%00',
      '/privacy/%ff',
      '/privacy/%C0%80',
      '/privacy/%ED%A0%80',
      '/privacy/%',
      '/privacy/a%0d%0aSet-Cookie:%20a=b',
      '/privacy/__proto__',
      '/privacy/constructor',
      '/privacy/[object%20Object]',
      `/privacy/${'x'.repeat(8000)}`,
      `/${'a/'.repeat(4000)}`,
      '//privacy',
      '//evil.example/privacy',
      '/PRIVACY/x',
      '/problems/__proto__',
      '/problems/toString',
      '/assets/../../package.json',
      '/assets/..%2f..%2fpackage.json',
      '/assets/%2e%2e/%2e%2e/package.json',
      '/assets/app.css',
      '/assets//etc/passwd',
      '/c/..%2f..%2fpackage.js',
      '/c/x.js.map',
      '/outbox/../staff',
      '/.git/config',
      '/.env',
    ];
    for (const trick of tricks) {
      const { status, type, text } = await rawRequest(`GET ${trick}`);
      const expected = trick.startsWith('/o/') ? [303, 404] : [400, 404];
      expect(status, trick.slice(0, 80)).to.be.oneOf(expected);
      if (status !== 303) {
        expect(type, trick.slice(0, 80)).to.be.oneOf(['text/html', 'application/problem+json']);
      }
      expect(text, trick.slice(0, 80)).not.to.match(SECRETS);
    }
    for (const trick of ['%ff', '%00', '..%2f..', '%', 'x'.repeat(8000), '__proto__']) {
      const { status, type, text } = await rawRequest(`GET ${api}/requests/${trick}`);
      expect(status, trick.slice(0, 80)).to.be.oneOf([400, 401, 404]);
      expect(type, trick.slice(0, 80)).to.equal('application/problem+json');
      expect(text, trick.slice(0, 80)).not.to.match(SECRETS);
    }
  });

  it('that is too long, or holds raw bytes, is refused before it is read', async () => {
    expect((await rawRequest('GET /privacy/\u00ff\u00fe')).status).to.equal(400);
    expect((await rawRequest('GET /privacy/a b')).status).to.equal(400);
    expect((await rawRequest(`GET /privacy/${'x'.repeat(20_000)}`)).status).to.equal(431);
  });

  it('that is not plain is answered without breaking out of what repeats it', async () => {
    const trick = '/api/v1/%3Cscript%3E%0d%0aSet-Cookie:a=b"<b>';
    const { status, type, head, text } = await rawRequest(`GET ${trick}`);
    expect(status).to.equal(404);
    expect(type).to.equal('application/problem+json');
    expect(head).not.to.match(/^set-cookie/imu);
    expect(head).to.match(/^x-content-type-options: nosniff/imu);
    expect((JSON.parse(text) as { instance: string }).instance).to.match(
      /^\/api\/v1\/[\w.~:@!$&'()*+,;=%/-]*$/u,
    );
    const foreign = await rawRequest('GET //evil.example/api/v1/x');
    expect(foreign.text).not.to.include('"//evil.example');
  });

  it('of a page may end in a slash, and ignores parameters that it does not know', async () => {
    for (const path of [`${privacy}/`, `${privacy}?utm_source=x&__proto__=y`]) {
      expect((await new Client().get(path)).status, path).to.equal(200);
    }
    const form = `${privacy}/request?right=access&country=DE`;
    expect((await new Client().get(`${form}&fbclid=x`)).status).to.equal(200);
    expect((await new Client().get(`${form}&right=deletion`)).status).to.equal(422);
  });

  it('keeps to the languages that we speak', async () => {
    for (const query of ['lang=../../x', 'lang=__proto__', 'lang=', 'lang[$ne]=x', 'lang=%ff']) {
      const { status, text } = await new Client().get(`${privacy}?${query}`);
      expect(status, query).to.equal(200);
      expect(text, query).to.include('<html lang="en"');
    }
    const both = await new Client().get(`${privacy}?lang=de&lang=en`);
    expect(both.text).to.include('<html lang="en"');
    for (const wish of ['x'.repeat(8000), 'de;q=NaN', ',,;;q=', '*', '__proto__', 'de;q=-1,en']) {
      const { status, text } = await new Client({ 'accept-language': wish }).get(privacy);
      expect(status, wish).to.equal(200);
      expect(text, wish).to.match(/<html lang="(?:en|de)"/u);
    }
  });

  it('outlives callers who leave in the middle of a sentence', async () => {
    const officer = await clientOf(organization, 'privacy-officer');
    const cookie = officer
      .cookies()
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
    const doors = [
      [`${privacy}/request`, 'application/x-www-form-urlencoded', 'name=Ad'],
      ['/c/x/choices', 'application/json', '{"clientKey":'],
      [
        `/o/${organization.slug}/requests/${'0'.repeat(24)}/completion`,
        'multipart/form-data; boundary=x',
        '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb',
      ],
    ] as const;
    for (const [path, type, start] of doors) {
      const socket = connect(Number(new URL(appOrigin()).port), '127.0.0.1');
      await once(socket, 'connect');
      const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\n`;
      socket.write(`${head}Content-Type: ${type}\r\nContent-Length: 1000\r\n\r\n${start}`);
      await setTimeout(20);
      socket.destroy();
      await setTimeout(20);
      expect((await new Client().get('/healthz')).status, path).to.equal(200);
    }
  });

  it('takes no other method than its own', async () => {
    const officer = await clientOf(organization, 'privacy-officer');
    const methods: [string, string, string][] = [
      ['PUT', privacy, 'GET, HEAD'],
      ['DELETE', `${privacy}/request`, 'GET, HEAD, POST'],
      ['PATCH', '/staff/sign-in', 'GET, HEAD, POST'],
      ['PUT', `${api}/requests`, 'GET, HEAD, POST'],
      ['GET', '/staff/sign-out', 'POST'],
      ['PROPFIND', privacy, 'GET, HEAD'],
    ];
    for (const [method, path, allow] of methods) {
      const response = await officer.exchange(path, { method });
      const isApi = path.startsWith('/api');
      expect(response.status, `${method} ${path}`).to.equal(405);
      expect(response.headers.get('allow')).to.equal(allow);
      expect(response.headers.get('content-type')).to.match(
        isApi ? /^application\/problem\+json/u : /^text\/html/u,
      );
    }
    for (const path of [privacy, `${api}/requests`]) {
      const traced = await rawRequest(`TRACE ${path}`, { 'X-Secret': 'not-echoed' });
      expect(traced.status).to.equal(405);
      expect(traced.text).not.to.include('not-echoed');
      const head = await officer.exchange(path, { method: 'HEAD' });
      expect(head.status).to.equal(200);
      expect(await head.text()).to.equal('');
      const asked = await officer.exchange(path, { method: 'OPTIONS' });
      const allowed = path === privacy ? 'GET, HEAD' : 'GET, HEAD, POST';
      expect([asked.status, asked.headers.get('allow')]).to.deep.equal([204, allowed]);
    }
    const overridden = await officer.exchange(`${privacy}?_method=DELETE`, {
      headers: { 'x-http-method-override': 'DELETE' },
    });
    expect(overridden.status).to.equal(200);
  });

  it('is as safe with forged headers', async () => {
    const forged: Record<string, string>[] = [
      { 'X-Forwarded-For': '1.2.3.4, '.repeat(1000) },
      { 'X-Forwarded-For': 'x'.repeat(8000) },
      { 'X-Forwarded-For': 'fe80::1%eth0' },
      { 'X-Forwarded-For': '::ffff:1.2.3.4' },
      { 'X-Forwarded-For': '[::1]:80' },
      { 'X-Forwarded-For': ', ,' },
      { 'X-Forwarded-Proto': 'javascript' },
      { 'X-Forwarded-Host': 'evil.example' },
      { 'X-Test-Region': '../../etc' },
      { 'User-Agent': '\u00ff'.repeat(4000) },
      { Host: 'evil.example' },
      { Host: 'a"><script>' },
      { Host: '' },
      { Cookie: 'a=b; '.repeat(1500) },
      { Cookie: '__proto__=x; constructor=y; =; ;;' },
      { 'Content-Length': '5', 'Content-Type': 'application/json' },
      { Range: 'bytes=0-1' },
      { 'If-None-Match': '*' },
    ];
    for (const headers of forged) {
      const what = JSON.stringify(headers).slice(0, 80);
      // A door with a limit, which looks at the address of whoever knocks.
      const { status, text } = await rawRequest(`GET ${privacy}/confirm/x`, headers, 'hello');
      expect(status, what).to.be.oneOf([410, 429]);
      expect(text, what).not.to.match(/evil\.example|<script>/u);
    }
    const slow = await rawRequest('GET /', { 'Transfer-Encoding': 'chunked, x' }, 'nonsense');
    expect(slow.status).to.be.oneOf([200, 400, 501]);
  });

  it('is as safe with cookies that somebody wrote', async () => {
    const prefix = `habeas-${config.port}-`;
    const staff = await aStaffMember(organization);
    const written = [
      '',
      'x',
      '%',
      '%ff',
      '__proto__',
      'x'.repeat(4000),
      '"',
      '{"$gt":""}',
      'a.1.b',
    ];
    const cookies = ['session', 'form', 'flash', 'language', 'person', 'filed', 'second-step'];
    const pages = [privacy, `/o/${organization.slug}`, '/staff/sign-in', '/staff/sign-in/code'];
    for (const name of [...cookies, 'device', 'code-asked']) {
      for (const value of [...written, staff.id, 'desk.subtitle.open', 'problems.code']) {
        for (const page of pages) {
          const { status, text, type } = await rawRequest(`GET ${page}`, {
            Cookie: `${prefix}${name}=${value}`,
          });
          const what = `${page} ${name}=${value.slice(0, 40)}`;
          expect(status, what).to.be.oneOf([200, 303, 410]);
          expect(text, what).not.to.match(SECRETS);
          if (status !== 303) expect(type, what).to.equal('text/html');
        }
      }
    }
  });

  it('of the outbox is told from others by its host alone', () => {
    const foreign = [
      '',
      'evil.example',
      'localhost.evil.example',
      'localhost@evil.example',
      'evil.example#localhost',
      'evil.example/localhost',
      'evil.example\\localhost',
      'localhost:80:80',
      'localhost evil.example',
      '[::1',
      '0.0.0.0.evil.example',
      '127.0.0.1.evil.example',
    ];
    for (const host of foreign) expect(isLoopbackHost(host), host).to.equal(false);
    for (const host of ['localhost', 'localhost:8080', '127.0.0.1:8080', '[::1]:8080']) {
      expect(isLoopbackHost(host), host).to.equal(true);
    }
  });
});
