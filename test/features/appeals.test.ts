import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Organization } from '../../server/features/organizations/service.ts';
import { fileAppeal } from '../../server/features/requests/appeals.ts';
import { submitRequest } from '../../server/features/requests/intake.ts';
import { RequestModel } from '../../server/features/requests/model.ts';
import { refuseRequest } from '../../server/features/requests/moves.ts';
import { personOf } from '../../server/features/requests/person.ts';
import { useApp } from '../support/app.ts';
import { anOrganization } from '../support/organizations.ts';
import { problemFrom } from '../support/problems.ts';
import { aMember, aRequestByMail, requestByReference, typedRequest } from '../support/requests.ts';

describe('An appeal', () => {
  useApp();
  let organization: Organization;
  before(async () => {
    organization = await anOrganization();
  });

  async function aRefusal() {
    const { row, person } = await aRequestByMail(organization);
    const { version } = await requestByReference(organization, row.reference);
    const refusal = { version, ground: 'excessive', text: 'No.' } as const;
    await refuseRequest(await aMember(organization), row._id, refusal);
    return { row, person };
  }

  it('counts once, and leads its person into itself', async () => {
    const { row, person } = await aRefusal();
    const message = { text: 'Please look again.', formKey: randomUUID() };
    const first = await fileAppeal(person, message);
    const again = await fileAppeal(person, message);
    expect(again.reference).to.equal(first.reference);
    const filed = await requestByReference(organization, first.reference);
    expect(filed).to.deep.include({ appealOf: row._id, subjectId: row.subjectId });
    expect((await personOf(organization, again.token))?.requestId).to.deep.equal(filed._id);
    const another = await problemFrom(fileAppeal(person, { ...message, formKey: randomUUID() }));
    expect(another.code).to.equal('not-allowed-now');
  });

  it('never opens what somebody else sent under the same key', async () => {
    const formKey = randomUUID();
    const theirs = await submitRequest(organization, typedRequest({ formKey }), 'en');
    const victim = await aRefusal();
    const message = { text: 'Please.', formKey };
    const appealOfVictim = await fileAppeal(victim.person, message);
    const { row, person } = await aRefusal();
    const mine = await fileAppeal(person, message);
    expect([theirs.reference, appealOfVictim.reference]).not.to.include(mine.reference);
    const entered = await personOf(organization, mine.token);
    const filed = await requestByReference(organization, mine.reference);
    expect(filed.appealOf).to.deep.equal(row._id);
    expect(entered).to.deep.include({ id: row.subjectId.toHexString(), requestId: filed._id });
  });

  it('is one, though several are sent at the same time', async () => {
    const { row, person } = await aRefusal();
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map(() => fileAppeal(person, { text: 'Please.', formKey: randomUUID() })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') {
        expect(outcome.reason).to.include({ code: 'not-allowed-now' });
      }
    }
    const own = { organizationId: organization._id, appealOf: row._id };
    expect(await RequestModel.countDocuments(own)).to.equal(1);
  });
});
