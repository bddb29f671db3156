import { expect } from 'chai';
import { doors } from '../server/app.ts';
import type { Door } from '../server/http/doors.ts';
import type { Organization } from '../server/features/organizations/service.ts';
import { useApp } from './support/app.ts';
import { Client, type Reply } from './support/client.ts';
import { anOrganization } from './support/organizations.ts';
import type { Sample } from './support/sample.ts';
import { pathOf, samples } from './support/samples.ts';
import { clientOf } from './support/staff.ts';

const isOfOrganization = ({ allow }: Door) => allow !== 'public' && allow !== 'signed-in';

async function knock(client: Client, door: Door, slug: string, sample: Sample): Promise<Reply> {
  const path = pathOf(door, slug, sample);
  if (door.method === 'get') return client.get(path);
  const body = sample.body ?? {};
  if (door.kind === 'json') return client.send(door.method.toUpperCase(), path, numbered(body));
  const fields = { _csrf: await client.token('/staff/account'), ...body };
  if (door.uploads === undefined) return client.post(path, fields);
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value].flat()) form.append(name, one);
  }
  if (sample.file !== undefined) form.set('files', new Blob([sample.file]), 'file.txt');
  return client.upload(path, form);
}

/** Forms send text; JSON has numbers. */
const numbered = ({ version, ...rest }: NonNullable<Sample['body']>) =>
  version === undefined ? rest : { ...rest, version: Number(version) };

describe('Every door of an organisation', () => {
  useApp();
  let organization: Organization;
  let other: Organization;
  let rightful: Client;
  let stranger: Client;

  before(async () => {
    [organization, other] = [await anOrganization(), await anOrganization()];
    // Some doors also ask for who runs the installation: being that opens no other organisation.
    const given = { isInstallationAdministrator: true };
    rightful = await clientOf(organization, 'administrator', given);
    stranger = await clientOf(other, 'administrator', given);
  });

  it('has a sample here, and no sample is left over', () => {
    const known = doors.filter(isOfOrganization).map(({ method, path }) => `${method} ${path}`);
    expect(Object.keys(samples)).to.have.members(known);
  });

  for (const door of doors.filter(isOfOrganization)) {
    const name = `${door.method} ${door.path}`;
    it(`opens for its own staff and for nobody else: ${name}`, async () => {
      const sample = await samples[name]!(organization);
      const foreign = await knock(stranger, door, organization.slug, sample);
      expect(foreign.status, 'another organisation’s staff').to.equal(404);
      if (sample.params && !sample.isEverywhere) {
        const moved = await knock(stranger, door, other.slug, sample);
        expect(moved.status, 'its ids under another address').to.equal(404);
      }
      const own = await knock(rightful, door, organization.slug, sample);
      expect(own.status, own.text.slice(0, 600)).to.be.within(200, 299);
    });
  }

  it('sends the signed-out to sign in, or tells a machine so', async () => {
    const page = await new Client().get(`/o/${organization.slug}/requests`);
    expect(page.url).to.match(/^\/staff\/sign-in\?to=/u);
    const reply = await new Client().get(`/api/v1/organizations/${organization.slug}/requests`);
    expect(reply.status).to.equal(401);
  });
});
