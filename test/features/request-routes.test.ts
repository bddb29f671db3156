import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { auditTrailOf } from '../../server/features/audit/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import type { QueuePage } from '../../server/features/requests/listing.ts';
import type { Standing } from '../../server/features/requests/standing.ts';
import type { RequestView } from '../../server/features/requests/reading.ts';
import { useApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { anOrganization } from '../support/organizations.ts';
import { aRequest, anUnverifiedRequest } from '../support/requests.ts';
import { clientOf } from '../support/staff.ts';

interface ProblemReply {
  code?: string;
  errors?: { pointer: string }[];
}

describe('JSON doors of requests', () => {
  useApp();
  let organization: Organization;
  let officer: Client;
  let agent: Client;
  let auditor: Client;
  let stranger: Client;
  let base: string;

  before(async () => {
    organization = await anOrganization();
    base = `/api/v1/organizations/${organization.slug}/requests`;
    officer = await clientOf(organization, 'privacy-officer');
    agent = await clientOf(organization, 'agent');
    auditor = await clientOf(organization, 'auditor');
    stranger = await clientOf(await anOrganization(), 'administrator');
  });

  const at = ({ row }: { row: { _id: { toHexString(): string } } }) =>
    `${base}/${row._id.toHexString()}`;

  it('list the queue and read a request, and record both looks', async () => {
    const request = await aRequest(organization);
    await anUnverifiedRequest(organization);
    const queue = (await auditor.get(base)).json() as QueuePage;
    expect(queue.rows.map(({ reference }) => reference)).to.deep.equal([request.row.reference]);
    const unverified = (await auditor.get(`${base}?group=unverified`)).json() as QueuePage;
    expect(unverified.rows).to.have.length(1);
    const view = (await auditor.get(at(request))).json() as RequestView;
    expect(view).to.include({ reference: request.row.reference, email: request.email });
    expect(Object.values(view.can)).not.to.include(true);
    const target = { kind: 'request', id: request.row._id };
    const trail = await auditTrailOf(organization._id, target);
    expect(trail.map(({ action }) => action)).to.include('request.read');
  });

  it('carry a request from assignment to completion', async () => {
    const request = await aRequest(organization);
    const { version } = request.row;
    const step = async (client: Client, name: string, body: object) => {
      const reply = await client.send('POST', `${at(request)}/${name}`, body);
      expect(reply.status, reply.text).to.equal(200);
      return reply.json() as Standing;
    };
    const assigned = await step(agent, 'assignment', { version, assigneeId: null });
    expect(assigned).to.include({ state: 'in-progress', version: version + 1 });
    await step(agent, 'messages', { formKey: randomUUID(), text: 'Which orders?' });
    await step(agent, 'notes', { note: 'Former customer.' });
    const extended = await step(officer, 'extension', {
      version: assigned.version,
      reason: 'complexity',
      text: 'Three archives.',
    });
    const { state } = await step(officer, 'completion', {
      version: extended.version,
      text: 'Here it is.',
    });
    expect(state).to.equal('completed');
    const view = (await officer.get(at(request))).json() as RequestView;
    expect(view.messages.map(({ kind }) => kind)).to.deep.equal(['staff']);
    expect(view.notes.map(({ note }) => note)).to.deep.equal(['Former customer.']);
    expect(view.outcome?.text).to.equal('Here it is.');
  });

  it('refuse on a ground, once', async () => {
    const request = await aRequest(organization);
    const body = {
      version: request.row.version,
      ground: 'excessive',
      text: 'The tenth this week.',
    };
    expect((await officer.send('POST', `${at(request)}/refusal`, body)).status).to.equal(200);
    const again = await officer.send('POST', `${at(request)}/refusal`, body);
    expect(again.status).to.equal(409);
    expect((again.json() as ProblemReply).code).to.equal('not-allowed-now');
  });

  it('answer a lost race with 409', async () => {
    const request = await aRequest(organization);
    const body = { version: request.row.version, assigneeId: null };
    const replies = await Promise.all([
      agent.send('POST', `${at(request)}/assignment`, body),
      officer.send('POST', `${at(request)}/assignment`, body),
    ]);
    expect(replies.map(({ status }) => status).sort()).to.deep.equal([200, 409]);
    const lost = replies.find(({ status }) => status === 409)?.json() as ProblemReply;
    expect(lost.code).to.equal('moved-meanwhile');
  });

  it('refuse unusable input, naming each member', async () => {
    const request = await aRequest(organization);
    const cases: [string, object, string[]][] = [
      ['assignment', { version: { $gt: 0 }, assigneeId: 'x' }, ['/version', '/assigneeId']],
      ['refusal', { version: 1, ground: 'because', text: '' }, ['/ground', '/text']],
      ['extension', { version: 1, reason: 'complexity', text: 'Later', by: 99 }, ['/by']],
      ['messages', { formKey: '1', text: { $ne: '' } }, ['/formKey', '/text']],
    ];
    for (const [step, body, pointers] of cases) {
      const reply = await officer.send('POST', `${at(request)}/${step}`, body);
      expect(reply.status, step).to.equal(422);
      const { errors = [] } = reply.json() as ProblemReply;
      const named = new Set(errors.map(({ pointer }) => pointer));
      expect([...named]).to.have.members(pointers);
    }
    const queries = ['group=everything', 'group[$ne]=open', 'cursor=1', 'assignee=all'];
    for (const query of queries) {
      expect((await officer.get(`${base}?${query}`)).status, query).to.equal(422);
    }
    expect((await officer.get(`${base}/not-an-id`)).status).to.equal(404);
  });

  it('are closed to roles that may not, and to other organisations', async () => {
    const request = await aRequest(organization);
    const { version } = request.row;
    const doors: [string, object][] = [
      ['assignment', { version, assigneeId: null }],
      ['messages', { text: 'Hi' }],
      ['notes', { note: 'Hi' }],
      ['extension', { version, reason: 'complexity', text: 'Later' }],
      ['refusal', { version, ground: 'excessive', text: 'No.' }],
      ['completion', { version, text: 'Done.' }],
    ];
    for (const [step, body] of doors) {
      const path = `${at(request)}/${step}`;
      expect((await auditor.send('POST', path, body)).status, step).to.equal(403);
      expect((await stranger.send('POST', path, body)).status, step).to.equal(404);
    }
    for (const [step, body] of doors.slice(3)) {
      const reply = await agent.send('POST', `${at(request)}/${step}`, body);
      expect(reply.status, step).to.equal(403);
    }
    expect((await stranger.get(base)).status).to.equal(404);
    expect((await stranger.get(at(request))).status).to.equal(404);
    const { slug } = await anOrganization();
    const foreign = `/api/v1/organizations/${slug}/requests/${request.row._id.toHexString()}`;
    expect((await officer.get(foreign)).status).to.equal(404);
  });
});
