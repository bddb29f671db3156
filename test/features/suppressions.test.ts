import { expect } from 'chai';
import type { Organization } from '../../server/features/organizations/service.ts';
import { auditEntries } from '../../server/features/audit/service.ts';
import { SuppressionModel } from '../../server/features/suppressions/model.ts';
import {
  isSuppressed,
  suppressByStaff,
  unsubscribeLinkFor,
} from '../../server/features/suppressions/service.ts';
import { useApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { anApiKey } from '../support/machines.ts';
import { anOrganization } from '../support/organizations.ts';
import { aMember } from '../support/requests.ts';
import { clientOf } from '../support/staff.ts';

const ADDRESS = 'vera.beispiel@person.test';

describe('Opting out of advertising', () => {
  useApp();
  let organization: Organization;
  let other: Organization;
  before(async () => {
    [organization, other] = [await anOrganization(), await anOrganization()];
  });

  /** Where the signed link of a mail leads. */
  const pathTo = async (address: string, of = organization) =>
    new URL((await unsubscribeLinkFor(of, { address, topic: 'newsletter' })).url).pathname;
  const suppressed = (address: string, topic: 'newsletter' | 'offers' | 'service') =>
    isSuppressed(organization, { address, topic });
  const oneClick = (path: string) =>
    new Client().exchange(path, {
      method: 'POST',
      body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
    });

  it('is not done by looking at the link of a mail, and is done by its one click', async () => {
    const path = await pathTo(ADDRESS);
    for (let looks = 0; looks < 3; looks += 1) {
      const page = await new Client().get(path);
      expect(page.status).to.equal(200);
      expect(page.text).to.include('Yes, unsubscribe me').and.not.include(ADDRESS);
    }
    expect(await suppressed(ADDRESS, 'newsletter')).to.equal(false);
    expect((await oneClick(path)).status).to.equal(204);
    expect(await suppressed(ADDRESS, 'newsletter')).to.equal(true);
    expect(await suppressed(ADDRESS, 'offers'), 'another topic').to.equal(false);
  });

  it('is done by the button of that page, again without effect, and confirmed on the screen', async () => {
    const path = await pathTo('otto@person.test');
    for (let times = 0; times < 2; times += 1) {
      const done = await new Client().submit(path, {}, `${path}/confirm`);
      expect(done.text).to.include('You are unsubscribed');
    }
    const rows = await SuppressionModel.find({ organizationId: organization._id })
      .comment(OF_A_TEST)
      .lean();
    expect(rows.filter(({ topic }) => topic === 'newsletter')).to.have.length(2);
    expect(JSON.stringify(rows)).not.to.match(/person\.test/u);
  });

  it('is refused to a link that was changed, and to that of another organisation', async () => {
    const path = await pathTo('mona@person.test');
    const foreign = (await pathTo('mona@person.test', other)).replace(
      other.slug,
      organization.slug,
    );
    for (const wrong of [`${path}x`, path.replace('newsletter', 'marketing'), foreign]) {
      expect((await oneClick(wrong)).status, wrong).to.equal(410);
    }
    expect(await suppressed('mona@person.test', 'newsletter')).to.equal(false);
  });

  it('is told to a machine that asks before each mail, at once and to no other organisation', async () => {
    const { headers } = await anApiKey(organization, ['suppressions:read', 'suppressions:write']);
    const base = `/api/v1/organizations/${organization.slug}/suppressions`;
    const ask = async (topic: string) => {
      const body = { address: 'Nora@Person.test', topic };
      return (await new Client().send('POST', `${base}/check`, body, headers)).json();
    };
    expect(await ask('offers')).to.deep.equal({ suppressed: false });
    const added = { address: 'nora@person.test', topic: 'marketing' };
    expect((await new Client().send('POST', base, added, headers)).status).to.equal(204);
    expect(await ask('offers')).to.deep.equal({ suppressed: true });
    expect(await ask('service'), 'what somebody needs to know').to.deep.equal({
      suppressed: false,
    });
    const elsewhere = { address: 'nora@person.test', topic: 'offers' } as const;
    expect(await isSuppressed(other, elsewhere)).to.equal(false);
    const link = await new Client().send('POST', `${base}/links`, added, headers);
    expect(link.json()).to.have.nested.property(
      'headers.List-Unsubscribe-Post',
      'List-Unsubscribe=One-Click',
    );
  });

  it('is looked up by staff with a reason, which is recorded, and taken back', async () => {
    const client = await clientOf(organization, 'privacy-officer');
    const page = `/o/${organization.slug}/suppressions`;
    await suppressByStaff(await aMember(organization), {
      address: 'lena@person.test',
      topic: 'surveys',
    });
    const asked = { address: 'lena@person.test', reason: '' };
    const refused = await client.submit(page, asked, `${page}/look-up`);
    expect(refused.status).to.equal(422);
    const found = await client.submit(page, { ...asked, reason: 'complaint' }, `${page}/look-up`);
    expect(found.text).to.include('Entered by staff');
    const [entry] = await auditEntries(organization._id, { limit: 1 });
    expect(entry).to.include({ action: 'suppression.looked-up' });
    expect(entry?.facts).to.deep.equal({ lookUp: 'complaint', found: 1 });
    const remove = /\/suppressions\/[0-9a-f]{24}\/remove/u.exec(found.text)?.[0] ?? '';
    expect((await client.submit(page, {}, `/o/${organization.slug}${remove}`)).status).to.equal(
      200,
    );
    const gone = await client.submit(page, { ...asked, reason: 'audit' }, `${page}/look-up`);
    expect(gone.text).to.include('This address is not on the list.');
  });
});
