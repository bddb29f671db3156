import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import mongoose from 'mongoose';
import type { CommandStartedEvent } from 'mongodb';
import { defaults } from '../../config/defaults.ts';
import { identityFigures } from '../../config/identity.ts';
import { rightCatalogue } from '../../config/right-catalogue.ts';
import { dataClasses, rightsWithoutProof } from '../../config/rights.ts';
import {
  identityCase,
  takeAllowance,
  takeStrangersTurn,
} from '../../server/features/identity/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { newReference } from '../../server/features/requests/reference.ts';
import { completeRequest } from '../../server/features/requests/moves.ts';
import { submitRequest } from '../../server/features/requests/intake.ts';
import { answerCodeAsks } from '../../server/features/requests/service.ts';
import { recordCircumstances } from '../../server/features/requests/proof-staff.ts';
import { countHit } from '../../server/security/counts.ts';
import { useApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { anOrganization } from '../support/organizations.ts';
import { problemFrom } from '../support/problems.ts';
import {
  aMember,
  anUnverifiedRequest,
  aRequest,
  linkSentTo,
  mailsTo,
  requestByReference,
  typedRequest,
} from '../support/requests.ts';
import { SecondProcess } from '../support/second-process.ts';
import { letClockStand } from '../support/standing-clock.ts';

/** Each thing that must hold of verification, with the test that proves it. */
const LIST: [what: string, file: string, test: string][] = [
  [
    'known and unknown: body, status, path',
    'verification-list',
    'cannot be told from an unknown address',
  ],
  ['known and unknown: time', '../torture/identity-timing.torture', 'take the same time'],
  ['five wrong codes void', 'identity', 'voids a code after five wrong ones'],
  ['replayed JWT', 'assertions', 'a replayed JWT is refused'],
  ['algorithm none', 'assertions', 'is refused under alg none'],
  ['expired, wrong audience', 'assertions', 'is refused when it is ${what}'],
  ['old auth_time', 'assertions', 'an old auth_time is refused'],
  ['prefetch of a link', 'verification-list', 'is not verified by a scanner'],
  ['document after its decision', 'identity-documents', 'is gone with the decision'],
  ['document after its time', 'identity-documents', 'is gone after seven days'],
  ['opt-outs', 'verification-list', 'asks nothing of who opts out'],
  ['field in dispute', 'identity-proof', 'never for what is in dispute'],
  ['agent without confirmation', 'agents', 'stops without confirmation'],
  ['agent networks', 'agent-network', 'refuses in this order: decode, signature, agent, business'],
  ['single use of a download', 'packages', 'with a fresh code, which serves once'],
  ['forbidden fields', 'packages', 'never hold a forbidden name at any depth'],
  ['limits after a restart', 'verification-list', 'outlive a restart, and hold for every node'],
  ['limits and evidence of two tenants', 'verification-list', 'shares neither limits nor evidence'],
  ['mails to one address', 'requests', 'over all organisations'],
  ['stopped mails', 'identity', 'is silent for a day when asked to be'],
];

/** What must differ between two answers, made equal. */
const leveled = (text: string) =>
  text
    .replaceAll(/[\w-]{43}/gu, '<token>')
    .replaceAll(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]/gu, '<reference>');

/** Names of what counts, or depends on, what was made equal. */
const OWN = /^(?:date|etag|keep-alive|ratelimit.*|content-security-policy)$/u;

const headersOf = (response: Response) =>
  Object.fromEntries(
    [...response.headers]
      .filter(([name]) => !OWN.test(name))
      .map(([name, value]) => [name, leveled(value)]),
  );

describe('Verification', () => {
  useApp();
  let organization: Organization;
  let commands: string[] = [];
  const watch = ({ command, commandName }: CommandStartedEvent) => {
    const { comment, [commandName]: collection, ...rest } = command as Record<string, unknown>;
    if (comment === OF_A_TEST || commandName === 'endSessions') return;
    const isLater = ['findAndModify', 'find'].includes(commandName) && collection === 'codeAsks';
    if (!isLater) commands.push(`${commandName} ${String(collection)} ${String(rest.autocommit)}`);
  };
  before(async () => {
    organization = await anOrganization();
    mongoose.connection.getClient().on('commandStarted', watch);
  });

  /** Makes it look as if so many had knocked in this hour. */
  const setHits = (key: string, hits: number) =>
    mongoose.connection
      .collection<{ _id: string; hits: number }>('rateLimits')
      .updateOne({ _id: `${key}:${Math.floor(Date.now() / 3_600_000)}` }, { $set: { hits } });

  const centre = () => `/privacy/${organization.slug}`;
  const fields = (email: string, token: string, given: Record<string, string> = {}) => ({
    _csrf: token,
    formKey: randomUUID(),
    right: 'access',
    country: 'DE',
    state: '',
    dataClass: 'ordinary',
    name: 'Ada Beispiel',
    email,
    details: 'Everything about my orders.',
    ...given,
  });
  const formPage = () => `${centre()}/request?right=access&country=DE`;

  /** One exchange as a stranger sees it, and the commands that it took. */
  async function seen(client: Client, path: string, body: Record<string, string>) {
    commands = [];
    const response = await client.exchange(path, {
      method: 'POST',
      body: new URLSearchParams(body),
    });
    const answer = { status: response.status, headers: headersOf(response) };
    return { ...answer, body: leveled(await response.text()), commands: [...commands] };
  }

  it('holds, item by item: each has a test that proves it', () => {
    for (const [what, file, test] of LIST) {
      const source = readFileSync(
        new URL(`${file}${file.includes('.') ? '' : '.test'}.ts`, import.meta.url),
      );
      expect(source.toString(), what).to.include(test);
    }
  });

  describe('of a known address', () => {
    it('cannot be told from an unknown address: same status, headers, body and code path', async () => {
      letClockStand();
      const { email } = await aRequest(organization);
      const client = new Client();
      const token = await client.token(formPage());
      const send = (address: string) => seen(client, `${centre()}/request`, fields(address, token));
      await send('first@person.test');
      const unknown = await send('nobody-knows@person.test');
      const known = await send(email);
      expect(known).to.deep.equal(unknown);
      expect(known.status).to.equal(303);
      expect(known.commands).to.include('insert requests false');
    });

    it('cannot be told from an unknown reference, asking for a code or typing a wrong one', async () => {
      const { row } = await aRequest(organization);
      const answers = [];
      for (const reference of [newReference(), row.reference, newReference()]) {
        const client = new Client();
        const page = `${centre()}/requests/${reference}`;
        const token = await client.token(page);
        const asked = await seen(client, `${page}/code`, { _csrf: token });
        // What answers the ask comes after the reply, in transactions of its own.
        asked.commands = asked.commands.filter((one) => one.endsWith('undefined')).slice(0, 5);
        await answerCodeAsks();
        const entered = await seen(client, `${page}/enter`, { _csrf: token, code: '0000 0000' });
        answers.push({ asked, entered });
      }
      const [first, known, last] = answers;
      expect(known).to.deep.equal(first);
      expect(last).to.deep.equal(first);
      expect(first?.asked.status).to.equal(303);
      expect(first?.entered.status).to.equal(422);
    });
  });

  it('is not verified by a scanner that opens every link of a mail', async () => {
    const email = 'scanned@person.test';
    const { reference } = await anUnverifiedRequest(organization, { email });
    const paths = [
      `${centre()}/confirm/${await linkSentTo(email, 'confirm')}`,
      `${centre()}/not-me/${await linkSentTo(email, 'not-me')}`,
    ];
    for (const method of ['GET', 'HEAD', 'GET']) {
      for (const path of paths) {
        const { status } = await new Client({ purpose: 'prefetch' }).exchange(path, { method });
        expect(status).to.equal(200);
      }
    }
    expect((await requestByReference(organization, reference)).state).to.equal('unverified');
    const client = new Client();
    const [confirm = ''] = paths;
    await client.submit(confirm, {});
    expect((await requestByReference(organization, reference)).verifiedAt).to.be.instanceOf(Date);
    const second = await new Client().get(confirm);
    expect(second.status).to.equal(410);
    expect(second.text).to.include('This is confirmed already').and.include(reference);
  });

  it('asks nothing of who opts out, complains or reports', async () => {
    const officer = await aMember(organization);
    for (const [at, right] of rightsWithoutProof.entries()) {
      const dataClass = dataClasses[at % dataClasses.length] ?? 'ordinary';
      const typed = typedRequest({ right, dataClass });
      const { reference, needsProof } = await submitRequest(organization, typed, 'en');
      const row = await requestByReference(organization, reference);
      expect(needsProof).to.equal(false);
      expect(row.requiredLevel).to.equal(0);
      expect(row.state, right).to.equal(right === 'marketing-opt-out' ? 'completed' : 'new');
      if (row.state === 'completed') continue;
      const caution = { contactChanged: true, deliveryDiffers: true, formerAddress: '' };
      await recordCircumstances(officer, row._id, caution);
      expect(await requestByReference(organization, reference)).to.include({ requiredLevel: 0 });
      const [result = null] = rightCatalogue[right].results ?? [];
      const answer = { version: row.version, result, text: 'It is done.' };
      expect((await completeRequest(officer, row._id, answer, [])).state).to.equal('completed');
    }
  });

  describe('limits', () => {
    it('outlive a restart, and hold for every node', async () => {
      letClockStand();
      const network = { 'x-forwarded-for': '2001:4860:0:1::1' };
      const client = new Client(network);
      const body = fields('', await client.token(formPage()));
      let status = 0;
      for (let knocks = 0; knocks < 20; knocks += 1) {
        status = (await client.post(`${centre()}/request`, body)).status;
      }
      expect(status).not.to.equal(429);
      expect((await client.post(`${centre()}/request`, body)).status).to.equal(429);
      const other = await SecondProcess.start({ HABEAS_TEST_NOW: String(Date.now()) });
      try {
        const origin = `http://localhost:${String(await other.ask({ kind: 'serve' }))}`;
        const neighbour = new Client({ 'x-forwarded-for': '2001:4860:0:1::2' }, origin);
        const token = await neighbour.token(formPage());
        const { status: there, headers } = await neighbour.post(
          `${centre()}/request`,
          fields('', token),
        );
        expect(there).to.equal(429);
        expect(Number(headers.get('retry-after'))).to.be.within(1, 3600);
      } finally {
        await other.kill();
      }
    });

    it('mark many requests from one network for the lane of bulk, and answer them alike', async () => {
      letClockStand();
      const client = new Client();
      const token = await client.token(formPage());
      const tags = [];
      for (let sent = 0; sent <= identityFigures.bulkPerDay; sent += 1) {
        const email = `bulk-${sent}@person.test`;
        const { url, status } = await client.post(`${centre()}/request`, fields(email, token));
        expect(status).to.equal(200);
        tags.push((await requestByReference(organization, url.split('/').at(-1) ?? '')).tags);
      }
      expect(tags.at(-1)).to.deep.equal(['bulk']);
      expect(tags.slice(0, -1).flat()).to.be.empty;
    });

    it('stop codes for strangers once an organisation is flooded, and for nobody who is proved', async () => {
      letClockStand();
      const flooded = await anOrganization();
      const { row, email } = await aRequest(flooded);
      const key = `codes:${flooded._id.toHexString()}`;
      await countHit(key, 60);
      await setHits(key, defaults.identity.strangersPerHour.organization);
      const page = `/privacy/${flooded.slug}/request`;
      const client = new Client();
      const token = await client.token(`${page}?right=access&country=DE`);
      const stranger = 'crowded-out@person.test';
      expect((await client.post(page, fields(stranger, token))).status).to.equal(200);
      expect(await mailsTo(stranger)).to.be.empty;
      const before = (await mailsTo(email)).length;
      const portal = `/privacy/${flooded.slug}/requests/${row.reference}`;
      await client.submit(portal, {}, `${portal}/code`);
      await answerCodeAsks();
      expect(await mailsTo(email)).to.have.length(before + 1);
    });

    it('leave its owner mails that nobody else can use up', async () => {
      const print = `print-${randomUUID()}`;
      const strangers = [];
      for (let tries = 0; tries < 5; tries += 1) strangers.push(await takeAllowance(print));
      expect(strangers).to.deep.equal([true, true, true, false, false]);
      expect(await takeAllowance(print, { isProven: true })).to.equal(true);
    });
  });

  it('shares neither limits nor evidence between two organisations', async () => {
    letClockStand();
    const other = await anOrganization();
    const email = 'in-both@person.test';
    const here = await aRequest(organization, { email });
    const there = await anUnverifiedRequest(other, { email });
    expect(here.row.provenLevel).to.equal(3);
    expect(there).to.include({ provenLevel: 0, state: 'unverified' });
    expect(there.subjectId.equals(here.row.subjectId)).to.equal(false);
    const foreign = await problemFrom(identityCase(other._id, here.row._id));
    expect(foreign.problem).to.equal('not-found');
    const own = await identityCase(other._id, there._id);
    expect(own.evidence).to.be.empty;
    const limit = defaults.identity.strangersPerHour.organization;
    const key = `codes:${organization._id.toHexString()}`;
    await countHit(key, 60);
    await setHits(key, limit);
    expect(await takeStrangersTurn(organization._id)).to.equal(false);
    expect(await takeStrangersTurn(other._id)).to.equal(true);
  });
});
