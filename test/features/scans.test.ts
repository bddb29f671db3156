import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { ScanModel, ScanPlanModel } from '../../server/features/scans/model.ts';
import { claimPlan, releasePlan } from '../../server/features/scans/claims.ts';
import { Lanes } from '../../server/features/scans/lanes.ts';
import {
  endScans,
  orderScan,
  scanPlanOf,
  scansOf,
  scansSettled,
  sweepScans,
} from '../../server/features/scans/service.ts';
import { system } from '../../server/features/audit/service.ts';
import { openGuardedProxy } from '../../server/scanner/proxy.ts';
import { mayConnectTo } from '../../server/outbound.ts';
import { useApp } from '../support/app.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { anOrganization, aSite } from '../support/organizations.ts';
import { clientOf } from '../support/staff.ts';
import { openPlantedSite, type PlantedSite } from '../scanner/planted-site.ts';

describe('Scans of a website', () => {
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

    await sweepScans();
    await scansSettled();
    const listed = await staff.get(path);
    expect(listed.text).to.contain('3 violations').and.to.contain('Next scan');
    const [scan] = await ScanModel.find({ organizationId: organization._id })
      .comment(OF_A_TEST)
      .lean();
    const told = await staff.get(`${path}/${scan!._id.toHexString()}`);
    expect(told.text).to.contain('Before consent').and.to.contain('_ga');
    expect(await claimPlan()).to.equal(null);
  });

  it('are each done by one of several workers, and first for whom nobody is at work yet', async () => {
    const [many, few] = [await anOrganization(), await anOrganization()];
    const origin = 'https://www.example.org';
    for (const organization of [many, many, many, few]) {
      const site = await aSite(organization, [origin]);
      const actor = { ...system(organization._id), organizationId: organization._id };
      await orderScan(actor, site, { url: `${origin}/`, everyDays: 0 });
    }
    const first = await claimPlan();
    const second = await claimPlan();
    const owners = [first, second].map((plan) => plan?.organizationId.toHexString());
    expect(owners).to.deep.equal([many._id.toHexString(), few._id.toHexString()]);
    const rest = await Promise.all([claimPlan(), claimPlan(), claimPlan()]);
    const all = [first, second, ...rest].flatMap((plan) => plan?._id.toHexString() ?? []);
    expect(new Set(all).size).to.equal(4);
    await releasePlan(first!);
    expect((await claimPlan())?._id).to.deep.equal(first?._id);
    const { deletedCount } = await ScanPlanModel.deleteMany({
      organizationId: { $in: [many._id, few._id] },
    }).comment(OF_A_TEST);
    expect(deletedCount).to.equal(4);
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

  it('are given back by a worker that ends, and say nothing of the site', async () => {
    const organization = await anOrganization();
    // A page that never answers.
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const opened = once(silent, 'request');
    const origin = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const site = await aSite(organization, [origin]);
    const actor = { ...system(organization._id), organizationId: organization._id };
    await orderScan(actor, site, { url: `${origin}/`, everyDays: 0 });
    await sweepScans();
    await opened;
    await endScans();
    silent.closeAllConnections();
    silent.close();
    expect(await scansOf(site)).to.deep.equal([]);
    expect((await scanPlanOf(site))?.claimedUntil).to.equal(null);
    // This worker takes no more.
    await sweepScans();
    expect((await scanPlanOf(site))?.claimedUntil).to.equal(null);
  });
});

describe('The lanes of a worker', () => {
  /** Work that ends when the test says so. */
  function someWork(names: string[]) {
    const waiting = [...names];
    const running = new Map<string, () => void>();
    const lanes = new Lanes(
      2,
      () => Promise.resolve(waiting.shift() ?? null),
      async (name: string) => {
        await new Promise<void>((end) => running.set(name, end));
        running.delete(name);
      },
    );
    const end = async (name: string) => {
      running.get(name)?.();
      await new Promise(setImmediate);
    };
    const begin = async () => {
      lanes.fill();
      await new Promise(setImmediate);
    };
    return { lanes, waiting, begin, end, now: () => [...running.keys()] };
  }

  it('do so much at once and no more, and one that takes long keeps nobody waiting', async () => {
    const { lanes, waiting, begin, end, now } = someWork(['long', 'a', 'b']);
    await begin();
    await begin();
    expect(now()).to.deep.equal(['long', 'a']);
    await end('a');
    expect(now()).to.deep.equal(['long', 'b']);
    await end('b');
    waiting.push('later');
    expect(now()).to.deep.equal(['long']);
    await begin();
    expect(now()).to.deep.equal(['long', 'later']);
    await Promise.all([end('long'), end('later')]);
    await lanes.settled();
  });

  it('take nothing more once they are closed, and survive work that fails', async () => {
    const { lanes, begin, end, now } = someWork(['a', 'b', 'c']);
    await begin();
    const closed = lanes.close();
    await Promise.all([end('a'), end('b')]);
    await closed;
    await begin();
    expect(now()).to.deep.equal([]);
    const failing = new Lanes(
      1,
      () => Promise.reject(new Error('no database')),
      () => Promise.resolve(),
    );
    failing.fill();
    await failing.settled();
    failing.fill();
    await failing.settled();
  });
});
