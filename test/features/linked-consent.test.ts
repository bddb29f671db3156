import { expect } from 'chai';
import { ConsentLinkModel } from '../../server/features/consent/link-model.ts';
import { ConsentRecordModel } from '../../server/features/consent/model.ts';
import type { Organization, SiteRow } from '../../server/features/organizations/service.ts';
import { packageOf } from '../../server/features/packages/service.ts';
import { useApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { aLinkedChoice, granted } from '../support/consent.ts';
import { anOrganization, aSite } from '../support/organizations.ts';
import { inPortal } from '../support/portal.ts';
import { aRequest } from '../support/requests.ts';
import { clientOf } from '../support/staff.ts';
import type { RightId } from '../../config/rights.ts';

describe('Consent records in requests', () => {
  useApp();
  let organization: Organization;
  let site: SiteRow;
  let officer: Client;
  before(async () => {
    organization = await anOrganization();
    site = await aSite(organization);
    officer = await clientOf(organization, 'privacy-officer');
  });

  async function aLinkedRequest(right: RightId) {
    const made = await aRequest(organization, { right });
    const earlier = await aLinkedChoice(organization, site, made.email, {
      chosenAt: new Date(Date.now() - 86_400_000).toISOString(),
    });
    const later = await aLinkedChoice(organization, site, made.email, {
      action: 'refuse-all',
      choices: granted(false),
    });
    const page = `/o/${organization.slug}/requests/${made.row._id.toHexString()}`;
    return { ...made, page, earlier, later };
  }

  it('are shown beside an access request, and added to the answer once', async () => {
    const { row, page, earlier, later } = await aLinkedRequest('access');
    const shown = await officer.get(page);
    expect(shown.text).to.include('Consent records of this person').and.include('Refused all');
    const added = await officer.submit(page, {}, `${page}/consent-records`);
    expect(added.url).to.equal(`${page}/package`);
    expect(added.text).to.include('Choices in consent banners · 2 entries');
    await officer.submit(page, {}, `${page}/consent-records`);
    const { items = [] } = (await packageOf(organization._id, row._id)) ?? {};
    expect(items.map(({ kind, category, count }) => [kind, category, count])).to.deep.equal([
      ['records', 'consent-records', 2],
    ]);
    const file = await officer.get(`${page}/files/${items[0]!.fileId.toHexString()}`);
    const records = file.json() as { website: string; clientKey: string }[];
    expect(records.map(({ clientKey }) => clientKey)).to.deep.equal([
      later.clientKey,
      earlier.clientKey,
    ]);
    expect(records[0]?.website).to.equal(site.name);
    const again = await officer.get(page);
    expect(again.text).to.include('They are in the answer package.');
    expect(again.text).to.not.include(`${page}/consent-records`);
  });

  it('lose their person with an erasure and stay as proof, as the answer says', async () => {
    const { row, page, email, later } = await aLinkedRequest('deletion');
    expect((await officer.get(page)).text).to.include('The records stay as proof');
    const fields = { kind: 'completed', text: 'All is deleted.', version: String(row.version) };
    const form = new FormData();
    form.set('_csrf', await officer.token(page));
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    expect((await officer.upload(`${page}/completion`, form)).status).to.equal(200);
    const { organizationId } = row;
    const links = await ConsentLinkModel.find({ organizationId }).comment(OF_A_TEST).lean();
    expect(links.some(({ visitorId }) => visitorId === later.visitorId)).to.equal(false);
    const { clientKey } = later;
    const kept = ConsentRecordModel.countDocuments({
      organizationId,
      siteId: site._id,
      clientKey,
    }).comment(OF_A_TEST);
    expect(await kept).to.equal(1);
    expect((await officer.get(page)).text).to.not.include('Consent records of this person');
    const { reply } = await inPortal(organization, row.reference, email);
    expect(reply.text).to.include('All is deleted.').and.include('they name no one');
  });

  it('are shown to whoever works on a withdrawal, and cannot be handed out there', async () => {
    const { page } = await aLinkedRequest('consent-withdrawal');
    const { text } = await officer.get(page);
    expect(text).to.include('This is what the person allowed so far');
    expect(text).to.not.include('Add to the answer package');
    const refused = await officer.submit(page, {}, `${page}/consent-records`);
    expect(refused.status).to.equal(409);
  });

  it('are nobody’s who was never signed in', async () => {
    const { row } = await aRequest(organization, { right: 'access' });
    const page = `/o/${organization.slug}/requests/${row._id.toHexString()}`;
    expect((await officer.get(page)).text).to.not.include('Consent records of this person');
    expect((await officer.submit(page, {}, `${page}/consent-records`)).status).to.equal(404);
  });

  it('tell what a person had agreed to at any moment, over all their browsers', async () => {
    const { row, page, earlier, later } = await aLinkedRequest('access');
    const subject = row.subjectId.toHexString();
    const siteId = site._id.toHexString();
    const api = `/api/v1/organizations/${organization.slug}/consent/sites/${siteId}/standing`;
    const standing = async (at: string) => {
      const query = new URLSearchParams({ subject, at }).toString();
      const { record } = (await officer.get(`${api}?${query}`)).json() as {
        record: { clientKey: string } | null;
      };
      return record?.clientKey;
    };
    expect(await standing(new Date(Date.parse(earlier.chosenAt) - 1).toISOString())).to.equal(
      undefined,
    );
    expect(await standing(earlier.chosenAt)).to.equal(earlier.clientKey);
    expect(await standing(new Date().toISOString())).to.equal(later.clientKey);
    const lookUp = `/o/${organization.slug}/consent/sites/${siteId}/standing?of=${subject}`;
    expect((await officer.get(page)).text.replaceAll('&#x3D;', '=')).to.include(lookUp);
    expect((await officer.get(lookUp)).text).to.include(later.clientKey);
    const nobody = await officer.get(`${api}?subject=${'0'.repeat(24)}`);
    expect(nobody.status).to.equal(404);
  });
});
