import { expect } from 'chai';
import mongoose from 'mongoose';
import Sinon from 'sinon';
import { auditEntries } from '../../server/features/audit/service.ts';
import { ApiKeyModel } from '../../server/features/api-keys/model.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { useApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { anApiKey } from '../support/machines.ts';
import { anOrganization } from '../support/organizations.ts';
import { aRequest } from '../support/requests.ts';
import { clientOf } from '../support/staff.ts';
import { letClockStand } from '../support/standing-clock.ts';

describe('API keys', () => {
  useApp();
  let organization: Organization;
  let queue: string;
  const client = new Client();
  before(async () => {
    organization = await anOrganization();
    queue = `/api/v1/organizations/${organization.slug}/requests`;
  });

  it('are shown once, and only their fingerprints are kept', async () => {
    const staff = await clientOf(organization, 'administrator');
    const page = `/o/${organization.slug}/settings/api-keys`;
    const made = await staff.submit(page, { name: 'Shop', scopes: ['requests:read'] });
    const key = /habeas_[\w-]{43}/u.exec(made.text)?.[0] ?? '';
    expect(key).not.to.equal('');
    expect((await staff.get(page)).text)
      .to.include('Shop')
      .and.not.include(key);
    const rows = await ApiKeyModel.find({ organizationId: organization._id }).comment(OF_A_TEST);
    expect(JSON.stringify(rows)).not.to.include(key);
    const reply = await client.get(queue, { authorization: `Bearer ${key}` });
    expect(reply.status).to.equal(200);
  });

  it('open what their scopes name, and nothing else', async () => {
    const { headers } = await anApiKey(organization, ['requests:read']);
    const { row } = await aRequest(organization);
    const path = `${queue}/${row._id.toHexString()}`;
    expect((await client.get(path, headers)).status).to.equal(200);
    const note = { note: 'Seen by the shop system.' };
    expect((await client.send('POST', `${path}/notes`, note, headers)).status).to.equal(403);
    const page = await client.get(`/o/${organization.slug}/requests`, headers);
    expect(page.url, 'a page asks people to sign in').to.match(/^\/staff\/sign-in/u);
  });

  it('act under their own name in the trail', async () => {
    const { headers, id } = await anApiKey(organization, ['requests:read', 'requests:work']);
    const { row } = await aRequest(organization);
    const note = { note: 'Seen by the shop system.' };
    const path = `${queue}/${row._id.toHexString()}/notes`;
    expect((await client.send('POST', path, note, headers)).status).to.equal(200);
    const [entry] = await auditEntries(organization._id, { limit: 1 });
    expect(entry).to.include({ actorKind: 'machine', actorId: id, action: 'request.note-added' });
    const staff = await clientOf(organization, 'auditor');
    expect((await staff.get(`/o/${organization.slug}/audit`)).text).to.include('Shop system');
    const shown = await staff.get(`/o/${organization.slug}/requests/${row._id.toHexString()}`);
    expect(shown.text).to.include('Shop system');
  });

  it('open nothing once they are revoked, have ended, or never were', async () => {
    const { headers, id } = await anApiKey(organization);
    const staff = await clientOf(organization, 'administrator');
    const page = `/o/${organization.slug}/settings/api-keys/${id}`;
    await staff.submit(page, {}, `${page}/revoke`);
    expect((await client.get(queue, headers)).status).to.equal(401);
    const ended = await anApiKey(organization, ['requests:read'], '2100-01-01');
    const clock = Sinon.useFakeTimers({ now: new Date('2100-01-02T12:00:00Z'), toFake: ['Date'] });
    try {
      expect((await client.get(queue, ended.headers)).status).to.equal(401);
    } finally {
      clock.restore();
    }
    const unknown = { authorization: `Bearer habeas_${'x'.repeat(43)}` };
    expect((await client.get(queue, unknown)).status).to.equal(401);
  });

  it('belong to one organisation', async () => {
    const { headers } = await anApiKey(await anOrganization());
    expect((await client.get(queue, headers)).status).to.equal(404);
  });

  it('give way to no session: a wrong key is refused though staff are signed in', async () => {
    const staff = await clientOf(organization, 'administrator');
    expect((await staff.get(queue)).status).to.equal(200);
    expect((await staff.get(queue, { authorization: 'Bearer wrong' })).status).to.equal(401);
  });

  it('note the day of their last use', async () => {
    letClockStand();
    const { headers, id } = await anApiKey(organization);
    await client.get(queue, headers);
    const row = await ApiKeyModel.findOne({ _id: id, organizationId: organization._id }).lean();
    expect(row?.usedOn).to.equal(new Date().toISOString().slice(0, 10));
  });

  it('are offered by the OpenAPI document where a scope opens the door', async () => {
    const document = (await client.get('/api/v1/openapi.json')).json() as {
      paths: Record<string, Record<string, { security?: object[] }>>;
      components: { securitySchemes: object };
    };
    expect(document.components.securitySchemes).to.have.property('apiKey');
    const path = '/api/v1/organizations/{organization}/requests/{id}';
    const security = (rest: string, method: string) =>
      document.paths[path + rest]?.[method]?.security;
    expect(security('', 'get')).to.deep.equal([{ session: [] }, { apiKey: [] }]);
    expect(security('/refusal', 'post')).to.deep.equal([{ session: [] }]);
  });

  it('knock as often as the limit allows, each counted for itself', async () => {
    letClockStand();
    const [busy, calm] = [await anApiKey(organization), await anApiKey(organization)];
    const [one, two] = [new Client(), new Client()];
    expect((await one.get(queue, busy.headers)).status).to.equal(200);
    const counts = mongoose.connection.collection('rateLimits');
    await counts.updateMany({}, { $set: { hits: 600 } }, { comment: OF_A_TEST });
    const refused = await one.get(queue, busy.headers);
    expect(refused.status).to.equal(429);
    expect(Number(refused.headers.get('retry-after'))).to.be.within(1, 60);
    expect((await two.get(queue, calm.headers)).status, 'another key').to.equal(200);
  });
});
