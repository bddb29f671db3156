import { expect } from 'chai';
import type { Organization } from '../../server/features/organizations/service.ts';
import { RequestModel } from '../../server/features/requests/model.ts';
import { useApp } from '../support/app.ts';
import { aHost, anAssertion, HOST, sendAssertion, type Host } from '../support/assertions.ts';
import { Client } from '../support/client.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { anApiKey } from '../support/machines.ts';
import { anOrganization } from '../support/organizations.ts';
import { mailsTo, requestByReference } from '../support/requests.ts';

describe('Global Privacy Control', () => {
  useApp();
  let organization: Organization;
  let host: Host;
  before(async () => {
    organization = await anOrganization({ rights: ['access'] });
    host = await aHost(organization);
  });
  const signal = { 'sec-gpc': '1' };
  const filed = () =>
    RequestModel.find({ organizationId: organization._id })
      .sort({ _id: 1 })
      .comment(OF_A_TEST)
      .lean();

  it('counts as the opt-out of a person who comes signed in, at once, and asks nothing', async () => {
    const email = 'gpc@person.test';
    const claims = { email };
    const home = await sendAssertion(
      new Client(signal),
      organization,
      await anAssertion(host, claims),
    );
    expect(home.text).to.include('Your browser’s signal is honoured');
    const [row, ...others] = await filed();
    expect(others).to.deep.equal([]);
    expect(row).to.include({ channel: 'gpc', right: 'sale-opt-out', state: 'completed' });
    expect(row!.deadlines.effectiveDue).to.equal(row!.deadlines.receivedOn);
    expect(await mailsTo(email)).to.deep.equal([]);
  });

  it('is filed once a year for a person, however often it is sent', async () => {
    const path = `/api/v1/organizations/${organization.slug}/signals`;
    const send = async (headers: Record<string, string> = signal) => {
      const assertion = await anAssertion(host, { email: 'often@person.test' });
      return new Client(headers).send('POST', path, { assertion }, { origin: HOST });
    };
    const before = (await filed()).length;
    const statuses = (await Promise.all([send(), send(), send()])).map(({ status }) => status);
    expect(statuses.sort()).to.deep.equal([200, 200, 201]);
    expect((await filed()).length).to.equal(before + 1);
    expect((await send({})).status, 'without the signal').to.equal(422);
    const stranger = await new Client(signal).send(
      'POST',
      path,
      { assertion: 'x.y.z' },
      { origin: HOST },
    );
    expect(stranger.status).to.equal(401);
  });

  it('is not supposed where a browser does not send it', async () => {
    const before = (await filed()).length;
    const claims = { email: 'quiet@person.test' };
    await sendAssertion(new Client(), organization, await anAssertion(host, claims));
    expect((await filed()).length).to.equal(before);
  });
});

describe('A machine', () => {
  useApp();

  it('files requests that people made elsewhere; the person confirms by mail', async () => {
    const organization = await anOrganization();
    const { headers, id } = await anApiKey(organization, ['requests:file']);
    const path = `/api/v1/organizations/${organization.slug}/requests`;
    const body = {
      formKey: '8d9c4c9e-7a3f-4b8e-9c55-3f6d3d0f9a11',
      right: 'deletion',
      country: 'DE',
      name: 'Max Fiktiv',
      email: 'max@person.test',
      language: 'de',
    };
    const client = new Client();
    const reply = await client.send('POST', path, body, headers);
    expect(reply.status).to.equal(201);
    const { reference } = reply.json() as { reference: string };
    const row = await requestByReference(organization, reference);
    expect(row).to.include({ channel: 'api', state: 'unverified', language: 'de' });
    expect(row.enteredBy?.toHexString()).to.equal(id);
    const again = await client.send('POST', path, body, headers);
    expect(again.status).to.equal(200);
    expect(again.json()).to.deep.equal(reply.json());
    expect(await mailsTo('max@person.test')).to.have.length(1);
    const reader = await anApiKey(organization, ['requests:read']);
    expect((await client.send('POST', path, body, reader.headers)).status).to.equal(403);
    const bare = {
      ...body,
      formKey: undefined,
      right: 'correction',
      answers: { field: 'Surname' },
    };
    const refused = await client.send('POST', path, bare, headers);
    expect(refused.status).to.equal(422);
    const { errors } = refused.json() as { errors: { pointer: string }[] };
    expect(errors.map(({ pointer }) => pointer)).to.deep.equal(['/answers/wanted']);
    const whole = { ...bare, answers: { field: 'Surname', wanted: 'Fiktiv', unasked: 'x' } };
    expect((await client.send('POST', path, whole, headers)).status).to.equal(201);
    const spoken = { ...body, language: 'fi' };
    expect((await client.send('POST', path, spoken, headers)).status).to.equal(422);
  });
});
