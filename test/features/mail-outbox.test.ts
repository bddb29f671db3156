import { get, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { sendDueMails } from '../../jobs/send-mail.ts';
import { prepareInstallation } from '../../server/database/installation.ts';
import { createDataKey, destroyDataKey } from '../../server/security/data-keys.ts';
import { axeViolations, launchBrowser } from '../support/browser.ts';
import { connectFreshDatabase, dropDatabase } from '../support/database.ts';
import { allMessages, useMailbox } from '../support/mailbox.ts';
import { aMail, testMailModel } from '../support/mails.ts';
import { SecondProcess } from '../support/second-process.ts';

interface Page {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

function open(port: number, path: string, host = `localhost:${port}`): Promise<Page> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers: { host } }, (response) => {
      const { statusCode: status = 0, headers } = response;
      text(response).then((body) => {
        resolve({ status, headers, body });
      }, reject);
    }).on('error', reject);
  });
}

describe('Outbox', () => {
  let withoutServer: SecondProcess;
  let port: number;

  async function queue(
    name: string,
    { language = 'en', to = { name: 'Ada Beispiel', email: 'ada@mail.test' } } = {},
  ) {
    const { id: keyId } = await createDataKey(null, 'mail');
    const mail = { to, keyId: keyId.toString(), language, model: testMailModel(name) };
    const id = await withoutServer.ask({ kind: 'queue', mail });
    return { id: id as string, keyId };
  }

  before(async () => {
    await connectFreshDatabase();
    await prepareInstallation();
    withoutServer = await SecondProcess.start({ SMTP_URL: '' });
    port = (await withoutServer.ask({ kind: 'serve' })) as number;
  });
  after(async () => {
    await withoutServer.kill();
    await dropDatabase();
  });
  useMailbox();

  it('says what it is for while it is empty', async () => {
    const { status, body } = await open(port, '/outbox');
    expect(status).to.equal(200);
    expect(body).to.include('No mail yet');
  });

  it('lists mails, newest first, with recipient and first words', async () => {
    await queue('First & Oldest');
    const { id } = await queue('Second <b>Newest</b>');
    const { body } = await open(port, '/outbox');
    expect(body).to.include('To ada@mail.test').and.to.include(`href="/outbox/${id}"`);
    expect(body.indexOf('Second &lt;b&gt;Newest')).to.be.lessThan(
      body.indexOf('First &amp; Oldest'),
    );
  });

  it('opens a mail as it was designed, in a frame that may load nothing', async () => {
    const { id } = await queue('Framed Ltd');
    const page = await open(port, `/outbox/${id}`);
    expect(page.status).to.equal(200);
    expect(page.body).to.include(`src="/outbox/${id}/content"`);
    expect(page.headers['content-security-policy']).to.include("frame-src 'self'");

    const content = await open(port, `/outbox/${id}/content`);
    expect(content.headers['content-type']).to.match(/^text\/html/u);
    expect(content.body).to.include('Framed Ltd');
    const policy = content.headers['content-security-policy'] ?? '';
    expect(policy).to.include("default-src 'none'").and.to.include('sandbox');
    expect(policy).not.to.include('script-src');
    expect(content.headers['x-frame-options']).to.equal('SAMEORIGIN');
  });

  it('opens a mail as plain text with addresses to click', async () => {
    const { id } = await queue('Texted Ltd');
    const { body } = await open(port, `/outbox/${id}?as=text`);
    expect(body).to.include('href="http://localhost:8080/o/example/mail?a&#x3D;1&amp;b&#x3D;2"');
  });

  it('does not show what was erased', async () => {
    const { id, keyId } = await queue('Erased Ltd');
    await destroyDataKey(keyId);
    expect((await open(port, '/outbox')).body).not.to.include('Erased Ltd');
    expect((await open(port, `/outbox/${id}`)).status).to.equal(404);
  });

  it('does not exist for other hosts', async () => {
    const { id } = await queue('Far Ltd');
    for (const path of ['/outbox', `/outbox/${id}`, `/outbox/${id}/content`]) {
      for (const host of ['example.org', '192.168.0.7:8080', 'localhost.example.org']) {
        expect((await open(port, path, host)).status, `${path} at ${host}`).to.equal(404);
      }
    }
  });

  it('refuses ids that are none', async () => {
    expect((await open(port, '/outbox/..%2F..%2Fetc')).status).to.be.oneOf([404, 422]);
    expect((await open(port, `/outbox/${'0'.repeat(24)}`)).status).to.equal(404);
  });

  it('keeps its mails when a mail server is set up later: none of them goes out by itself', async () => {
    await queue('Kept Ltd');
    await sendDueMails();
    expect(allMessages()).to.have.length(0);
    expect((await open(port, '/outbox')).body).to.include('Kept Ltd');
  });

  it('does not exist with a mail server, or behind a public address', async () => {
    const { id } = await aMail();
    expect((await open(port, `/outbox/${id.toString()}`)).status).to.equal(404);
    for (const settings of [{}, { SMTP_URL: '', PUBLIC_URL: 'https://privacy.example.org' }]) {
      const other = await SecondProcess.start(settings);
      const otherPort = (await other.ask({ kind: 'serve' })) as number;
      expect((await open(otherPort, '/outbox')).status).to.equal(404);
      await other.kill();
    }
  });

  describe('in a browser', () => {
    let browser: Browser;
    before(async () => {
      browser = await launchBrowser();
    });
    after(() => browser.close());

    it('shows the mail, opens its links in a new page, and breaks no rule of accessibility', async () => {
      const { id } = await queue('Browser Ltd', { language: 'de' });
      const page = await browser.newPage();
      const refused: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') refused.push(message.text());
      });
      await page.goto(`http://localhost:${port}/outbox`);
      expect(await axeViolations(page)).to.deep.equal([]);
      await page.goto(`http://localhost:${port}/outbox/${id}`);
      const mail = page.frameLocator('iframe');
      await mail.getByRole('heading', { name: 'E-Mail funktioniert' }).waitFor();
      expect(await axeViolations(page)).to.deep.equal([]);
      const [opened] = await Promise.all([
        page.waitForEvent('popup'),
        mail.getByRole('link', { name: 'E-Mail-Seite öffnen' }).click(),
      ]);
      expect(opened.url()).to.not.include('/outbox');
      expect(refused).to.deep.equal([]);
      await page.goto(`http://localhost:${port}/outbox/${id}?as=text`);
      expect(await axeViolations(page)).to.deep.equal([]);
      await page.close();
    });
  });
});
