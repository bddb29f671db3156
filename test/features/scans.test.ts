import { expect } from 'chai';
import { ScanModel, ScanPlanModel } from '../../server/features/scans/model.ts';
import { runDueScans } from '../../server/features/scans/service.ts';
import { openGuardedProxy } from '../../server/scanner/proxy.ts';
import { mayConnectTo } from '../../server/outbound.ts';
import { useApp } from '../support/app.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { anOrganization, aSite } from '../support/organizations.ts';
import { clientOf } from '../support/staff.ts';
import { openPlantedSite, type PlantedSite } from '../scanner/planted-site.ts';

describe('Scans of a website', function () {
  this.timeout(60_000);
  useApp();
  let planted: PlantedSite;
  before(async () => {
    planted = await openPlantedSite();
  });
  after(() => planted.close());

  it('are ordered by staff, done by the next sweep, and tell what was found', async () => {
    const organization = await anOrganization();
    const origin = `http://127.0.0.1:${planted.port}`;
    const site = await aSite(organization, [origin]);
    const staff = await clientOf(organization, 'privacy-officer');
    const path = `/o/${organization.slug}/consent/sites/${site._id.toHexString()}/scans`;
    const ordered = await staff.submit(path, { url: `${origin}/`, everyDays: '7' });
    expect(ordered.text).to.contain('A scan is waiting or running');

    // Two nodes at once: one of them does it.
    expect((await Promise.all([runDueScans(), runDueScans()])).sort()).to.deep.equal([0, 1]);
    const listed = await staff.get(path);
    expect(listed.text).to.contain('3 violations').and.to.contain('Next scan');
    const [scan] = await ScanModel.find({ organizationId: organization._id })
      .comment(OF_A_TEST)
      .lean();
    const told = await staff.get(`${path}/${scan!._id.toHexString()}`);
    expect(told.text).to.contain('Before consent').and.to.contain('_ga');
    expect(await runDueScans()).to.equal(0);
  });

  it('begin on a page of the site and nowhere else', async () => {
    const organization = await anOrganization();
    const site = await aSite(organization);
    const staff = await clientOf(organization, 'privacy-officer');
    const path = `/o/${organization.slug}/consent/sites/${site._id.toHexString()}/scans`;
    const refused = await staff.submit(path, { url: 'https://elsewhere.example/', everyDays: '0' });
    expect(refused.status).to.equal(422);
    const plans = await ScanPlanModel.find({ organizationId: organization._id })
      .comment(OF_A_TEST)
      .lean();
    expect(plans).to.deep.equal([]);
  });

  it('reach nothing of our own network: the proxy looks at each address', async () => {
    const proxy = await openGuardedProxy();
    expect(mayConnectTo('10.0.0.1')).to.equal(false);
    const { port } = new URL(proxy.address);
    const { request } = await import('node:http');
    const status = await new Promise((answer) => {
      request({
        host: '127.0.0.1',
        port,
        path: 'http://169.254.169.254/latest/meta-data/',
      })
        .on('response', (reply) => {
          answer(reply.statusCode);
        })
        .end();
    });
    expect(status).to.equal(502);
    await proxy.close();
  });
});
