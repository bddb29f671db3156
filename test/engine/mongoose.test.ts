import { expect } from 'chai';
import type { IndexDescription } from 'mongodb';
import { Mongoose, Schema, type Connection, type Types } from 'mongoose';
import { useEngine } from './support.ts';

/** The error that a promise rejects with. */
async function errorOf(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    return error as Record<string, unknown>;
  }
  throw new Error('It was expected to fail');
}

describe('Mongoose', () => {
  const engine = useEngine();
  let connection: Connection;
  let models = 0;

  before(async () => {
    // An instance of its own: the application sets options on the shared one.
    const mongoose = new Mongoose();
    connection = await mongoose.createConnection(engine.uri, { dbName: 'mongoose' }).asPromise();
  });
  after(() => connection.close());

  /** Each test uses collections of its own. */
  function nextName(): string {
    return `Model${++models}`;
  }

  it('populates references, virtuals and counts', async () => {
    const Person = connection.model(
      nextName(),
      new Schema({ name: String, parent: Schema.Types.ObjectId }),
    );
    const familySchema = new Schema({
      members: [{ type: Schema.Types.ObjectId, ref: Person.modelName }],
    });
    const link = { ref: Person.modelName, localField: '_id', foreignField: 'parent' };
    familySchema.virtual('last', { ...link, options: { sort: { name: -1 }, limit: 1 } });
    familySchema.virtual('size', { ...link, count: true });
    const Family = connection.model(nextName(), familySchema);
    const people = await Person.create([{ name: 'Ann' }, { name: 'Bob' }, { name: 'Cy' }]);
    const { _id } = await Family.create({ members: people.map((person) => person._id) });
    await Person.updateMany({ name: { $ne: 'Cy' } }, { parent: _id });
    const family = await Family.findById(_id)
      .populate({ path: 'members', match: { name: { $gte: 'B' } }, select: 'name -_id' })
      .populate('last')
      .populate('size')
      .orFail();
    const { members, size } = family.toObject({ virtuals: ['size'] }) as Record<string, unknown>;
    expect(members).to.deep.equal([{ name: 'Bob' }, { name: 'Cy' }]);
    expect(size).to.equal(2);
    expect(family.get('last')).to.have.nested.property('0.name', 'Bob');
  });

  it('keeps discriminators in one collection, with partial unique indexes', async () => {
    const Event = connection.model(
      nextName(),
      new Schema({ at: Number }, { discriminatorKey: 'kind' }),
    );
    const Login = Event.discriminator(
      `Login${models}`,
      new Schema({ user: { type: String, unique: true } }),
    );
    const Error_ = Event.discriminator(`Error${models}`, new Schema({ text: String }));
    await Promise.all([Event.init(), Login.init(), Error_.init()]);
    await Login.create({ user: 'ann' });
    await Error_.create([{ text: 'a' }, { text: 'b' }]);
    expect((await errorOf(Login.create({ user: 'ann' }))).code).to.equal(11000);
    expect(await Event.countDocuments()).to.equal(3);
    expect(await Error_.countDocuments()).to.equal(2);
    const indexes = (await Event.listIndexes()) as IndexDescription[];
    expect(indexes.map(({ partialFilterExpression }) => partialFilterExpression)).to.deep.equal([
      undefined,
      { kind: Login.modelName },
    ]);
  });

  it('stamps times on saves, updates, upserts and bulk writes', async () => {
    const Note = connection.model(
      nextName(),
      new Schema({ text: String, n: Number }, { timestamps: true }),
    );
    const created = await Note.create({ text: 'a' });
    const before = new Date(created.updatedAt.getTime() - 1000);
    await Note.collection.updateMany({}, { $set: { updatedAt: before } });
    await Note.updateOne({ text: 'a' }, { n: 1 });
    await Note.findOneAndUpdate({ text: 'b' }, { n: 2 }, { upsert: true });
    const update = { filter: { text: 'c' }, update: { n: 3 }, upsert: true };
    await Note.bulkWrite([{ updateOne: update }, { insertOne: { document: { text: 'd' } } }]);
    const notes = await Note.find().sort('text').lean();
    expect(notes.map(({ text }) => text)).to.deep.equal(['a', 'b', 'c', 'd']);
    for (const { createdAt, updatedAt } of notes) {
      expect(createdAt).to.be.instanceOf(Date);
      expect(updatedAt.getTime()).to.be.greaterThan(before.getTime());
    }
  });

  it('notices that a document was changed or removed meanwhile', async () => {
    const List = connection.model(nextName(), new Schema({ items: [{ n: Number }] }));
    const { _id } = await List.create({ items: [{ n: 1 }, { n: 2 }] });
    const [mine, theirs] = [await List.findById(_id).orFail(), await List.findById(_id).orFail()];
    mine.set('items', [{ n: 3 }]);
    await mine.save();
    theirs.set('items.1.n', 9);
    expect((await errorOf(theirs.save())).name).to.equal('VersionError');

    const Page = connection.model(
      nextName(),
      new Schema({ text: String }, { optimisticConcurrency: true }),
    );
    const page = await Page.create({ text: 'a' });
    const stale = await Page.findById(page._id).orFail();
    page.text = 'b';
    await page.save();
    stale.text = 'c';
    expect((await errorOf(stale.save())).name).to.equal('VersionError');
    expect((await errorOf(Page.bulkSave([stale]))).name).to.equal(
      'MongooseBulkSaveIncompleteError',
    );
    await Page.deleteOne();
    page.text = 'd';
    expect((await errorOf(page.save())).name).to.equal('VersionError');
  });

  it('changes arrays in place', async () => {
    const Order = connection.model(
      nextName(),
      new Schema({ lines: [{ sku: String, n: Number, tags: [String] }], codes: [Number] }),
    );
    const order = await Order.create({
      lines: [
        { sku: 'a', n: 1, tags: ['x'] },
        { sku: 'b', n: 2 },
        { sku: 'c', n: 3 },
      ],
      codes: [1, 2, 3, 4],
    });
    await Order.updateOne({ 'lines.sku': 'b' }, { $set: { 'lines.$.n': 9 } });
    await Order.updateOne({}, { $inc: { 'lines.$[].n': 1 } });
    await Order.updateOne(
      {},
      { $push: { 'lines.$[line].tags': { $each: ['z', 'y'], $sort: 1, $slice: -2 } } },
      { arrayFilters: [{ 'line.sku': 'a' }] },
    );
    await Order.updateOne({}, { $pull: { lines: { sku: 'c' } } });
    const codes = order.codes as Types.Array<number>;
    codes.push(5);
    await order.save();
    codes.pull(1, 3);
    await order.save();
    codes.addToSet(2, 9);
    await order.save();
    codes.set(0, 7);
    await order.save();
    const changed = await Order.findById(order._id).lean().orFail();
    expect(changed.lines.map(({ sku, n, tags }) => [sku, n, tags])).to.deep.equal([
      ['a', 2, ['y', 'z']],
      ['b', 10, []],
    ]);
    expect(changed.codes).to.deep.equal([7, 4, 5, 9]);
    const slice = await Order.findOne({}, { lines: { $elemMatch: { sku: 'b' } } })
      .lean()
      .orFail();
    expect(slice.lines.map(({ sku }) => sku)).to.deep.equal(['b']);
  });

  it('saves and inserts in bulk, and tells what failed', async () => {
    const Row = connection.model(
      nextName(),
      new Schema({ _id: Number, text: { type: String, required: true } }),
    );
    const rows = [new Row({ _id: 1, text: 'a' }), new Row({ _id: 2, text: 'b' })];
    await Row.bulkSave(rows);
    for (const row of rows) row.text += '!';
    expect((await Row.bulkSave(rows)).modifiedCount).to.equal(2);
    const documents = [
      { _id: 3, text: 'c' },
      { _id: 1, text: 'd' },
      { _id: 4, text: 'e' },
    ];
    const error = await errorOf(Row.insertMany(documents, { ordered: false }));
    expect(error).to.include({ name: 'MongoBulkWriteError', code: 11000 });
    expect(error.writeErrors).to.have.length(1);
    expect(error.insertedDocs).to.have.length(2);
    expect(await Row.distinct('text')).to.deep.equal(['a!', 'b!', 'c', 'e']);
  });

  it('brings indexes in line with the schema', async () => {
    const options = { autoIndex: false };
    const before = new Schema(
      {
        a: { type: Number, index: true },
        b: { type: String, unique: true, sparse: true },
        c: { type: Date, expires: '1h' },
      },
      options,
    );
    before.index({ a: 1, b: -1 }, { partialFilterExpression: { a: { $exists: true } } });
    const Before = connection.model(nextName(), before);
    await Before.createCollection();
    await Before.syncIndexes();
    expect(await Before.diffIndexes()).to.deep.equal({ toDrop: [], toCreate: [] });
    const after = new Schema(
      { a: { type: Number, index: -1 }, c: { type: Date, expires: '2h' } },
      options,
    );
    const After = connection.model(`After${models}`, after, Before.collection.name);
    expect((await After.syncIndexes()).sort()).to.deep.equal(['a_1', 'a_1_b_-1', 'b_1', 'c_1']);
    const indexes = (await After.listIndexes()) as IndexDescription[];
    expect(indexes.map(({ name }) => name)).to.deep.equal(['_id_', 'a_-1', 'c_1']);
    expect(indexes[2]).to.include({ expireAfterSeconds: 7200 });
    const Bare = connection.model(`Bare${models}`, new Schema({}, options), Before.collection.name);
    expect(await Bare.cleanIndexes()).to.have.members(['a_-1', 'c_1']);
  });

  it('walks cursors in batches', async () => {
    const Item = connection.model(nextName(), new Schema({ n: Number }));
    await Item.insertMany(Array.from({ length: 250 }, (_, n) => ({ n })));
    let total = 0;
    for await (const { n } of Item.find().cursor({ batchSize: 20 })) total += n ?? 0;
    await Item.find()
      .lean()
      .cursor()
      .eachAsync(({ n }) => void (total += n ?? 0), { parallel: 3 });
    const stages = [{ $match: { n: { $lt: 5 } } }];
    for await (const item of Item.aggregate(stages).cursor({ batchSize: 2 }))
      total += (item as { n: number }).n;
    expect(total).to.equal(2 * ((249 * 250) / 2) + 10);
  });

  it('runs transactions, and takes documents back when they fail', async () => {
    const Account = connection.model(nextName(), new Schema({ owner: String, balance: Number }));
    await Account.init();
    const account = new Account({ owner: 'ann', balance: 1 });
    const failure = connection.transaction(async (session) => {
      await account.save({ session });
      throw new Error('on purpose');
    });
    expect((await errorOf(failure)).message).to.equal('on purpose');
    expect(account.isNew).to.equal(true);
    await connection.transaction(async (session) => {
      await account.save({ session });
      const [other] = await Account.create([{ owner: 'bob', balance: 2 }], { session });
      if (!other) throw new Error('Nothing was made');
      other.balance = 3;
      await other.save();
      await Account.updateOne({ owner: 'bob' }, { $inc: { balance: 1 } }).session(session);
      await Account.insertMany([{ owner: 'cy', balance: 9 }], { session });
      await Account.findOneAndDelete({ owner: 'cy' }).session(session);
      expect(await Account.countDocuments().session(session)).to.equal(2);
      expect(await Account.collection.countDocuments()).to.equal(0);
    });
    const balances = await Account.find().sort('owner').lean();
    expect(balances.map(({ balance }) => balance)).to.deep.equal([1, 4]);
  });

  it('keeps the types of its schemas', async () => {
    const Thing = connection.model(
      nextName(),
      new Schema({
        decimal: Schema.Types.Decimal128,
        uuid: Schema.Types.UUID,
        big: Schema.Types.BigInt,
        double: Schema.Types.Double,
        int: Schema.Types.Int32,
        map: { type: Map, of: Number },
        mixed: Schema.Types.Mixed,
      }),
    );
    const uuid = '09190f70-3d30-11e5-8814-0f4df9a59c41';
    const thing = await Thing.create({
      decimal: '1.10',
      uuid,
      big: 9007199254740993n,
      double: 2,
      int: 3,
      map: { a: 1 },
      mixed: { list: [1, { deep: true }] },
    });
    thing.map?.set('b', 2);
    await thing.save();
    await Thing.updateOne({}, { $inc: { decimal: '0.05' } });
    const filter = {
      uuid,
      big: 9007199254740993n,
      double: { $type: 'double' as const },
      int: { $type: 'int' as const },
    };
    const found = await Thing.findOne(filter).orFail();
    expect(found.decimal?.toString()).to.equal('1.15');
    expect(found.map?.get('b')).to.equal(2);
    expect(found.mixed).to.deep.equal({ list: [1, { deep: true }] });
  });

  it('hears in its own terms that something is not supported', async () => {
    const place = new Schema({ at: [Number] }, { autoIndex: false });
    place.index({ at: '2dsphere' });
    const Place = connection.model(nextName(), place);
    expect(await errorOf(Place.createIndexes())).to.include({ code: 238 });
    const near = Place.find({ at: { $near: [1, 2] } });
    expect(await errorOf(near.exec())).to.include({ code: 238, codeName: 'NotImplemented' });
    const options = { autoCreate: false, capped: { size: 1024 } };
    const Capped = connection.model(nextName(), new Schema({}, options));
    expect(await errorOf(Capped.createCollection())).to.include({ code: 238 });
    expect(await errorOf(Place.watch().next())).to.include({ code: 238 });
  });
});
