import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import type { Organization } from '../../server/features/organizations/service.ts';
import { RequestModel } from '../../server/features/requests/model.ts';
import { appOrigin, useApp } from '../support/app.ts';
import { aHost, anAssertion, type Host } from '../support/assertions.ts';
import { launchBrowser } from '../support/browser.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { anOrganization } from '../support/organizations.ts';
import { mailsTo } from '../support/requests.ts';

const EMAIL = 'signed.in@person.test';

/** A service of the organisation, on an origin of its own: its page holds a form with a fresh assertion. */
async function startHostPage(assertionFor: (nonce: string | null) => Promise<string>) {
  const server = createServer((req, res) => {
    const nonce = new URL(req.url ?? '/', 'http://host').searchParams.get('nonce');
    void assertionFor(nonce).then((assertion) => {
      res
        .setHeader('content-type', 'text/html')
        .end(
          `<form method="post" action="${target}"><input type="hidden" name="assertion" value="${assertion}"><button>My privacy</button></form>`,
        );
    });
  }).listen(0, '127.0.0.1');
  let target = '';
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const aim = (url: string) => {
    target = url;
  };
  return { server, origin: `http://localhost:${port.toString()}`, aim };
}

describe('A person with an account', () => {
  useApp();
  let browser: Browser;
  let server: Server;
  let organization: Organization;
  let host: Host;
  before(async () => {
    browser = await launchBrowser();
    organization = await anOrganization({ name: 'Meadow Clinic' });
    const page = await startHostPage((nonce) =>
      anAssertion(host, { nonce: nonce ?? undefined, profile: { 'Patient since': '2019' } }),
    );
    server = page.server;
    host = await aHost(organization, { origin: page.origin });
    page.aim(`${appOrigin()}/privacy/${organization.slug}/signed-in`);
  });
  after(async () => {
    await browser.close();
    server.close();
  });

  it('comes in without a code, asks, follows, and deletes the account', async () => {
    const phone = { viewport: { width: 360, height: 800 }, javaScriptEnabled: false };
    const context = await browser.newContext({ baseURL: appOrigin(), locale: 'en', ...phone });
    const person = await context.newPage();
    await person.goto(`/privacy/${organization.slug}`);
    await person.getByText('Do you have an account?').click();
    await person.getByText('Sign in at Meadow Account').click();
    expect(person.url()).to.include('nonce=');
    await person.getByRole('button', { name: 'My privacy' }).click();
    await person.getByText('You are signed in').waitFor();
    await person.getByText('Patient since').waitFor();

    await person.getByLabel('What would you like us to do?').selectOption('access');
    await person.getByLabel('Where do you live?').selectOption('DE');
    await person.getByRole('button', { name: 'Continue' }).click();
    await person.getByText(`The answer goes to ${EMAIL}`).waitFor();
    await person.getByLabel('What would you like to see?').fill('My visits of last year.');
    await person.getByRole('button', { name: 'Send my request' }).click();
    await person.getByText('Your request has reached us').waitFor();
    await person.getByRole('button', { name: 'Open' }).click();
    await person.getByText('My visits of last year.').waitFor();

    await person.goto(`/privacy/${organization.slug}/signed-in`);
    await person.getByRole('link', { name: 'Delete my account' }).click();
    await person.getByLabel('Where do you live?').selectOption('DE');
    await person.getByRole('button', { name: 'Delete my account' }).click();
    await person.getByText('Tick the box').first().waitFor();
    await person.getByLabel('Yes, delete my account').check();
    await person.getByRole('button', { name: 'Delete my account' }).click();
    await person.waitForURL(/\/requests\//u);

    const rows = await RequestModel.find({ organizationId: organization._id })
      .sort({ _id: 1 })
      .comment(OF_A_TEST)
      .lean();
    expect(
      rows.map(({ right, channel, provenLevel }) => [right, channel, provenLevel]),
    ).to.deep.equal([
      ['access', 'signed-in', 2],
      ['deletion', 'signed-in', 2],
    ]);
    const mails = await mailsTo(EMAIL);
    expect(
      mails.some(({ text }) => /\d{4} \d{4}/u.test(text)),
      'a code',
    ).to.equal(false);
  });
});
