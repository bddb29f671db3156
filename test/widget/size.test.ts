import { expect } from 'chai';
import { newId } from '../../client-widget/consent.ts';
import type { SiteRow } from '../../server/features/organizations/service.ts';
import { useApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { anOrganization, aSite } from '../support/organizations.ts';

/** What travels, measured over the server's own answers for a site as it starts. */
describe('Size of the widget', () => {
  useApp();
  let site: SiteRow;
  before(async () => {
    site = await aSite(await anOrganization());
  });

  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const client = new Client({ 'accept-encoding': 'br', 'accept-language': 'en' });
    const answer = await client.exchange(`/c/${site.siteKey}${path}`, { headers });
    expect(answer.status).to.equal(200);
    return { text: await answer.text(), bytes: Number(answer.headers.get('content-length')) };
  };
  const told = async () => {
    const { text } = await ask('.js');
    const [, version = '', purposesHash = ''] =
      /version:"([^"]*)",purposesHash:"([^"]*)"/u.exec(text) ?? [];
    return { version, purposesHash };
  };
  const returning = async (granted: string) => {
    const { purposesHash } = await told();
    const [visitor, key] = [newId(Date.now()), newId(Date.now())];
    const cookie = `privacy_choice=2.${visitor}.${key}.${granted}.00.${purposesHash}`;
    return ask('.js', { cookie });
  };

  it('is at most 6 KiB of brotli to the banner, with configuration and texts', async () => {
    expect((await ask('.js')).bytes).to.be.at.most(6 * 1024);
  });

  it('is at most 1.5 KiB for a visitor who comes back', async () => {
    expect((await returning('111')).bytes).to.be.at.most(1.5 * 1024);
  });

  it('is at most 4.5 KiB where something was refused, as the guard goes with it', async () => {
    expect((await returning('010')).bytes).to.be.at.most(4.5 * 1024);
  });

  it('is at most 3.1 KiB more when the preferences are opened', async () => {
    const { version } = await told();
    const dialog = await ask(`/${version}/en/gdpr/dialog.js`);
    expect(dialog.bytes).to.be.at.most(3.1 * 1024);
  });
});
