import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { config } from '../../../config/index.ts';
import { regimeIds } from '../../../config/regimes.ts';
import { rightIds } from '../../../config/rights.ts';
import { closeDatabase, connectDatabase } from '../../../server/database/connect.ts';
import { engineUri } from '../../../server/database/engine/start.ts';
import { system } from '../../../server/features/audit/service.ts';
import { ConsentRecordModel } from '../../../server/features/consent/model.ts';
import { consentFigures, currentConfiguration } from '../../../server/features/consent/service.ts';
import {
  addSite,
  createOrganization,
  type SiteRow,
} from '../../../server/features/organizations/service.ts';
import { inMilliseconds, percentile, printTable } from '../measure.ts';
import { fillRecords } from './filling.ts';
import type { LoadResult, LoadTask } from './load.ts';
import { languages } from './visitors.ts';

const ORIGIN = 'https://shop.example.org';
const CONNECTIONS = [16, 64];
const PEER_TABLE = 212_000;
/** Until a process that has just started is as fast as it gets. */
const WARM_UP_SECONDS = 10;
/** Short, so that what the machine does meanwhile falls on all stores alike. */
const ROUND_SECONDS = 2;
const built = path.resolve(import.meta.dirname, '../../..');

const goals: Record<string, string>[] = [];
function report(goal: string, measured: string, isMet: boolean): void {
  goals.push({ goal, measured, met: isMet ? 'yes' : 'no' });
}

/** A process of ours that says when it is ready. */
async function begun(
  file: string,
  given: string[] = [],
  settings: Record<string, string> = {},
): Promise<ChildProcess> {
  const child = fork(path.join(built, file), given, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...settings },
  });
  await once(child, 'message');
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

type Address = Pick<LoadTask, 'url' | 'origin' | 'configurationHash'>;

/** A process whose visitors ask one address, until it is ended. */
function aCrowd(address: Address) {
  const child = fork(path.join(built, 'scripts/bench/consent/load.js'));
  return {
    ask: async (load: { connections: number; seconds: number }): Promise<LoadResult> => {
      child.send({ ...address, ...load } satisfies LoadTask);
      const [result] = (await once(child, 'message')) as [LoadResult];
      return result;
    },
    end: () => end(child),
  };
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

/** What choices can be sent to. */
interface Place {
  name: string;
  crowd: ReturnType<typeof aCrowd>;
  /** By numbers of connections, a result for each round. */
  results: Map<number, LoadResult[]>;
  end: () => Promise<void>;
}

interface Store extends Place {
  /** What the figures count, and how many records there are. */
  check: () => Promise<{ counted: number; stored: number }>;
}

/** An installation of its own, whose site has so many records. */
async function anInstallation(folder: string, size: number, port: number): Promise<Store> {
  const dataDir = path.join(folder, `data-${size}`);
  const uri = engineUri(path.join(dataDir, 'database'));
  const settings = { HABEAS_DATA_DIR: dataDir, PORT: String(port) };
  const web = await begun('server/main.js', [], settings);
  const worker = fork(path.join(built, 'jobs/main.js'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...settings },
  });
  await connectDatabase(uri);
  const site = await foundSite();
  const { organizationId, _id: siteId } = site;
  const { hash: configurationHash } = await currentConfiguration(site);
  const url = `http://127.0.0.1:${port}/c/${site.siteKey}/choices`;
  const crowd = aCrowd({ url, origin: ORIGIN, configurationHash });
  if (size > 0) {
    await crowd.ask({ connections: 1, seconds: 1 });
    await fillRecords(
      await ConsentRecordModel.findOne({ organizationId, siteId }).orFail().lean(),
      size,
    );
  }
  await closeDatabase();
  return {
    name: size.toLocaleString('en'),
    crowd,
    results: new Map(),
    check: async () => {
      await connectDatabase(uri);
      const stored = await ConsentRecordModel.countDocuments({ organizationId, siteId });
      const days = { from: '0000-01-01', to: '9999-12-31', by: 'version' } as const;
      const [version] = await consentFigures(organizationId, siteId, days);
      await closeDatabase();
      return { counted: version?.choices ?? 0, stored };
    },
    end: async () => {
      await end(worker);
      await end(web);
    },
  };
}

async function theFloor(folder: string, port: number): Promise<Place> {
  const given = [path.join(folder, 'floor'), String(port)];
  const floor = await begun('scripts/bench/consent/floor.js', given);
  return {
    name: 'floor: HTTP + one insert',
    // As long as that of a site, and nobody looks at it.
    crowd: aCrowd({
      url: `http://127.0.0.1:${port}/`,
      origin: ORIGIN,
      configurationHash: '0'.repeat(64),
    }),
    results: new Map(),
    end: () => end(floor),
  };
}

/** All places get the same load in turns, forwards and backwards, so that none has the machine's better minutes. */
async function loadInTurns(places: readonly Place[], rounds: number): Promise<void> {
  for (const { crowd } of places) {
    await crowd.ask({ connections: 16, seconds: WARM_UP_SECONDS });
  }
  for (let round = 0; round < rounds; round++) {
    for (const connections of CONNECTIONS) {
      for (const { crowd, results } of round % 2 === 0 ? places : places.toReversed()) {
        const result = await crowd.ask({ connections, seconds: ROUND_SECONDS });
        results.set(connections, [...(results.get(connections) ?? []), result]);
      }
    }
  }
}

const median = (numbers: readonly number[]): number => percentile(numbers, 0.5);

/** All rounds of a place with so many connections: the rate of the median one, the times of all. */
function sumUp({ results }: Place, connections: number) {
  const rounds = results.get(connections) ?? [];
  const times = rounds.flatMap((round) => round.times);
  return {
    rates: rounds.map(({ perSecond }) => perSecond),
    p50: median(times),
    p99: percentile(times, 0.99),
    errors: rounds.reduce((sum, { errors }) => sum + errors, 0),
  };
}

function reportRates(places: readonly Place[]): void {
  const rows = places.flatMap((place) =>
    CONNECTIONS.map((connections) => {
      const { rates, p50, p99, errors } = sumUp(place, connections);
      return {
        store: place.name,
        connections: String(connections),
        'records/s': median(rates).toFixed(0),
        p50: inMilliseconds(p50),
        p99: inMilliseconds(p99),
        errors: String(errors),
      };
    }),
  );
  printTable('Choices recorded over HTTP, each acknowledged once it is on disk', rows);
}

function reportGoals(stores: readonly Store[]): void {
  for (const connections of CONNECTIONS) {
    const sums = stores.map((store) => sumUp(store, connections));
    const least = Math.min(...sums.map(({ rates }) => median(rates)));
    const tail = Math.max(...sums.map(({ p99 }) => p99));
    const ofEmpty = sums[0]?.rates ?? [];
    const changes = sums.map(({ rates }) =>
      Math.abs(median(rates.map((rate, round) => rate / (ofEmpty[round] ?? NaN))) - 1),
    );
    const change = Math.max(...changes);
    const errors = sums.reduce((sum, of) => sum + of.errors, 0);
    const name = `${connections} connections`;
    report(`${name}: at least 2,000/s`, `${least.toFixed(0)}/s`, least >= 2000);
    report(`${name}: p99 within 25 ms`, inMilliseconds(tail), tail <= 25);
    report(`${name}: flat within 15 %`, `${(change * 100).toFixed(1)} %`, change <= 0.15);
    report(`${name}: no errors`, String(errors), errors === 0);
  }
}

/** What was recorded is counted, record by record; a store is called by how it grew. */
async function checkCounts(stores: readonly Store[]): Promise<void> {
  let counted = 0;
  let stored = 0;
  for (const store of stores) {
    const found = await store.check();
    store.name += ` to ${found.stored.toLocaleString('en')}`;
    counted += found.counted;
    stored += found.stored;
  }
  report('each record is counted once', `${counted} of ${stored}`, counted === stored);
}

/** Sites with no records, with as many as a peer was measured with, and with so many at most, beside the floor. */
export async function measureConsent(folder: string, most: number, rounds: number): Promise<void> {
  const sizes = [...new Set([0, Math.min(PEER_TABLE, most), most])];
  const stores: Store[] = [];
  for (const [at, size] of sizes.entries()) {
    stores.push(await anInstallation(folder, size, config.port + at));
  }
  const floor = await theFloor(folder, config.port + sizes.length);
  const places = [...stores, floor];
  await loadInTurns(places, rounds);
  await checkCounts(stores);
  for (const { crowd, end: endIt } of places) {
    await crowd.end();
    await endIt();
  }
  reportRates(places);
  reportGoals(stores);
  printTable('Goals', goals);
}
