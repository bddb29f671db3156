import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { channelIds, rightIds } from '../../config/rights.ts';
import { chief, demoOrganizations } from '../../scripts/demo/organizations.ts';
import { demoSecrets } from '../../scripts/demo/secrets.ts';
import { sizes } from '../../scripts/demo/size.ts';
import { inventStories } from '../../scripts/demo/stories.ts';
import { closeDatabase, connectDatabase } from '../../server/database/connect.ts';
import { startEngine, type Engine } from '../../server/database/engine/start.ts';
import { MandateModel } from '../../server/features/agents/model.ts';
import { agreementsOf } from '../../server/features/agreements/service.ts';
import { ConsentRecordModel } from '../../server/features/consent/model.ts';
import { countDeliveries } from '../../server/features/deliveries/service.ts';
import { identityRules } from '../../server/features/identity/service.ts';
import { DraftModel } from '../../server/features/inbox/model.ts';
import { inventoryOf } from '../../server/features/inventory/service.ts';
import { ownLetters } from '../../server/features/letters/service.ts';
import { allOrganizations, organizationById } from '../../server/features/organizations/service.ts';
import { PackageModel } from '../../server/features/packages/model.ts';
import {
  configurationOf,
  currentPolicy,
  lintPolicy,
} from '../../server/features/policies/service.ts';
import { SavedViewModel } from '../../server/features/requests/desk-model.ts';
import { RequestModel } from '../../server/features/requests/model.ts';
import { listRequests } from '../../server/features/requests/service.ts';
import { requestStates } from '../../server/features/requests/states.ts';
import { signIn } from '../../server/features/staff/sign-in.ts';
import { countSuppressions } from '../../server/features/suppressions/service.ts';
import { accountOf, memberOf, membersOf } from '../../server/features/staff/service.ts';
import { aDataFolder } from '../support/product.ts';
import { formsOf, searchFolder } from '../support/raw-search.ts';
import { givenServer, settingsInPlaceOf, skipOnGivenServer } from '../support/server.ts';

const projectFolder = path.resolve(import.meta.dirname, '../..');
/** Without what needs a second device, a second site or a signal that no site of these honours. */
const visitorActions = ['accept-all', 'refuse-all', 'choose', 'withdraw', 'gpc'];
const across = { acrossOrganizations: true };

async function runDemo(environment: Record<string, string> & { HABEAS_DATA_DIR: string }) {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'HABEAS_KEY'].map((name) => [name, process.env[name]]);
  const inherited = Object.fromEntries(kept.filter(([, value]) => value !== undefined)) as object;
  const child = spawn(process.execPath, ['scripts/run.mjs', 'demo', '--small'], {
    cwd: projectFolder,
    env: {
      ...settingsInPlaceOf(environment.HABEAS_DATA_DIR),
      ...inherited,
      LOG_LEVEL: 'warn',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const read = (chunk: Buffer) => (output += chunk.toString());
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, output };
}

describe('npm run demo', function () {
  // Thousands of rows, each on the disk before the next: fifteen seconds, or minutes where that is busy.
  this.timeout(300_000);
  const folder = aDataFolder();
  const secrets = demoSecrets(sizes.small);
  let printed = '';
  let engine: Engine | undefined;

  before(async () => {
    const { code, output } = await runDemo({ HABEAS_DATA_DIR: folder.data });
    expect(code, output).to.equal(0);
    printed = output;
  });

  after(async () => {
    await closeDatabase();
    await engine?.close();
    folder.remove();
  });

  it('leaves nothing personal in clear in any file, though it stored a great deal', function () {
    skipOnGivenServer(this, 'the files of the data folder.');
    expect(secrets.length).to.be.greaterThan(800);
    expect(searchFolder(folder.data, secrets)).to.deep.equal([]);
  });

  it('would have found it: a name planted in the folder is found in each encoding', function () {
    skipOnGivenServer(this, 'the files of the data folder.');
    const planted = secrets.find((text) => text.startsWith('Friederike ')) ?? '';
    const controls = formsOf(planted).map(({ bytes, encoding }, at) => {
      const file = path.join(folder.data, `control-${at}`);
      const rest = Buffer.alloc(1000 + at, 7);
      writeFileSync(file, Buffer.concat([rest, bytes, rest]));
      return { file, text: planted, encoding };
    });
    const found = searchFolder(folder.data, secrets);
    for (const { file } of controls) rmSync(file);
    expect(new Set(controls.map(({ encoding }) => encoding)).size).to.equal(4);
    expect(found).to.have.deep.members(controls);
  });

  it('finds what base64 makes of a name wherever it begins', () => {
    for (const before of ['', '{', '{"']) {
      const control = aDataFolder();
      writeFileSync(control.data, Buffer.from(`${before}${chief.name}!`).toString('base64'));
      const found = searchFolder(path.dirname(control.data), [chief.name]);
      control.remove();
      expect(found).to.have.lengthOf(1);
    }
  });

  it('does not mix with data that is there', async () => {
    const { code, output } = await runDemo({ HABEAS_DATA_DIR: folder.data });
    expect(code).to.equal(78);
    const place = givenServer === null ? folder.data : 'this database';
    expect(output).to.contain(`There is data in ${place} already`);
  });

  it('does not write to invented people through a real mail server', async () => {
    const empty = aDataFolder();
    const { code, output } = await runDemo({
      HABEAS_DATA_DIR: empty.data,
      SMTP_URL: 'smtp://mail.example.org',
    });
    empty.remove();
    expect(code).to.equal(78);
    expect(output).to.contain('run it without SMTP_URL');
  });

  describe('as the services see it', () => {
    before(async () => {
      const { MONGODB_URI } = settingsInPlaceOf(folder.data);
      if (MONGODB_URI === undefined) {
        engine = await startEngine({ folder: `${folder.data}/database` });
      }
      await connectDatabase(MONGODB_URI ?? engine?.uri);
    });

    it('has five organisations with staff in every role', async () => {
      const organizations = await allOrganizations();
      expect(organizations.map(({ slug }) => slug)).to.deep.equal(
        demoOrganizations.map(({ slug }) => slug),
      );
      for (const { _id } of organizations) {
        const roles = (await membersOf(_id)).map(({ role }) => role);
        expect(roles).to.include.members(['administrator', 'privacy-officer', 'agent', 'auditor']);
      }
    });

    it('has requests of every right in every state, by every way in, and under its regimes and none', async () => {
      const requests = await RequestModel.find({}, null, across).lean();
      const seen = <T>(read: (row: (typeof requests)[number]) => T) => new Set(requests.map(read));
      expect(seen(({ state }) => state)).to.have.all.keys(...requestStates);
      expect(seen(({ right }) => right)).to.have.all.keys(...rightIds);
      // Programs need a key, which nobody could write down.
      const ways = channelIds.filter((channel) => channel !== 'api');
      expect(seen(({ channel }) => channel)).to.have.all.keys(...ways);
      const regimes = new Set(demoOrganizations.flatMap((each) => each.regimes));
      expect(new Set(requests.flatMap((row) => row.regimes))).to.have.all.keys(...regimes);
      expect(requests.some((row) => row.regimes.length === 0)).to.equal(true);
      const stories = demoOrganizations.flatMap((each) => inventStories(each, sizes.small));
      const appeals = stories.flatMap(({ acts }) => acts.filter(({ kind }) => kind === 'appeal'));
      expect(requests).to.have.lengthOf(stories.length + appeals.length);
      expect(requests.filter(({ appealOf }) => appealOf !== null)).to.have.lengthOf(appeals.length);
    });

    it('has answers in part and in a package, questions that stop a clock, and asked documents', async () => {
      const requests = await RequestModel.find({}, null, across).lean();
      expect(requests.some(({ outcome }) => outcome?.kind === 'partial')).to.equal(true);
      const open = requests.flatMap(({ pauses }) => pauses.filter((each) => !each.answeredAt));
      expect(open.map(({ kind }) => kind)).to.include.members(['identity', 'clarification']);
      expect(requests.flatMap(({ tags }) => tags)).to.include('former-customer');
      const packages = await PackageModel.find({ state: 'released' }, null, across).lean();
      expect(packages).not.to.be.empty;
      const mandates = await MandateModel.find({}, null, across).lean();
      expect(mandates.map(({ state }) => state)).to.have.members(['waiting', 'permitted']);
    });

    it('has something in each room of every organisation', async () => {
      for (const { _id: organizationId } of await allOrganizations()) {
        const organization = await organizationById(organizationId);
        const inventory = await inventoryOf(organizationId);
        expect(inventory.categories).not.to.be.empty;
        expect(await agreementsOf(organizationId)).not.to.be.empty;
        const { text = '' } = (await currentPolicy(organizationId)) ?? {};
        expect(lintPolicy(text, configurationOf(organization))).not.to.be.empty;
        expect((await ownLetters(organizationId)).size).to.equal(1);
        expect((await identityRules(organizationId)).version).to.equal(1);
        const suppressed = await countSuppressions(organizationId);
        expect(suppressed.some(({ count }) => count > 0)).to.equal(true);
        expect(await DraftModel.countDocuments({ organizationId })).to.equal(1);
        expect(await SavedViewModel.countDocuments({ organizationId })).to.equal(1);
      }
    });

    it('has choices of every kind, and withdrawals that name what they withdraw', async () => {
      const records = await ConsentRecordModel.find({}, null, across).lean();
      expect(new Set(records.map(({ action }) => action))).to.have.all.keys(...visitorActions);
      const keys = new Set(records.map(({ clientKey }) => clientKey));
      const withdrawn = records.filter(({ action }) => action === 'withdraw');
      expect(withdrawn.every(({ previousKey }) => keys.has(previousKey ?? ''))).to.equal(true);
    });

    it('lets its administrator in with the printed password, to queues with overdue requests', async () => {
      const password = /Password of all of them: (\S+)/u.exec(printed)?.[1] ?? '';
      const device = { userAgent: '', proof: undefined, formerSession: undefined };
      const answer = await signIn({ email: chief.email, password }, device);
      const account = 'sessionToken' in answer ? await accountOf(answer.sessionToken) : null;
      expect(account?.memberships).to.have.lengthOf(demoOrganizations.length);
      for (const { slug } of demoOrganizations) {
        const staff = await memberOf(account!, slug);
        const queue = await listRequests(staff, { group: 'open', due: 'overdue' });
        expect(queue.rows).not.to.be.empty;
        expect(await countDeliveries(staff.organizationId, 'problems')).to.be.greaterThan(0);
      }
    });

    it('asks to stop a running service first', async function () {
      skipOnGivenServer(this, 'nodes share a database.');
      const { code, output } = await runDemo({ HABEAS_DATA_DIR: folder.data });
      expect(code).to.equal(78);
      expect(output).to.contain('already open in process');
    });
  });
});
