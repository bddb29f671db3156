import { randomBytes, randomUUID } from 'node:crypto';
import { Types } from 'mongoose';
import { regimeIds } from '../../../config/regimes.ts';
import { rightIds } from '../../../config/rights.ts';
import { closeDatabase, connectDatabase, ownEngine } from '../../../server/database/connect.ts';
import { prepareInstallation } from '../../../server/database/installation.ts';
import { inTransaction } from '../../../server/database/transaction.ts';
import { system } from '../../../server/features/audit/service.ts';
import { stageFile } from '../../../server/features/files/service.ts';
import {
  createOrganization,
  type Organization,
} from '../../../server/features/organizations/service.ts';
import {
  addItem,
  fetchPackage,
  packageOf,
  releasePackage,
  reviewItem,
} from '../../../server/features/packages/service.ts';
import { listRequests, searchQueue } from '../../../server/features/requests/listing.ts';
import { RequestModel } from '../../../server/features/requests/model.ts';
import { queueModel } from '../../../server/features/requests/queue-page.ts';
import type { NewRequest } from '../../../server/features/requests/schema.ts';
import type { QueueFilters } from '../../../server/features/requests/queue-schema.ts';
import { fileRequest } from '../../../server/features/requests/service.ts';
import { attendToRequests } from '../../../server/features/requests/sweep.ts';
import { foundMember } from './member.ts';
import type { StaffMember } from '../../../server/features/staff/service.ts';
import { renderPage } from '../../../server/http/views.ts';
import { languageOf } from '../../../server/language.ts';
import { loadDataKey } from '../../../server/security/data-keys.ts';
import { costOf, inMilliseconds, percentile, printTable, ratesOf, timesOf } from '../measure.ts';
import { fillQueue, firstName, patternOf, type Pattern } from './filling.ts';

const SECONDS = 5;
const ROUNDS = 60;
const SWEPT = 100_000;
const DUE = 1000;
const PACKAGE_BYTES = 2 ** 30;

const goals: Record<string, string>[] = [];
function report(goal: string, measured: string, isMet: boolean): void {
  goals.push({ goal, measured, met: isMet ? 'yes' : 'no' });
}

const typed = (n: number): NewRequest => ({
  formKey: randomUUID(),
  right: 'access',
  country: 'DE',
  state: null,
  dataClass: 'ordinary',
  name: `Ada Beispiel${n}`,
  email: `ada-${n}@person.test`,
  details: 'Everything you hold about my orders.',
  answers: {},
});

async function measureIntake(organization: Organization): Promise<void> {
  const rows = [];
  const medians: number[] = [];
  let next = 0;
  const file = () =>
    fileRequest(organization, typed(next++), {
      actor: { kind: 'visitor', id: null, organizationId: organization._id },
      channel: 'web',
      language: 'en',
      receivedAt: new Date(),
      proof: null,
    });
  // What runs for the first times is slow by itself.
  await ratesOf(4, SECONDS, file);
  for (const writers of [1, 16]) {
    const rates = await ratesOf(writers, SECONDS, file);
    medians.push(percentile(rates, 0.5));
    rows.push({
      name: `fileRequest, ${writers} writers`,
      'median/s': percentile(rates, 0.5),
      'best/s': Math.max(...rates),
    });
  }
  printTable('Intake: keys, subject, request, challenge, audit and mail in one transaction', rows);
  const [one = NaN, many = NaN] = medians;
  report('16 writers: twice one writer', `${(many / one).toFixed(2)}x`, many >= 2 * one);
  const stored = await RequestModel.countDocuments({ organizationId: organization._id });
  report('each request that was filed is there once', `${stored} of ${next}`, stored === next);
}

/** What the queue is asked, by name. */
const asked: [string, Omit<QueueFilters, 'group'> & Partial<Pick<QueueFilters, 'group'>>][] = [
  ['open', {}],
  ['closed', { group: 'closed' }],
  ['one right', { right: 'deletion' }],
  ['nobody’s, in German', { assignee: 'none', language: 'de' }],
  ['a right, a channel, a common tag', { right: 'access', channel: 'web', tag: 'common' }],
  ['a rare tag', { tag: 'rare' }],
  ['overdue', { due: 'overdue' }],
];

const showPage = async (staff: StaffMember, filters: QueueFilters) => {
  const language = languageOf('en');
  const page = await listRequests(staff, filters);
  const model = await queueModel(staff, language, filters, page);
  renderPage('requests/queue', 'staff', { lang: 'en', ...model });
  return page;
};

async function measureQueue(staff: StaffMember, pattern: Pattern, most: number): Promise<void> {
  const rows: Record<string, string>[] = [];
  const p95 = new Map<string, number[]>();
  let filled = 0;
  for (const size of [...new Set([1000, Math.min(100_000, most), most])]) {
    await fillQueue(pattern, filled, size);
    filled = size;
    const measure = async (name: string, work: (round: number) => Promise<unknown>) => {
      await timesOf(5, work);
      const cpuBefore = process.cpuUsage();
      const times = await timesOf(ROUNDS, work);
      const { user, system } = process.cpuUsage(cpuBefore);
      const tail = percentile(times, 0.95);
      p95.set(name, [...(p95.get(name) ?? []), tail]);
      rows.push({
        requests: size.toLocaleString('en'),
        page: name,
        p50: inMilliseconds(percentile(times, 0.5)),
        p95: inMilliseconds(tail),
        CPU: inMilliseconds((user + system) / 1000 / ROUNDS),
      });
    };
    for (const [name, given] of asked) {
      await measure(name, () => showPage(staff, { group: 'open', ...given }));
    }
    let cursor = '';
    await measure('open, page after page', async () => {
      const page = await showPage(staff, { group: 'open', ...(cursor !== '' && { cursor }) });
      cursor = page.next ?? '';
    });
    await measure('search: two words of a name', async (round) => {
      const found = await searchQueue(staff, firstName(round));
      await showPage(staff, { group: 'open', ...found });
    });
    await measure('search: an address', async (round) => {
      const found = await searchQueue(staff, `ada-${round}@person.test`);
      await showPage(staff, { group: 'open', ...found });
    });
    const some = await RequestModel.find({ organizationId: staff.organizationId, group: 'open' })
      .limit(ROUNDS)
      .lean();
    await measure('search: the beginning of a reference', async (round) => {
      const found = await searchQueue(
        staff,
        some[round % some.length]?.reference.slice(0, 7) ?? '',
      );
      await showPage(staff, { group: 'open', ...found });
    });
  }
  printTable('A page of 50 of the queue: rows, counts, views, audit entry, rendered', rows);
  for (const [name, tails] of p95) {
    const ratio = (tails.at(-1) ?? NaN) / (tails[0] ?? NaN);
    report(`p95 of ${name}: largest within 2x of 1,000`, `${ratio.toFixed(2)}x`, ratio <= 2);
  }
}

async function measureSweep(pattern: Pattern): Promise<void> {
  const { organizationId } = pattern.row;
  const now = new Date();
  const past = new Date(now.getTime() - 3_600_000);
  await fillQueue(pattern, 0, SWEPT, (row) => ({
    ...row,
    state: 'in-progress',
    group: 'open',
    closedAt: null,
    attendedAt: now,
  }));
  const nothing = await costOf(attendToRequests);
  const due = await RequestModel.find({ organizationId, state: 'in-progress' }, { _id: 1 })
    .limit(DUE)
    .lean();
  // For these days have begun since they were last looked at.
  await RequestModel.updateMany(
    { organizationId, _id: { $in: due.map(({ _id }) => _id) } },
    { nextActionAt: past, attendedAt: new Date(now.getTime() - 40 * 86_400_000) },
  );
  const acted = await costOf(attendToRequests);
  // As when clocks were changed for everybody: each is written anew.
  await RequestModel.updateMany({ organizationId, group: 'open' }, { nextActionAt: past });
  const looked = await costOf(attendToRequests);
  const count = SWEPT.toLocaleString('en');
  printTable(`A sweep over ${count} open requests`, [
    { name: 'nothing due', time: inMilliseconds(nothing.milliseconds) },
    { name: `${DUE} due: audited, staff told`, time: inMilliseconds(acted.milliseconds) },
    { name: 'all looked at and moved on', time: inMilliseconds(looked.milliseconds) },
  ]);
  const isQuick = acted.milliseconds < 10_000;
  report(`sweep with ${DUE} due < 10 s`, inMilliseconds(acted.milliseconds), isQuick);
}

/** In pieces as they come from a network, so that what is measured is not the making of larger ones. */
async function* randomContent(bytes: number): AsyncGenerator<Buffer> {
  const piece = randomBytes(2 ** 16);
  for (let sent = 0; sent < bytes; sent += piece.length) {
    piece.writeUInt32BE(sent / piece.length);
    yield await Promise.resolve(Buffer.from(piece));
  }
}

async function measurePackage(organization: Organization): Promise<void> {
  const organizationId = organization._id;
  const actor = system(organizationId);
  const requestId = new Types.ObjectId();
  globalThis.gc?.();
  let read = 0;
  const cost = await costOf(async () => {
    const staged = await stageFile(organizationId, {
      name: 'recordings.bin',
      type: 'application/octet-stream',
      content: randomContent(PACKAGE_BYTES),
    });
    await addItem(actor, requestId, { category: '', kind: 'document' }, staged, { isCcpa: false });
    const item = (await packageOf(organizationId, requestId))?.items[0];
    if (!item) throw new Error('The package is empty.');
    await reviewItem(actor, requestId, {
      item: item._id,
      verdict: 'clear',
      reason: '',
    });
    await inTransaction(() =>
      releasePackage(actor, requestId, {
        language: 'en',
        reference: '7K3M-9QXT-2',
        right: 'Access',
        name: 'Ada Beispiel',
        organization: { name: organization.name, contacts: [] },
        sections: [],
        regulators: [],
        notices: [],
      }),
    );
    const { content } = await fetchPackage(actor, requestId);
    for await (const piece of content) read += piece.length;
  });
  printTable('A package of 1 GB: stored, released and fetched', [
    {
      read: `${(read / 2 ** 20).toFixed(0)} MB`,
      time: `${(cost.milliseconds / 1000).toFixed(1)} s`,
      'peak of the process': `${cost.peak.toFixed(0)} MB`,
      'above the start': `${cost.growth.toFixed(0)} MB`,
    },
  ]);
  report('package in < 150 MB', `${cost.growth.toFixed(0)} MB above the start`, cost.growth < 150);
}

/** Everything or some parts, with a queue of so many requests at most. */
export async function measureRequests(most: number, parts: readonly string[]): Promise<void> {
  const isAsked = (part: string) => parts.length === 0 || parts.includes(part);
  await ownEngine();
  await connectDatabase();
  await prepareInstallation();
  const nobody = { email: '', phone: '', post: '' };
  const found = (slug: string) =>
    createOrganization(system(null), {
      slug,
      name: 'Meadow Clinic',
      timeZone: 'Europe/Berlin',
      languages: ['en', 'de', 'fr', 'es'],
      regimes: [...regimeIds],
      rights: [...rightIds],
      promiseDays: null,
      requiresSecondFactor: false,
      policyUrl: null,
      contacts: { privacyOffice: nobody, dataProtectionOfficer: nobody, security: nobody },
    });
  const [desk, intake, swept] = [await found('desk'), await found('intake'), await found('swept')];
  const staff = await foundMember(desk);
  if (isAsked('intake')) await measureIntake(intake);
  const patternIn = async (organization: Organization) => {
    const { id } = await fileRequest(organization, typed(0), {
      actor: { kind: 'visitor', id: null, organizationId: organization._id },
      channel: 'web',
      language: 'en',
      receivedAt: new Date(),
      proof: { level: 2, method: 'bench' },
    });
    const row = await RequestModel.findOne({ _id: id, organizationId: organization._id })
      .orFail()
      .lean();
    return patternOf(organization, row, await loadDataKey(row.keyId));
  };
  if (isAsked('sweep')) await measureSweep(await patternIn(swept));
  if (isAsked('queue')) await measureQueue(staff, await patternIn(desk), most);
  if (isAsked('package')) await measurePackage(desk);
  printTable('Goals', goals);
  await closeDatabase();
}
