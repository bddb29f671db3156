import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Organization, SiteRow } from '../../server/features/organizations/service.ts';
import { appOrigin, useApp } from '../support/app.ts';
import { launchBrowser } from '../support/browser.ts';
import { Client } from '../support/client.ts';
import { aDeclaringSite } from '../support/consent.ts';
import { anOrganization } from '../support/organizations.ts';

interface Declared {
  language: string;
  cookies: { name: string; category: string }[];
  hosts: { host: string; category: string }[];
  categories: { id: string; services: { name: string; transfer: string; cookies: unknown[] }[] }[];
}

describe('The declaration of cookies', () => {
  useApp();
  let organization: Organization;
  let site: SiteRow;
  before(async () => {
    organization = await anOrganization();
    site = await aDeclaringSite(organization);
  });

  it('tells machines each name and host with its category', async () => {
    const reply = await new Client().get(`/c/${site.siteKey}/declaration.json?lang=de`);
    expect(reply.headers.get('access-control-allow-origin')).to.equal('*');
    const declared = reply.json() as Declared;
    expect(declared.language).to.equal('de');
    expect(declared.cookies).to.deep.include.members([
      { name: 'privacy_choice', category: 'necessary' },
      { name: '_count*', category: 'analytics' },
    ]);
    expect(declared.hosts).to.deep.equal([{ host: 'count.example', category: 'analytics' }]);
    const analytics = declared.categories.find(({ id }) => id === 'analytics');
    expect(analytics?.services[0]).to.include({
      name: 'Garden Counter',
      transfer: 'Vereinigte Staaten',
    });
    expect(analytics?.services[0]?.cookies).to.deep.include({
      ...{ name: '_count*', kind: 'cookie', kindLabel: 'Cookie', purpose: 'Zählt Besuche.' },
      life: '390 Tage',
    });
  });

  it('is a page of the privacy centre, reached by the key of the site', async () => {
    const { text } = await new Client().get(`/c/${site.siteKey}/cookies`);
    for (const words of ['Garden Counter', '390 days', 'Until it is cleared', 'privacy_choice'])
      expect(text).to.contain(words);
    expect((await new Client().get('/c/unknown/cookies')).status).to.equal(404);
  });

  it('is a table in the site’s own page, where its tag stands', async () => {
    const page = createServer((_request, response) => {
      response
        .setHeader('content-type', 'text/html')
        .end(
          `<!doctype html><html lang="en"><title>Cookies</title><h1>Cookies</h1>` +
            `<script src="${appOrigin()}/c/${site.siteKey}/declaration.js"></script><p>End</p>`,
        );
    }).listen(0, '127.0.0.1');
    await once(page, 'listening');
    const browser = await launchBrowser();
    const at = await browser.newPage();
    await at.goto(`http://127.0.0.1:${(page.address() as AddressInfo).port}/`);
    const row = at.getByRole('row', { name: /Garden Counter/u });
    await row.waitFor();
    expect(await row.innerText()).to.match(/Counting Company Ltd[^]*_count\*/u);
    expect(await at.getByRole('heading', { level: 3 }).allInnerTexts()).to.have.length(2);
    await browser.close();
    page.close();
    page.closeAllConnections();
  });
});
