import type { Types } from 'mongoose';
import type { Browser } from 'playwright-core';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { log } from '../../log.ts';
import { Problem } from '../../problem.ts';
import { openScanBrowser, scanBrowserPath } from '../../scanner/browser.ts';
import { openGuardedProxy } from '../../scanner/proxy.ts';
import { scanSite } from '../../scanner/scan.ts';
import { recordAudit, system, type OrganizationActor } from '../audit/service.ts';
import { currentConfiguration, declaredNames } from '../consent/service.ts';
import { siteById, type SiteRow } from '../organizations/service.ts';
import { claimPlan, releasePlan } from './claims.ts';
import { Lanes } from './lanes.ts';
import { ScanModel, ScanPlanModel, type ScanPlanRow, type ScanRow } from './model.ts';
import type { ScanOrder } from './schema.ts';

const PAGES = 8;
const SETTLE_MS = 1_500;
const MOST_MS = 8 * 60_000;
/** So many at once on each worker: a browser takes some hundred megabytes. */
const LANES = 2;
const DAY_MS = 86_400_000;
/** A site keeps so many scans; what an older one found is in its audit entry. */
const KEPT = 30;

type OfSite = Pick<SiteRow, '_id' | 'organizationId'>;

/** What a site is scanned for, and when; null before anybody planned anything. */
export async function scanPlanOf({ _id, organizationId }: OfSite): Promise<ScanPlanRow | null> {
  return ScanPlanModel.findOne({ organizationId, siteId: _id }).lean();
}

/**
 * Has a site scanned now, and again after so many days.
 * @throws Problem invalid when the page is not on one of the site's origins.
 */
export async function orderScan(
  actor: OrganizationActor,
  site: SiteRow,
  { url, everyDays }: ScanOrder,
): Promise<void> {
  if (!site.origins.includes(new URL(url).origin)) {
    const detail = 'The page is not on an origin of this site.';
    const errors = [{ pointer: '/url', code: 'any.only', detail }];
    throw new Problem('invalid', 'See errors.', { errors });
  }
  const { _id: siteId, organizationId } = site;
  const order = async () => {
    await ScanPlanModel.updateOne(
      { organizationId, siteId },
      { $set: { url, everyDays, nextActionAt: new Date() } },
      { upsert: true },
    );
    const target = { kind: 'site', id: siteId };
    await recordAudit(actor, 'site.scan-ordered', target, { everyDays });
  };
  await againstDuplicates(() => inTransaction(order));
}

/** The newest scans of a site, without what they found. */
export async function scansOf({ _id, organizationId }: OfSite): Promise<ScanRow[]> {
  return ScanModel.find({ organizationId, siteId: _id }, { 'report.traces': 0 })
    .sort({ _id: -1 })
    .limit(KEPT)
    .lean();
}

/** @throws Problem not-found */
export async function scanById(site: OfSite, id: Types.ObjectId): Promise<ScanRow> {
  const { _id: siteId, organizationId } = site;
  const row = await ScanModel.findOne({ _id: id, organizationId, siteId }).lean();
  if (!row) throw new Problem('not-found', 'This site has no such scan.');
  return row;
}

type Result = Pick<ScanRow, 'report' | 'failure'>;

/** Says that this worker ends, so that no browser is waited for. */
const ending = new AbortController();

async function look(site: SiteRow, url: string): Promise<Result> {
  if (scanBrowserPath() === null) return { report: null, failure: 'no-browser' };
  const { content } = await currentConfiguration(site);
  const proxy = await openGuardedProxy();
  let browser: Browser | null = null;
  const cutOff = () => void browser?.close();
  ending.signal.addEventListener('abort', cutOff);
  try {
    browser = await openScanBrowser(proxy.address);
    ending.signal.throwIfAborted();
    const declaration = declaredNames(content);
    const report = await scanSite(browser, {
      url,
      declaration,
      pages: PAGES,
      settleMs: SETTLE_MS,
      mostMs: MOST_MS,
    });
    return { report, failure: null };
  } catch (error) {
    log.warn({ err: error, site: site._id.toHexString() }, 'a site could not be scanned');
    return { report: null, failure: 'unreachable' };
  } finally {
    ending.signal.removeEventListener('abort', cutOff);
    await browser?.close();
    await proxy.close();
  }
}

async function keep(plan: ScanPlanRow, result: Result): Promise<void> {
  const { organizationId, siteId, url, everyDays } = plan;
  await inTransaction(async () => {
    await ScanModel.create({ organizationId, siteId, url, endedAt: new Date(), ...result });
    const next = everyDays === 0 ? null : new Date(Date.now() + everyDays * DAY_MS);
    // Somebody may have asked again meanwhile: that is due at once.
    await ScanPlanModel.updateOne(
      { _id: plan._id, organizationId, nextActionAt: plan.nextActionAt },
      { nextActionAt: next },
    );
    await ScanPlanModel.updateOne({ _id: plan._id, organizationId }, { claimedUntil: null });
    const violations = result.report?.violations.length ?? null;
    await recordAudit(
      system(organizationId),
      'site.scanned',
      { kind: 'site', id: siteId },
      { violations, failure: result.failure },
    );
  });
  const [oldest] = await ScanModel.find({ organizationId, siteId }, { _id: 1 })
    .sort({ _id: -1 })
    .skip(KEPT - 1)
    .limit(1)
    .lean();
  if (oldest) await ScanModel.deleteMany({ organizationId, siteId, _id: { $lt: oldest._id } });
}

async function attend(plan: ScanPlanRow): Promise<void> {
  try {
    const site = await siteById(plan.organizationId, plan.siteId);
    const result = await look(site, plan.url);
    // What was cut off says nothing about the site.
    await (ending.signal.aborted ? releasePlan(plan) : keep(plan, result));
  } catch (error) {
    // It stays claimed for a while, so that it keeps nobody else waiting.
    log.error({ err: error, plan: plan._id.toHexString() }, 'a scan was not kept');
  }
}

const lanes = new Lanes(LANES, claimPlan, attend);

/**
 * Sees to it that the sites whose time has come are scanned, a few at once, each for some minutes at most. It waits
 * for none of them: several workers share what is due.
 */
export function sweepScans(): Promise<void> {
  lanes.fill();
  return Promise.resolve();
}

/** Resolves when nothing is being scanned here any more. */
export const scansSettled = (): Promise<void> => lanes.settled();

/** Cuts off what is being scanned here: another worker begins it anew. */
export async function endScans(): Promise<void> {
  ending.abort();
  await lanes.close();
}
