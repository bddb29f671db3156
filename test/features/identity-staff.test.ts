import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import { defaults } from '../../config/defaults.ts';
import { prepareInstallation } from '../../server/database/installation.ts';
import { auditTrailOf } from '../../server/features/audit/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import {
  recordCircumstances,
  recordStaffEvidence,
} from '../../server/features/requests/proof-staff.ts';
import type { NewRequest } from '../../server/features/requests/schema.ts';
import type { StaffMember } from '../../server/features/staff/service.ts';
import { connectFreshDatabase, dropDatabase } from '../support/database.ts';
import { anOrganization } from '../support/organizations.ts';
import { problemFrom } from '../support/problems.ts';
import { aMember, aRequestByMail, mailsTo, requestByReference } from '../support/requests.ts';

describe('What staff say about an identity', () => {
  let organization: Organization;
  let officer: StaffMember;
  before(async () => {
    await connectFreshDatabase();
    await prepareInstallation();
    organization = await anOrganization();
    officer = await aMember(organization);
  });
  after(dropDatabase);

  const now = (reference: string) => requestByReference(organization, reference);
  const aProof = (given: Partial<NewRequest> = {}) => aRequestByMail(organization, given);

  it('loses nothing that speaks for caution but by one who decides, with a reason', async () => {
    const junior = await aMember(organization, 'agent');
    const { row } = await aProof();
    const nothing = { contactChanged: false, deliveryDiffers: false, formerAddress: '' };
    await recordCircumstances(junior, row._id, { ...nothing, contactChanged: true });
    await recordCircumstances(junior, row._id, { ...nothing, clearReason: 'All is well here.' });
    expect((await now(row.reference)).requiredLevel).to.equal(3);
    const bare = await problemFrom(recordCircumstances(officer, row._id, nothing));
    expect(bare.errors[0]?.pointer).to.equal('/clearReason');
    const clearReason = 'They called us back from the number that we hold.';
    await recordCircumstances(officer, row._id, { ...nothing, clearReason });
    expect((await now(row.reference)).requiredLevel).to.equal(2);
    const trail = await auditTrailOf(organization._id, { kind: 'request', id: row._id });
    const entry = trail.find(({ action }) => action === 'identity.circumstances-cleared');
    expect(entry).to.deep.include({
      actorId: officer.id,
      facts: { cleared: 'contact-changed' },
    });
    expect(JSON.stringify(trail)).not.to.include('called us back');
  });

  it('reaches level 3 for whom staff met by the word of one who decides, or of two', async () => {
    const [junior, colleague] = [
      await aMember(organization, 'agent'),
      await aMember(organization, 'agent'),
    ];
    const { row } = await aProof({ dataClass: 'phi' });
    const meet = async (staff: StaffMember, of = row) => {
      const note = 'Came with a passport.';
      const formKey = randomUUID();
      await recordStaffEvidence(staff, of._id, { kind: 'in-person', note, formKey });
      return (await now(of.reference)).provenLevel;
    };
    expect(await meet(junior)).to.equal(2);
    expect(await meet(junior)).to.equal(2);
    expect(await meet(colleague)).to.equal(3);
    expect(await meet(officer, (await aProof({ dataClass: 'phi' })).row)).to.equal(3);
  });

  it('writes to a former address no more often than to any other', async () => {
    const formerAddress = 'flooded@person.test';
    const { row } = await aProof();
    const caution = { contactChanged: true, deliveryDiffers: false, formerAddress };
    for (let times = 0; times < 5; times += 1) {
      await recordCircumstances(officer, row._id, caution);
    }
    expect(await mailsTo(formerAddress)).to.have.length(defaults.identity.sendsPerHour);
  });
});
