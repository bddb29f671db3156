import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { config } from '../../config/index.ts';
import type { Organization, SiteRow } from '../../server/features/organizations/service.ts';
import { useApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { anOrganization, aSite } from '../support/organizations.ts';

interface Link {
  url: string;
  text: string;
}

describe('The opt-out forms beside the banner', () => {
  useApp();
  let organization: Organization;
  let site: SiteRow;
  before(async () => {
    organization = await anOrganization({ rights: ['access', 'sale-opt-out', 'limit-sensitive'] });
    site = await aSite(organization);
  });

  async function linksIn(region: string, { siteKey } = site, language = 'en'): Promise<Link[]> {
    const client = new Client({ 'x-test-region': region, 'accept-language': language });
    const { text } = await client.get(`/c/${siteKey}.js`);
    // What is off is left out.
    return runInNewContext(/links:(\[.*?\])/u.exec(text)?.[1] ?? '[]') as Link[];
  }
  const form = (right: string, region?: string) =>
    new Client(region === undefined ? {} : { 'x-test-region': region }).get(
      `/privacy/${organization.slug}/request?right=${right}&lang=en`,
    );

  it('are those that the law names', async () => {
    const centre = `${config.publicUrl}/privacy/${organization.slug}/request`;
    expect(await linksIn('US-CA')).to.deep.equal([
      {
        url: `${centre}?right=sale-opt-out&lang=en`,
        text: 'Do not sell or share my personal information',
      },
      {
        url: `${centre}?right=limit-sensitive&lang=en`,
        text: 'Limit the use of my sensitive personal information',
      },
    ]);
    const [sell, ...others] = await linksIn('US-VA', site, 'de');
    expect(sell?.url).to.equal(`${centre}?right=sale-opt-out&lang=de`);
    expect(others).to.deep.equal([]);
    expect(await linksIn('DE')).to.deep.equal([]);
  });

  it('are only what the organisation offers', async () => {
    const other = await aSite(await anOrganization({ rights: ['access', 'limit-sensitive'] }));
    const links = await linksIn('US', other);
    expect(links.map(({ text }) => text.split(' ')[0])).to.deep.equal(['Limit']);
  });

  it('open at once where the region is known, and want an address only', async () => {
    const { status, text } = await form('sale-opt-out', 'US-CO');
    expect(status).to.equal(200);
    expect(text).to.contain('name="email"').and.contain('name="state" value="CO"');
    expect(text).to.not.contain('name="name"').and.not.contain('name="details"');
  });

  it('ask for the place first where it is not known, without scolding', async () => {
    for (const region of [undefined, 'US']) {
      const { status, text } = await form('limit-sensitive', region);
      expect(status).to.equal(200);
      expect(text).to.match(/value="limit-sensitive"[^>]*checked/u);
      expect(text).to.contain('name="country"').and.not.contain('name="email"');
      expect(text).to.not.contain('error-summary');
    }
  });
});
