import { expect } from 'chai';
import type { Organization } from '../../server/features/organizations/service.ts';
import { useApp } from '../support/app.ts';
import { anOrganization } from '../support/organizations.ts';
import { clientOf } from '../support/staff.ts';
import type { Client } from '../support/client.ts';

describe('Explaining a date', () => {
  useApp();
  let organization: Organization;
  let client: Client;
  const ask = (query: Record<string, string>, path = `/o/${organization.slug}/deadlines`) =>
    client.get(`${path}?${new URLSearchParams(query).toString()}`);
  const json = async (query: Record<string, string>) => {
    const reply = await ask(query, `/api/v1/organizations/${organization.slug}/deadlines`);
    return { status: reply.status, body: reply.json() };
  };

  before(async () => {
    organization = await anOrganization({ promiseDays: null });
    client = await clientOf(organization, 'auditor');
  });

  it('shows every duty, the steps, the sources and the other readings', async () => {
    const { status, text } = await ask({
      right: 'access',
      country: 'GB',
      receivedOn: '2026-03-05',
      clarificationAskedOn: '2026-03-10',
      clarificationAnsweredOn: '2026-03-20',
    });
    expect(status).to.equal(200);
    expect(text).to.include('Answer by 16 April 2026');
    expect(text).to.include('11 days, is added');
    expect(text).to.include('2026-04-15');
    expect(text).to.include('Art. 12(3), 12A');
    expect(text).to.include('do the days of question and answer count?');
  });

  it('asks for the place first, and shows every law to whom does not know it', async () => {
    const { text } = await client.get(`/o/${organization.slug}/deadlines`);
    expect(text).to.include('Where does the person live?').and.not.include('Answer by');
    const href = /href="([^"]+country(?:=|&#x3D;))"/u.exec(text)?.[1] ?? '';
    const all = await client.get(href.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='));
    expect(all.text).to.include('Answer by').and.not.include('Where does the person live?');
    expect((await ask({ kind: 'breach' })).text).to.include('Where does the person live?');
    const irish = await ask({ country: 'IE', receivedOn: '2026-03-05' });
    expect(irish.text).not.to.include('Where does the person live?');
  });

  it('counts a case for machines, with the trace', async () => {
    const { status, body } = await json({
      right: 'access',
      country: 'IE',
      calendar: 'IE',
      receivedOn: '2026-06-01',
      extensionNoticeOn: '2026-07-02',
    });
    expect(status).to.equal(200);
    expect(body).to.deep.include({
      regimes: ['gdpr'],
      due: '2026-07-01',
      extensionAccepted: false,
      effectiveDue: '2026-07-01',
    });
    expect(body).to.have.property('trace').that.is.not.empty;
  });

  it('takes the strictest law where the residence is not known', async () => {
    const { body } = await json({ right: 'deletion', receivedOn: '2026-02-10' });
    expect(body).to.include({ due: '2026-02-20', acknowledgeBy: '2026-02-25' });
  });

  it('has an open pause leave no date, and says so', async () => {
    const query = { country: 'DE', receivedOn: '2026-03-02', identityAskedOn: '2026-03-04' };
    const { body } = await json(query);
    expect(body).to.include({ due: null, isPaused: true, safeDue: '2026-04-02' });
    expect((await ask(query)).text).to.include('The clock stands still');
  });

  it('says kindly what cannot be used, and keeps what was typed', async () => {
    const { status, text } = await ask({
      country: 'DE',
      receivedOn: '2026-02-30',
      identityAskedOn: '2026-03-04',
      identityAnsweredOn: '2026-03-01',
    });
    expect(status).to.equal(200);
    expect(text).to.include('Received on: this cannot be used here');
    expect(text).to.include('Proof arrived on: this cannot be used here');
    expect(text).to.include('value="2026-03-04"');
  });

  it('refuses a machine what cannot be used', async () => {
    for (const query of [{ right: 'none' }, { receivedOn: 'today' }, { feePaidOn: '2026-03-01' }]) {
      expect((await json(query)).status, JSON.stringify(query)).to.equal(422);
    }
  });

  it('counts whom to tell of a breach', async () => {
    const query = { kind: 'breach', receivedOn: '2026-04-03', time: '17:30' };
    const german = await json({ ...query, country: 'DE' });
    expect(german.body).to.have.nested.include({
      'dates[0].name': 'authority',
      'dates[0].at': '2026-04-06T15:30:00.000Z',
    });
    const american = { ...query, country: 'US', part: 'US-TX', dataClass: 'phi' };
    const role = 'coveredEntity';
    const of = async (affected: string) => {
      const { body } = await json({ ...american, role, affected });
      const { dates } = body as { dates: { name: string; on: string; isRequired: boolean }[] };
      return dates.find(({ name, isRequired }) => name === 'secretary' && isRequired)?.on;
    };
    expect(await of('500')).to.equal('2026-06-02');
    expect(await of('499')).to.equal('2027-03-01');
    const { text } = await ask({ ...american, role, affected: '501', affectedInState: '501' });
    expect(text).to.include('First notice by 2 June 2026').and.include('tell the media');
    expect(text).not.to.include('Not required');
    const associate = { ...american, role: 'businessAssociate', contractDays: '5' };
    expect((await ask(associate)).text).to.include('First notice by 8 April 2026');
    expect((await ask({ ...query, country: 'BR' })).text).to.include('complete the report');
  });

  it('counts a changed notice, and how long something is kept', async () => {
    const notice = await ask({ kind: 'notice', receivedOn: '2026-03-31' });
    expect(notice.text).to.include('Tell people by 1 March 2026');
    const range = { kind: 'retention', receivedOn: '2024-02-29', atLeast: '7', atMost: '10' };
    const { body } = await json(range);
    expect((body as { dates: { on: string }[] }).dates.map(({ on }) => on)).to.deep.equal([
      '2031-03-01',
      '2034-02-28',
    ]);
    const page = await ask(range);
    expect(page.text).to.include('Keep until 1 March 2031').and.not.include('name="country"');
    const wrong = await ask({ kind: 'notice', receivedOn: '2026-02-30' });
    expect(wrong.text).to.include('In effect from: this cannot be used here');
    const empty = await ask({ kind: 'retention' });
    expect(empty.text).to.include('Enter how long it is kept');
  });

  it('explains in four languages', async () => {
    for (const [lang, words] of [
      ['de', 'Antwort bis 7. April 2026'],
      ['fr', 'Réponse d’ici le 7 avril 2026'],
      ['es', 'Respuesta hasta el 7 de abril de 2026'],
    ] as const) {
      const query = { country: 'IE', calendar: 'IE', receivedOn: '2026-03-05', lang };
      const page = `/o/${organization.slug}/deadlines?${new URLSearchParams(query).toString()}`;
      const { text } = await client.get(page, { 'accept-language': lang });
      expect(text).to.include(words);
    }
  });
});
