import {
  Long,
  MongoServerError,
  UUID,
  type ClientSession,
  type Collection,
  type Db,
  type Document,
  type MongoClient,
} from 'mongodb';

/** A document with a name for an `_id` and a number that is changed. */
interface Row extends Document {
  _id: string;
  n: number;
}

interface Account {
  _id: number;
  balance: number;
}

interface Entry {
  _id: string;
  from: number;
  to: number;
  amount: number;
}

/** What must be there: `pending` may or may not have happened, and everything else has. */
interface Expected {
  now: number | undefined;
  pending?: number | undefined;
  isPending: boolean;
}

const ACCOUNTS = 20;
const BALANCE = 100;
const BULK = 700;
const COUNTERS = 8;
const SHUTDOWN = 91;

/** What clients have done and been told: the measure for what the engine holds after it was killed. */
export class Load {
  private acknowledged = 0;
  private unknown = 0;
  private readonly random: () => number;
  private readonly refusals: string[] = [];
  private readonly rows = new Map<string, Expected>();
  private readonly transfers = new Map<string, 'begun' | 'acknowledged'>();
  private readonly kept = new Map<string, 'begun' | 'acknowledged'>();
  private readonly indexes = new Map<string, 'pending' | 'there'>();
  private readonly bulk = { acknowledged: 0, unknown: 0 };
  private counted = 0;
  private isCopied = false;
  private isOver = false;
  private serial = 0;

  constructor(random: () => number) {
    this.random = random;
  }

  /** Commands that were answered, and those that the kills left without an answer. */
  get figures(): { acknowledged: number; unknown: number; counted: number } {
    const { acknowledged, unknown, counted } = this;
    return { acknowledged, unknown, counted };
  }

  /** What the first round starts from. */
  async prepare(db: Db): Promise<void> {
    await rowsOf(db).createIndex({ group: 1, n: 1 }, undefined, undefined);
    await rowsOf(db).createIndex({ mark: 1 }, { unique: true }, undefined);
    await db.collection('fading').createIndex({ at: 1 }, { expireAfterSeconds: 1 }, undefined);
    await db.collection('bulk').createIndex({ n: 1 }, undefined, undefined);
    await db.collection('bulk').insertMany(Array.from({ length: BULK }, () => ({ n: 0 })));
    const accounts = Array.from({ length: ACCOUNTS }, (_, i) => ({
      _id: i as never,
      balance: BALANCE,
    }));
    await db.collection('accounts').insertMany(accounts);
    await db.collection('ledger').createIndex({ from: 1 }, undefined, undefined);
    await db.collection('counters').insertOne({ _id: 'one' as never, n: 0 });
  }

  /** Starts all clients of a round. They end when the engine is gone. */
  async run(clients: readonly MongoClient[], round: number): Promise<void> {
    const each = (work: (db: Db, name: string) => Promise<void>, count = clients.length) =>
      clients
        .slice(0, count)
        .map((client, i) => this.untilGone(() => work(client.db('test'), `${round}-${i}`)));
    await Promise.all([
      ...each((db, name) => this.changeRow(db, `${name}-a`)),
      ...each((db, name) => this.changeRow(db, `${name}-b`)),
      ...each((db) => this.transfer(db)),
      ...each((db) => this.fade(db)),
      ...each((db) => this.changeMany(db), 1),
      ...each((db) => this.rebuildIndex(db), 1),
      ...each((db) => this.replaceAndDrop(db), 1),
    ]);
  }

  /** Counts up through all kills. What was not answered is sent again as the same write, until it is. */
  async count(connect: () => MongoClient): Promise<void> {
    await Promise.all(Array.from({ length: COUNTERS }, () => this.countUp(connect)));
  }

  private async countUp(connect: () => MongoClient): Promise<void> {
    const lsid = { id: new UUID() };
    const updates = [{ q: { _id: 'one' }, u: { $inc: { n: 1 } } }];
    let client = connect();
    // Over only between two writes: one without an answer may have been done.
    for (let number = 1, isAnswered = true; !(this.isOver && isAnswered);)
      try {
        isAnswered = false;
        await client.withSession(async (session) => {
          // The session outlives the client.
          Reflect.set(session.serverSession, 'id', lsid);
          const command = { update: 'counters', updates, txnNumber: Long.fromNumber(number) };
          await client.db('test').command(command, { session });
        });
        isAnswered = true;
        this.counted++;
        number++;
      } catch (error) {
        const isRefused = error instanceof MongoServerError && error.code !== SHUTDOWN;
        if (isRefused) throw error;
        await client.close();
        client = connect();
      }
    await client.close();
  }

  end(): void {
    this.isOver = true;
  }

  /** What is not as it must be, in words; what is found becomes what must be there from now on. */
  async faults(db: Db): Promise<string[]> {
    return [
      ...this.refusals.splice(0),
      ...(await this.rowFaults(db)),
      ...(await this.indexFaults(db)),
      ...(await this.wholeFaults(db)),
      ...(await this.transferFaults(db)),
      ...(await this.keptFaults(db)),
      ...(await this.countFaults(db)),
    ];
  }

  private async untilGone(work: () => Promise<void>): Promise<void> {
    try {
      for (;;) await work();
    } catch (error) {
      // The engine was ended: what was not answered stays pending. But no command may be refused.
      const code = error instanceof MongoServerError ? error.code : undefined;
      if (error instanceof MongoServerError && typeof code === 'number' && code !== SHUTDOWN)
        this.refusals.push(error.message);
    }
  }

  /** Inserts, changes, upserts or removes one of the client's own rows. */
  private async changeRow(db: Db, client: string): Promise<void> {
    const id = `${client}-${Math.floor(this.random() * 40)}`;
    const row = this.rows.get(id) ?? { now: undefined, isPending: false };
    this.rows.set(id, row);
    const isRemoval = row.now !== undefined && this.random() < 0.3;
    row.pending = isRemoval ? undefined : (row.now ?? 0) + 1;
    row.isPending = true;
    const rows = rowsOf(db);
    if (isRemoval) await rows.deleteOne({ _id: id });
    else if (row.now === undefined && this.random() < 0.5)
      await rows.insertOne({ _id: id, n: 1, ...markOf(id, 1) });
    else await rows.updateOne({ _id: id }, changeOf(id, row.pending ?? 0), { upsert: true });
    row.now = row.pending;
    row.isPending = false;
    this.acknowledged++;
  }

  /** Moves money and writes it down, in one transaction over two collections. */
  private async transfer(db: Db): Promise<void> {
    const id = `transfer-${this.serial++}`;
    const from = Math.floor(this.random() * ACCOUNTS);
    const to = (from + 1 + Math.floor(this.random() * (ACCOUNTS - 1))) % ACCOUNTS;
    const amount = 1 + Math.floor(this.random() * 9);
    this.transfers.set(id, 'begun');
    const move = async (session: ClientSession) => {
      const accounts = db.collection<Account>('accounts');
      await accounts.updateOne({ _id: from }, { $inc: { balance: -amount } }, { session });
      await accounts.updateOne({ _id: to }, { $inc: { balance: amount } }, { session });
      await db.collection<Entry>('ledger').insertOne({ _id: id, from, to, amount }, { session });
    };
    await db.client.withSession((session) => session.withTransaction(() => move(session)));
    this.transfers.set(id, 'acknowledged');
    this.acknowledged++;
  }

  /** Some documents whose time is over, and one that stays. */
  private async fade(db: Db): Promise<void> {
    const id = `kept-${this.serial++}`;
    const past = new Date(Date.now() - 60_000);
    const future = new Date(Date.now() + 86_400_000);
    this.kept.set(id, 'begun');
    await db
      .collection('fading')
      .insertMany([{ at: past }, { at: past }, { _id: id as never, at: future }]);
    this.kept.set(id, 'acknowledged');
    this.acknowledged++;
  }

  private async changeMany(db: Db): Promise<void> {
    this.bulk.unknown++;
    await db.collection('bulk').updateMany({}, { $inc: { n: 1 } });
    this.bulk.unknown--;
    this.bulk.acknowledged++;
    this.acknowledged++;
  }

  private async rebuildIndex(db: Db): Promise<void> {
    const name = `extra-${this.serial++ % 3}`;
    this.indexes.set(name, 'pending');
    await rowsOf(db).createIndex({ [name]: 1, n: 1 }, { name }, undefined);
    this.indexes.set(name, 'pending');
    if (this.random() < 0.7) await rowsOf(db).dropIndex(name);
    else this.indexes.set(name, 'there');
    this.acknowledged++;
  }

  /** Replaces a whole collection, and drops a whole database. */
  private async replaceAndDrop(db: Db): Promise<void> {
    await db
      .collection('accounts')
      .aggregate([{ $out: 'copy' }])
      .toArray();
    this.isCopied = true;
    const other = db.client.db('other');
    await other.collection('first').insertOne({ n: 1 });
    await other.collection('second').insertOne({ n: 1 });
    await other.dropDatabase();
    this.acknowledged++;
  }

  private async wholeFaults(db: Db): Promise<string[]> {
    const faults: string[] = [];
    const copies = await db.collection('copy').countDocuments();
    if (copies !== ACCOUNTS && (this.isCopied || copies > 0))
      faults.push(`$out left ${copies} documents`);
    const other = db.client.db('other');
    const names = (await other.listCollections().toArray()).map(({ name }) => name);
    if (names.includes('second') && !names.includes('first'))
      faults.push('half of a database was dropped');
    return faults;
  }

  private async rowFaults(db: Db): Promise<string[]> {
    const faults: string[] = [];
    const found = await rowsOf(db).find().toArray();
    const there = new Map(found.map((row) => [row._id, row]));
    for (const { _id, n, mark } of found) {
      if (!this.rows.has(_id)) faults.push(`row ${_id} was never written`);
      if (mark !== `${_id}:${n}`) faults.push(`row ${_id} is half changed`);
    }
    for (const [id, row] of this.rows) {
      const n = there.get(id)?.n;
      if (n !== row.now && !(row.isPending && n === row.pending))
        faults.push(`row ${id} is ${String(n)}, not ${String(row.now)}`);
      if (row.isPending) this.unknown++;
      row.now = n;
      row.isPending = false;
    }
    return faults;
  }

  private async indexFaults(db: Db): Promise<string[]> {
    const names = new Set((await rowsOf(db).indexes()).map(({ name }) => name));
    const lost = [...this.indexes].filter(([name, is]) => is === 'there' && !names.has(name));
    return lost.map(([name]) => `index ${name} is lost`);
  }

  private async transferFaults(db: Db): Promise<string[]> {
    const balances = new Array<number>(ACCOUNTS).fill(BALANCE);
    const entries = await db.collection<Entry>('ledger').find().toArray();
    const ids = new Set(entries.map(({ _id }) => _id));
    const faults = missingOrStrange('transfer', this.transfers, ids);
    for (const { from, to, amount } of entries) {
      balances[from] = (balances[from] ?? 0) - amount;
      balances[to] = (balances[to] ?? 0) + amount;
    }
    const accounts = await db.collection<Account>('accounts').find().sort({ _id: 1 }).toArray();
    const held = accounts.map(({ balance }) => balance);
    if (held.join() !== balances.join()) faults.push('accounts and ledger differ');
    return faults;
  }

  private async keptFaults(db: Db): Promise<string[]> {
    const fading = db.collection('fading');
    const found = await fading.find({ at: { $gt: new Date() } }).toArray();
    return missingOrStrange('document', this.kept, new Set(found.map(({ _id }) => String(_id))));
  }

  private async countFaults(db: Db): Promise<string[]> {
    const faults: string[] = [];
    const bulk = db.collection('bulk');
    const { acknowledged, unknown } = this.bulk;
    const wrong = await bulk.countDocuments({
      n: { $not: { $gte: acknowledged, $lte: acknowledged + unknown } },
    });
    if (wrong > 0) faults.push(`${wrong} documents missed an update of all`);
    // It counts on while this looks, and some may be on their way.
    const least = this.counted;
    const counter = await db.collection<Row>('counters').findOne({ _id: 'one' });
    const most = this.counted + (this.isOver ? 0 : COUNTERS);
    const n = counter?.n ?? 0;
    if (n < least || n > most) faults.push(`the counter is ${n}, not from ${least} to ${most}`);
    return faults;
  }
}

function rowsOf(db: Db): Collection<Row> {
  return db.collection<Row>('rows');
}

/** Names the row's state, for a unique index and to see that no row is half changed. */
function markOf(id: string, n: number): { mark: string; group: number; text: string } {
  return { mark: `${id}:${n}`, group: n % 5, text: id.repeat(20) };
}

function changeOf(id: string, n: number): Document {
  const { mark, group, text } = markOf(id, n);
  return { $inc: { n: 1 }, $set: { mark, group }, $setOnInsert: { text } };
}

function missingOrStrange(
  what: string,
  begun: Map<string, 'begun' | 'acknowledged'>,
  found: ReadonlySet<string>,
): string[] {
  const missing = [...begun].filter(([id, state]) => state === 'acknowledged' && !found.has(id));
  const strange = [...found].filter((id) => !begun.has(id));
  return [
    ...missing.map(([id]) => `${what} ${id} is lost`),
    ...strange.map((id) => `${what} ${id} was never written`),
  ];
}
