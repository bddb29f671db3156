import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { Types } from 'mongoose';
import Sinon from 'sinon';
import { tellAgents } from '../../server/features/agent-network/service.ts';
import { NetworkRequestModel } from '../../server/features/agent-network/model.ts';
import { standingOf } from '../../server/features/agent-network/status.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { refuseRequest } from '../../server/features/requests/moves.ts';
import { RequestModel, type RequestRow } from '../../server/features/requests/model.ts';
import { requestStates } from '../../server/features/requests/states.ts';
import { agentLinkIn } from '../support/agents.ts';
import { useApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { OF_A_TEST } from '../support/commands.ts';
import {
  anAgent,
  asking,
  envelope,
  overNetwork,
  signed,
  tokenFor,
  type Agent,
} from '../support/network.ts';
import { anOrganization } from '../support/organizations.ts';
import { aMember } from '../support/requests.ts';
import { clientOf } from '../support/staff.ts';

const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

interface Status {
  request_id: string;
  status: string;
  reason?: string;
}

describe('The Data Rights Protocol', () => {
  useApp();
  let organization: Organization;
  let agent: Agent;
  let token: string;
  before(async () => {
    organization = await anOrganization();
    agent = await anAgent(organization);
    token = await tokenFor(organization, agent);
  });

  const PATH = '/data-rights-request';
  const send = (body: string, given = token) =>
    overNetwork(organization, 'POST', PATH, { body, token: given });
  const exercised = async (given: object = {}) =>
    (await send(signed(agent, asking(agent, given)))).json() as Status;
  const exercisedIn = async (address: unknown) => {
    const status = await exercised({ address });
    expect(status).to.include({ status: 'in_progress' });
    return newest();
  };
  const newest = (): Promise<RequestRow> =>
    RequestModel.findOne({ organizationId: organization._id })
      .sort({ _id: -1 })
      .comment(OF_A_TEST)
      .orFail()
      .lean();

  it('takes a signed request, which its person then confirms by mail', async () => {
    const status = await exercised({ email: 'confirms@person.test' });
    expect(status).to.include({
      agent_request_id: 'ours-1',
      status: 'in_progress',
      reason: 'need_user_verification',
    });
    const row = await newest();
    expect(row).to.include({ channel: 'agent', right: 'deletion', state: 'unverified' });
    const link = await agentLinkIn('confirms@person.test', 'permission');
    await new Client().submit(link, { answer: 'yes' });
    const now = await overNetwork(organization, 'GET', `${PATH}/${status.request_id}`, { token });
    expect(now.json()).to.include({
      status: 'in_progress',
      expected_by: row.deadlines.effectiveDue,
    });
    expect(now.json()).not.to.have.property('reason');
  });

  it('takes an opt-out of sale without any proof', async () => {
    const status = await exercised({ exercise: 'sale:opt-out' });
    expect(status.reason).to.equal(undefined);
    expect(await newest()).to.include({ right: 'sale-opt-out', state: 'new', needsProof: false });
  });

  it('keeps to the law of the address that is claimed', async () => {
    const texan = await exercisedIn({ region: 'Texas', country: 'US', locality: 'Austin' });
    expect(texan.regimes).to.include('us-tx').and.not.include('ccpa');
    expect((await exercisedIn({ country: 'Germany' })).regimes).to.deep.equal(['gdpr']);
    expect((await exercisedIn({ formatted: 'Somewhere' })).regimes).to.include('ccpa');
    expect((await exercisedIn('12 Elm Street')).regimes).to.include('ccpa');
  });

  it('counts the same message once', async () => {
    const body = signed(agent, asking(agent));
    const { _id } = organization;
    const before = await NetworkRequestModel.countDocuments({ organizationId: _id });
    const [one, two] = [await send(body), await send(body)];
    expect((two.json() as Status).request_id).to.equal((one.json() as Status).request_id);
    const unpadded = signed(agent, asking(agent, { name: 'Dora' })).replace(/=*$/u, '');
    const padded = Buffer.from(unpadded, 'base64').toString('base64');
    for (const same of [padded, unpadded, `${unpadded}=`, `${unpadded}==`]) await send(same);
    const after = await NetworkRequestModel.countDocuments({ organizationId: _id });
    expect(after).to.equal(before + 2);
  });

  it('refuses in this order: decode, signature, agent, business, issued-at, expires-at', async () => {
    const wrong = {
      'agent-id': 'SOMEBODY_ELSE',
      'business-id': 'OTHER_BUSINESS',
      'issued-at': at(60),
      'expires-at': at(-60),
    };
    const { privateKey } = generateKeyPairSync('ed25519');
    const right = envelope(agent);
    const steps: [string, string, number][] = [
      ['not base64 at all!', 'base64', 400],
      [signed({ privateKey }, asking(agent, wrong)), 'not of this agent', 403],
      [signed(agent, asking(agent, wrong)), 'another agent', 403],
    ];
    const mended: Record<string, unknown> = { ...wrong };
    const later: [keyof typeof wrong, string, number][] = [
      ['agent-id', 'another business', 403],
      ['business-id', 'in the future', 400],
      ['issued-at', 'has expired', 400],
    ];
    for (const [field, words, status] of later) {
      mended[field] = right[field];
      steps.push([signed(agent, asking(agent, mended)), words, status]);
    }
    for (const [body, words, status] of steps) {
      const reply = await send(body);
      expect(reply.status, words).to.equal(status);
      expect(reply.json(), words).to.have.property('code', status.toString());
      expect((reply.json() as { message: string }).message).to.include(words);
    }
    const late = await send(signed(agent, asking(agent, { 'expires-at': at(-1) })));
    expect(late.json()).to.have.property('fatal', true);
  });

  it('refuses what it does not know: token, rights action, regime, missing claims', async () => {
    const body = signed(agent, asking(agent));
    expect((await send(body, 'unknown')).status).to.equal(401);
    for (const given of [{ exercise: 'sale:opt_in' }, { regime: 'gdpr' }, { email: undefined }]) {
      expect((await send(signed(agent, asking(agent, given)))).status).to.equal(400);
    }
  });

  it('lets an agent revoke its own request, and no other agent see it', async () => {
    const { request_id: id } = await exercised();
    const other = await anAgent(organization);
    const theirs = await tokenFor(organization, other);
    const path = `${PATH}/${id}`;
    const seen = await overNetwork(organization, 'GET', path, { token: theirs });
    expect(seen.status).to.equal(403);
    const body = signed(agent, envelope(agent, { reason: 'I do not want my account deleted' }));
    const forged = signed(other, envelope(other, { reason: 'x' }));
    expect(
      (await overNetwork(organization, 'DELETE', path, { token, body: forged })).status,
    ).to.equal(403);
    const reply = await overNetwork(organization, 'DELETE', path, { token, body });
    expect(reply.json()).to.include({ request_id: id, status: 'revoked' });
    expect((await newest()).state).to.equal('withdrawn');
  });

  it('revokes for nothing but a message to this organisation that is still good', async () => {
    const { request_id: id } = await exercised();
    for (const [wrong, status] of [
      [{ 'business-id': 'OTHER_BUSINESS' }, 403],
      [{ 'agent-id': 'SOMEBODY_ELSE' }, 403],
      [{ 'expires-at': at(-60) }, 400],
    ] as const) {
      const body = signed(agent, envelope(agent, wrong));
      const reply = await overNetwork(organization, 'DELETE', `${PATH}/${id}`, { token, body });
      expect(reply.status, JSON.stringify(wrong)).to.equal(status);
    }
    expect((await newest()).state).to.equal('unverified');
  });

  it('does not revoke what has ended', async () => {
    const { request_id: id } = await exercised({ exercise: 'sale:opt_out' });
    const row = await newest();
    const officer = await aMember(organization);
    const { version } = row;
    await refuseRequest(officer, row._id, { version, ground: 'excessive', text: 'Once a year.' });
    const body = signed(agent, envelope(agent, { reason: 'x' }));
    const path = `${PATH}/${id}`;
    expect((await overNetwork(organization, 'DELETE', path, { token, body })).status).to.equal(409);
    const now = await overNetwork(organization, 'GET', path, { token });
    expect(now.json()).to.include({ status: 'denied', reason: 'too_many_requests' });
  });

  it('gives a token for a signed message, once, and says of a wrong one nothing but 403', async () => {
    const own = await anAgent(organization);
    const path = `/agent/${own.row.agentId}`;
    const body = signed(own, envelope(own));
    const first = await overNetwork(organization, 'POST', path, { body });
    const { token: given } = first.json() as { token: string };
    expect((await overNetwork(organization, 'GET', path, { token: given })).json()).to.deep.equal(
      {},
    );
    const foreign = `/agent/${agent.row.agentId}`;
    expect((await overNetwork(organization, 'GET', foreign, { token: given })).status).to.equal(
      403,
    );
    for (const wrong of [body, signed(agent, envelope(own)), signed(own, envelope(agent))]) {
      const reply = await overNetwork(organization, 'POST', path, { body: wrong });
      expect(reply.status).to.equal(403);
      expect(reply.text).to.equal('');
    }
  });

  it('keeps organisations apart: neither agents nor tokens nor messages are shared', async () => {
    const other = await anOrganization();
    const body = signed(agent, asking(agent));
    const stray = await overNetwork(other, 'POST', PATH, { body, token });
    expect(stray.status, 'the token').to.equal(401);
    const setUp = { body: signed(agent, envelope(agent)) };
    const refused = await overNetwork(other, 'POST', `/agent/${agent.row.agentId}`, setUp);
    expect(refused.status, 'the key').to.equal(403);
    const { request_id: id } = await exercised();
    const theirs = await anAgent(other);
    const given = { token: await tokenFor(other, theirs) };
    expect((await overNetwork(other, 'GET', `${PATH}/${id}`, given)).status).to.equal(403);
  });

  it('has a word for every state of a request', () => {
    const progress = {
      reference: 'x',
      receivedAt: new Date(),
      dueOn: '2030-01-01',
      expiresOn: '2030-01-01',
      acknowledgedAt: new Date(),
      extensionReason: null,
      ground: null,
    };
    const urls = { centre: 'https://privacy.test', results: 'https://privacy.test/r' };
    const words = Object.fromEntries(
      [...requestStates, 'erased' as const].map((state) => [
        state,
        standingOf({ ...progress, state }, urls).status,
      ]),
    );
    expect(words).to.include({
      new: 'in_progress',
      completed: 'fulfilled',
      refused: 'denied',
      withdrawn: 'revoked',
      expired: 'denied',
      erased: 'expired',
    });
    const fresh = { ...progress, acknowledgedAt: null, state: 'new' as const };
    expect(standingOf(fresh, urls).status).to.equal('open');
  });

  it('calls a host that does not answer once a run, and the others all the same', async () => {
    const called: string[] = [];
    const listen = async (status: number) => {
      const server = createServer((req, res) => {
        called.push(req.url ?? '');
        res.writeHead(status).end();
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      return { server, url: `http://127.0.0.1:${port.toString()}` };
    };
    const [broken, sound] = [await listen(500), await listen(200)];
    for (const path of ['/a', '/b', '/c']) {
      await exercised({ exercise: 'access', status_callback: `${broken.url}${path}` });
    }
    await exercised({ exercise: 'access', status_callback: `${sound.url}/sound` });
    // An ill row, whose request is gone, stops nobody either.
    const { request_id: networkId } = await exercised({ status_callback: `${sound.url}/ill` });
    await NetworkRequestModel.collection.updateOne(
      { networkId },
      { $set: { requestId: new Types.ObjectId(), nextActionAt: new Date(0) } },
    );
    await tellAgents();
    expect(called.sort()).to.deep.equal(['/a', '/sound']);
    called.length = 0;
    await tellAgents();
    expect(called).to.deep.equal([]);
    broken.server.close();
    sound.server.close();
  });

  it('tells a callback what has changed, once, and again when it was not heard', async () => {
    const heard: Status[] = [];
    let status = 500;
    const server = createServer((req, res) => {
      const parts: Buffer[] = [];
      req.on('data', (part: Buffer) => parts.push(part));
      req.on('end', () => {
        if (status === 200) heard.push(JSON.parse(Buffer.concat(parts).toString()) as Status);
        res.writeHead(status).end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const clock = Sinon.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
    try {
      const { port } = server.address() as AddressInfo;
      const status_callback = `http://127.0.0.1:${port.toString()}/status`;
      const { request_id: id } = await exercised({ exercise: 'access', status_callback });
      await tellAgents();
      status = 200;
      await tellAgents();
      expect(heard, 'too early').to.deep.equal([]);
      clock.tick(3_600_000);
      await tellAgents();
      clock.tick(300_000);
      await tellAgents();
      expect(heard.map((one) => one.status)).to.deep.equal(['in_progress']);
      const body = signed(agent, envelope(agent, { reason: 'x' }));
      await overNetwork(organization, 'DELETE', `${PATH}/${id}`, { token, body });
      clock.tick(300_000);
      await tellAgents();
      clock.tick(300_000);
      await tellAgents();
      expect(heard.map((one) => one.status)).to.deep.equal(['in_progress', 'revoked']);
    } finally {
      clock.restore();
      server.close();
    }
  });

  it('has its directory kept by administrators', async () => {
    const staff = await clientOf(organization, 'administrator');
    const page = `/o/${organization.slug}/settings/agent-network`;
    const fields = {
      agentId: 'NEW_AGENT',
      name: 'New agent',
      verifyKey: 'too short',
      webUrl: 'https://new.example.org',
      contact: 'tech@new.test',
    };
    const wrong = await staff.submit(page, fields);
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.include('Ed25519');
    const { verifyKey } = agent.row;
    const added = await staff.submit(page, { ...fields, verifyKey });
    expect(added.text).to.include('New agent');
    const own = `${page}/${agent.row._id.toHexString()}`;
    await staff.submit(own, {}, `${own}/remove`);
    expect((await send(signed(agent, asking(agent)))).status, 'removed').to.equal(401);
    await staff.submit(page, { businessId: 'MEADOW_CLINIC' }, `${page}/business`);
    const renamed = await anAgent(organization);
    expect(renamed.businessId).to.equal('MEADOW_CLINIC');
  });
});
