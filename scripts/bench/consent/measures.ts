import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { config } from '../../../config/index.ts';
import { regimeIds } from '../../../config/regimes.ts';
import { rightIds } from '../../../config/rights.ts';
import { closeDatabase, connectDatabase } from '../../../server/database/connect.ts';
import { system } from '../../../server/features/audit/service.ts';
import { ConsentRecordModel } from '../../../server/features/consent/model.ts';
import { consentFigures, currentConfiguration } from '../../../server/features/consent/service.ts';
import {
  addSite,
  createOrganization,
  type SiteRow,
} from '../../../server/features/organizations/service.ts';
import { inMilliseconds, printTable } from '../measure.ts';
import { fillRecords } from './filling.ts';
import type { LoadResult, LoadTask } from './load.ts';
import { languages } from './visitors.ts';

const ORIGIN = 'https://shop.example.org';
const CONNECTIONS = [16, 64];
const PEER_TABLE = 212_000;
/** Until a process that has just started is as fast as it gets. */
const WARM_UP_SECONDS = 10;
const built = path.resolve(import.meta.dirname, '../../..');

const rows: Record<string, string>[] = [];
const goals: Record<string, string>[] = [];
function report(goal: string, measured: string, isMet: boolean): void {
  goals.push({ goal, measured, met: isMet ? 'yes' : 'no' });
}

/** A process of ours that says when it is ready. */
async function begun(file: string, given: string[] = []): Promise<ChildProcess> {
  const child = fork(path.join(built, file), given, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

async function load(task: LoadTask): Promise<LoadResult> {
  const child = fork(path.join(built, 'scripts/bench/consent/load.js'));
  child.send(task);
  const [result] = (await once(child, 'message')) as [LoadResult];
  await end(child);
  return result;
}

async function foundSite(): Promise<SiteRow> {
  const nobody = { email: '', phone: '', post: '' };
  const organization = await createOrganization(system(null), {
    slug: 'shop',
    name: 'Fern Shop',
    timeZone: 'Europe/Berlin',
    languages,
    regimes: [...regimeIds],
    rights: [...rightIds],
    promiseDays: null,
    requiresSecondFactor: false,
    policyUrl: null,
    contacts: { privacyOffice: nobody, dataProtectionOfficer: nobody, security: nobody },
  });
  const site = { name: 'Fern Shop', origins: [ORIGIN] };
  return addSite(system(organization._id), organization._id, site);
}

async function measureLoad(name: string, task: Omit<LoadTask, 'connections'>) {
  await load({ ...task, connections: 16, seconds: WARM_UP_SECONDS });
  const results: LoadResult[] = [];
  for (const connections of CONNECTIONS) {
    const result = await load({ ...task, connections });
    results.push(result);
    rows.push({
      store: name,
      connections: String(connections),
      'records/s': result.perSecond.toFixed(0),
      p50: inMilliseconds(result.p50),
      p99: inMilliseconds(result.p99),
      errors: String(result.errors),
    });
  }
  return results;
}

async function measureFloor(folder: string, hash: string, seconds: number): Promise<void> {
  const port = String(config.port + 1);
  const floor = await begun('scripts/bench/consent/floor.js', [path.join(folder, 'floor'), port]);
  const url = `http://127.0.0.1:${port}/`;
  await measureLoad('floor: HTTP + one insert', {
    ...{ url, origin: ORIGIN, configurationHash: hash, seconds },
  });
  await end(floor);
}

/** What was recorded is counted, record by record. */
async function checkCounts(site: SiteRow): Promise<void> {
  const { organizationId, _id: siteId } = site;
  const stored = await ConsentRecordModel.countDocuments({ organizationId, siteId });
  const days = { from: '0000-01-01', to: '9999-12-31', by: 'version' } as const;
  const [version] = await consentFigures(organizationId, siteId, days);
  const counted = version?.choices ?? 0;
  report('each record is counted once', `${counted} of ${stored}`, counted === stored);
}

/** The site's records at several sizes, with a store of so many records at most. */
export async function measureConsent(folder: string, most: number, seconds: number): Promise<void> {
  const web = await begun('server/main.js');
  const worker = fork(path.join(built, 'jobs/main.js'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await connectDatabase();
  const site = await foundSite();
  const { hash } = await currentConfiguration(site);
  const url = `http://127.0.0.1:${config.port}/c/${site.siteKey}/choices`;
  const task = { url, origin: ORIGIN, configurationHash: hash, seconds };
  const sizes = [...new Set([0, Math.min(PEER_TABLE, most), most])];
  const bySize: LoadResult[][] = [];
  for (const size of sizes) {
    if (size > 0) {
      const { organizationId, _id: siteId } = site;
      const pattern = await ConsentRecordModel.findOne({ organizationId, siteId }).orFail().lean();
      await fillRecords(pattern, size);
    }
    bySize.push(await measureLoad(size.toLocaleString('en'), task));
  }
  await checkCounts(site);
  await closeDatabase();
  await end(worker);
  await end(web);
  await measureFloor(folder, hash, seconds);
  printTable('Choices recorded over HTTP, each acknowledged once it is on disk', rows);
  reportGoals(bySize);
  printTable('Goals', goals);
}

function reportGoals(bySize: readonly LoadResult[][]): void {
  for (const [at, connections] of CONNECTIONS.entries()) {
    const results = bySize.map((ofSize) => ofSize[at]).filter((result) => result !== undefined);
    const rates = results.map(({ perSecond }) => perSecond);
    const least = Math.min(...rates);
    const tail = Math.max(...results.map(({ p99 }) => p99));
    const change = Math.max(...rates.map((rate) => Math.abs(rate / (rates[0] ?? NaN) - 1)));
    const errors = results.reduce((sum, result) => sum + result.errors, 0);
    const name = `${connections} connections`;
    report(`${name}: at least 2,000/s`, `${least.toFixed(0)}/s`, least >= 2000);
    report(`${name}: p99 within 25 ms`, inMilliseconds(tail), tail <= 25);
    report(`${name}: flat within 15 %`, `${(change * 100).toFixed(1)} %`, change <= 0.15);
    report(`${name}: no errors`, String(errors), errors === 0);
  }
}
