import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import express, { type Express } from 'express';
import { newId } from '../../client-widget/consent.ts';
import { currentConfiguration } from '../../server/features/consent/service.ts';
import type { SiteRow } from '../../server/features/organizations/service.ts';
import { appOrigin, useApp } from '../support/app.ts';
import { anOrganization, aSite } from '../support/organizations.ts';

/** The recipes by which a site serves the widget from its own address, run as they are printed. */
describe('Recipes for a site’s own address', () => {
  useApp();
  let site: SiteRow;
  let cookie: string;
  const closing: (() => void)[] = [];

  before(async () => {
    site = await aSite(await anOrganization());
    const { purposesHash } = await currentConfiguration(site);
    cookie = `privacy_choice=2.${newId(Date.now())}.${newId(Date.now())}.111.00.${purposesHash.slice(0, 10)}`;
  });
  after(() => {
    for (const close of closing) close();
  });

  async function recipe(heading: string): Promise<string> {
    const text = await readFile('client-widget/own-address.md', 'utf8');
    const code = new RegExp(`## ${heading}\\n[^#]*?\`\`\`js\\n(?<code>.*?)\`\`\``, 'su').exec(text);
    return (code?.groups?.code ?? '').replaceAll('https://privacy.example.org', appOrigin());
  }
  const moduleOf = (code: string): Promise<unknown> =>
    import(`data:text/javascript,${encodeURIComponent(code)}`);
  const headers = () => ({ cookie: `session=secret; ${cookie}`, 'sec-fetch-site': 'same-origin' });

  it('work with Express', async () => {
    const app = express();
    const { default: install } = (await moduleOf(
      `export default (app, https) => {${await recipe('Express')}}`,
    )) as { default: (app: Express, https: typeof http) => void };
    install(app, http);
    const server = app.listen(0, '127.0.0.1');
    closing.push(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const address = `http://127.0.0.1:${port}/choices/c/${site.siteKey}`;
    const script = await fetch(`${address}.js`, { headers: headers() });
    expect(script.headers.get('cache-control')).to.match(/^private/u);
    expect(script.headers.get('set-cookie')).to.contain(cookie);
    expect(await script.text()).to.contain('whole.js');
    const answer = await fetch(`${address}/choices`, { method: 'POST', body: '{}' });
    expect(answer.status).to.equal(422);
  });

  it('work with plain Node, which answers the rest itself', async () => {
    const { default: passOnWith } = (await moduleOf(
      `export default (https) => {${await recipe('Plain Node')} return passChoicesOn; }`,
    )) as { default: (https: typeof http) => (...about: unknown[]) => boolean };
    const passOn = passOnWith(http);
    const server = http.createServer((request, response) => {
      if (!passOn(request, response)) response.end('the site');
    });
    server.listen(0, '127.0.0.1');
    closing.push(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const address = `http://127.0.0.1:${port}`;
    const script = `${address}/choices/c/${site.siteKey}.js?lang=de`;
    const passed = await fetch(script, { headers: headers() });
    expect(passed.headers.get('set-cookie')).to.contain(cookie);
    expect(await passed.text()).to.contain('language:"de"');
    const posted = await fetch(`${address}/choices/c/${site.siteKey}/choices`, {
      method: 'POST',
      body: '{}',
    });
    expect(posted.status).to.equal(422);
    expect(await (await fetch(`${address}/`)).text()).to.equal('the site');
  });

  it('work with Cloudflare Workers', async () => {
    const { default: worker } = (await moduleOf(await recipe('Cloudflare Workers'))) as {
      default: { fetch: (request: Request) => Promise<Response> };
    };
    const address = `https://www.example.org/choices/c/${site.siteKey}.js?lang=de`;
    const script = await worker.fetch(new Request(address, { headers: headers() }));
    expect(script.headers.get('cache-control')).to.match(/^private/u);
    expect(await script.text())
      .to.contain('whole.js')
      .and.to.contain('language:"de"');
  });
});
