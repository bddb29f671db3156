import { expect } from 'chai';
import mongoose, { model, Schema, Types } from 'mongoose';
import { belongsToOrganization, MissingOrganization } from '../../server/database/tenancy.ts';
import { connectFreshDatabase, dropDatabase } from '../support/database.ts';

interface Note {
  text: string;
  organizationId: Types.ObjectId;
}

describe('Rows of an organisation', () => {
  const schema = new Schema<Note>({ text: String });
  belongsToOrganization(schema);
  const NoteModel = model('TenancyNote', schema);
  const organizationId = new Types.ObjectId();

  before(connectFreshDatabase);
  after(async () => {
    await dropDatabase();
    mongoose.deleteModel('TenancyNote');
  });

  const text = 'x';
  const queries: Record<string, () => PromiseLike<unknown>> = {
    find: () => NoteModel.find({ text }),
    findOne: () => NoteModel.findOne({ text }),
    findById: () => NoteModel.findById(new Types.ObjectId()),
    updateOne: () => NoteModel.updateOne({ text }, { text }),
    updateMany: () => NoteModel.updateMany({ text }, { text }),
    findOneAndUpdate: () => NoteModel.findOneAndUpdate({ text }, { text }),
    findOneAndDelete: () => NoteModel.findOneAndDelete({ text }),
    findOneAndReplace: () => NoteModel.findOneAndReplace({ text }, { text }),
    replaceOne: () => NoteModel.replaceOne({ text }, { text }),
    deleteOne: () => NoteModel.deleteOne({ text }),
    deleteMany: () => NoteModel.deleteMany({ text }),
    countDocuments: () => NoteModel.countDocuments({ text }),
    estimatedDocumentCount: () => NoteModel.estimatedDocumentCount(),
    distinct: () => NoteModel.distinct('text', { text }),
    exists: () => NoteModel.exists({ text }),
    aggregate: () => NoteModel.aggregate([{ $match: { text } }]),
    'a filter that only excludes one': () =>
      NoteModel.find({ organizationId: { $ne: organizationId } }),
    'a filter that only bounds one': () =>
      NoteModel.find({ organizationId: { $gte: new Types.ObjectId('0'.repeat(24)) } }),
    bulkWrite: () => NoteModel.bulkWrite([{ deleteOne: { filter: { text } } }]),
    'a filter whose organisation is undefined': () =>
      NoteModel.find({ organizationId: undefined as never }),
  };
  for (const [name, query] of Object.entries(queries)) {
    it(`cannot be reached without naming it: ${name}`, async () => {
      const outcome = await Promise.resolve()
        .then(query)
        .catch((error: unknown) => error);
      expect(outcome).to.be.instanceOf(MissingOrganization);
    });
  }

  it('are found when it is named', async () => {
    await NoteModel.create({ organizationId, text });
    expect(await NoteModel.countDocuments({ organizationId })).to.equal(1);
    expect(await NoteModel.aggregate([{ $match: { organizationId } }])).to.have.lengthOf(1);
  });

  it('cannot be made without it, nor moved to another', async () => {
    const outcome = await NoteModel.create({ text } as Note).catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(mongoose.Error.ValidationError);
    await NoteModel.updateOne({ organizationId }, { organizationId: new Types.ObjectId() });
    expect(await NoteModel.countDocuments({ organizationId })).to.equal(1);
  });
});
