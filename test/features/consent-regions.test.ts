import { randomUUID } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { ConsentRecordModel } from '../../server/features/consent/model.ts';
import type { SiteRow } from '../../server/features/organizations/service.ts';
import { useApp } from '../support/app.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { aChoice, SITE_ORIGIN } from '../support/consent.ts';
import { until } from '../support/until.ts';
import { anMmdbFile } from '../support/mmdb.ts';
import { anOrganization, aSite } from '../support/organizations.ts';
import { SecondProcess } from '../support/second-process.ts';

const CALIFORNIAN = '203.0.113.7';
const GERMAN = '198.51.100.99';

describe('The region of an address', () => {
  useApp();
  const folder = mkdtempSync(path.join(tmpdir(), 'habeas-geoip-'));
  const file = path.join(folder, 'city.mmdb');
  let site: SiteRow;
  let server: SecondProcess;
  let origin: string;

  /** As tools do that keep such a file up to date. */
  function replaceFile(content: Buffer): void {
    writeFileSync(`${file}.new`, content);
    renameSync(`${file}.new`, file);
  }

  before(async () => {
    site = await aSite(await anOrganization());
    replaceFile(anMmdbFile({ '203.0.113.0/24': 'US-CA', '198.51.100.0/25': 'DE' }));
    server = await SecondProcess.start({ GEOIP_FILE: file });
    origin = `http://127.0.0.1:${String(await server.ask({ kind: 'serve' }))}`;
    // The process is asked before it has read the file, as `npm start` never is.
    await until('the file is read', async () => (await regimeFor(CALIFORNIAN)) === 'ccpa');
  });
  after(async () => {
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const script = (address: string, headers: Record<string, string> = {}) =>
    fetch(`${origin}/c/${site.siteKey}.js`, {
      headers: { 'x-forwarded-for': address, ...headers },
    });
  const regimeFor = async (address: string, headers: Record<string, string> = {}) =>
    /regime:"([^"]+)"/u.exec(await (await script(address, headers)).text())?.[1];

  it('decides the law', async () => {
    expect(await regimeFor(CALIFORNIAN)).to.equal('ccpa');
    expect(await regimeFor(`::ffff:${CALIFORNIAN}`)).to.equal('ccpa');
    expect(await regimeFor(GERMAN)).to.equal('gdpr');
  });

  it('is the strictest law where the file does not know it', async () => {
    for (const address of ['192.0.2.1', '198.51.100.200', '2001:db8::1', 'unknown'])
      expect(await regimeFor(address), address).to.equal('gdpr');
  });

  it('gives way to what a trusted proxy names', async () => {
    expect(await regimeFor(CALIFORNIAN, { 'x-test-region': 'JP' })).to.equal('japan');
  });

  it('keeps shared caches from handing one law to everybody', async () => {
    expect((await script(GERMAN)).headers.get('cache-control')).to.match(/^private, /u);
  });

  it('is kept with a choice, and the address is not', async () => {
    const choice = await aChoice(site, {
      action: 'choose',
      model: 'opt-out',
      regime: 'ccpa',
      visitorId: randomUUID(),
    });
    const { status } = await fetch(`${origin}/c/${site.siteKey}/choices`, {
      method: 'POST',
      headers: {
        'content-type': 'text/plain',
        origin: SITE_ORIGIN,
        'x-forwarded-for': CALIFORNIAN,
      },
      body: JSON.stringify(choice),
    });
    expect(status).to.equal(201);
    const { organizationId, _id: siteId } = site;
    const { clientKey } = choice;
    const record = await ConsentRecordModel.findOne({ organizationId, siteId, clientKey })
      .comment(OF_A_TEST)
      .lean();
    expect(record?.region).to.equal('US-CA');
    expect(JSON.stringify(record)).to.not.contain(CALIFORNIAN);
  });

  it('is read anew when the file is replaced, and a damaged one changes nothing', async () => {
    replaceFile(anMmdbFile({ '203.0.113.0/24': 'US-TX' }));
    await until('the new file is used', async () => (await regimeFor(CALIFORNIAN)) === 'us-tx');
    replaceFile(Buffer.from('no such thing'));
    const isOver = Date.now() + 1_100;
    await until('it was looked at', () => Date.now() > isOver);
    expect(await regimeFor(CALIFORNIAN)).to.equal('us-tx');
    expect(await regimeFor(CALIFORNIAN)).to.equal('us-tx');
  });
});
