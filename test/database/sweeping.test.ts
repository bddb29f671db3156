import { expect } from 'chai';
import { sweepDue } from '../../server/database/sweeping.ts';
import { DraftModel } from '../../server/features/inbox/model.ts';
import { useApp } from '../support/app.ts';
import { aDraft } from '../support/inbox.ts';
import { anOrganization } from '../support/organizations.ts';

describe('A sweep', () => {
  useApp();

  it('goes on after a row that fails, which is not first again', async () => {
    const organization = await anOrganization();
    const { _id: organizationId } = organization;
    const poisoned = (await aDraft(organization))._id;
    const sound = (await aDraft(organization))._id;
    const due = (id: typeof poisoned, minutesAgo: number) =>
      DraftModel.updateOne(
        { _id: id, organizationId },
        { nextActionAt: new Date(Date.now() - minutesAgo * 60_000) },
      );
    await due(poisoned, 2);
    await due(sound, 1);
    const seen: string[] = [];
    const sweep = () =>
      sweepDue(DraftModel, async ({ _id }) => {
        seen.push(_id.toHexString());
        if (_id.equals(poisoned)) throw new Error('The key is gone.');
        await DraftModel.deleteOne({ _id, organizationId });
      });
    expect(await sweep()).to.equal(2);
    expect(seen).to.deep.equal([poisoned, sound].map((id) => id.toHexString()));
    expect(await sweep()).to.equal(0);
    const left = await DraftModel.findOne({ _id: poisoned, organizationId }).orFail().lean();
    expect(left.nextActionAt?.getTime()).to.be.within(Date.now(), Date.now() + 3_600_000);
  });

  it('leaves a row alone that was attended to after it was found', async () => {
    const organization = await anOrganization();
    const { _id: organizationId } = organization;
    const first = (await aDraft(organization))._id;
    const second = (await aDraft(organization))._id;
    for (const [at, id] of [first, second].entries()) {
      const nextActionAt = new Date(Date.now() - (2 - at) * 60_000);
      await DraftModel.updateOne({ _id: id, organizationId }, { nextActionAt });
    }
    const seen: string[] = [];
    await sweepDue(DraftModel, async ({ _id }) => {
      seen.push(_id.toHexString());
      await DraftModel.updateMany(
        { _id: { $in: [first, second] }, organizationId },
        { nextActionAt: null },
      );
    });
    expect(seen).to.deep.equal([first.toHexString()]);
  });
});
