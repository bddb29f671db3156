import type { CommandStartedEvent, Db, Document, MongoClient } from 'mongodb';

const ROWS = 12;
const ACCOUNTS = 8;
const BALANCE = 100;

/** Clients that each do one thing after the other, and remember by which requests each was acknowledged. */
export class RecordedLoad {
  /** For each client the numbers of the requests that acknowledged its steps, in order. */
  readonly steps: { rows: number[][]; transfers: number[][] } = { rows: [], transfers: [] };
  private readonly requests = new Map<string, number>();
  private readonly attempt: (step: () => Promise<void>) => Promise<void>;
  prepared = 0;

  /** `attempt` runs a step until it is acknowledged. */
  constructor(attempt = (step: () => Promise<void>) => step()) {
    this.attempt = attempt;
  }

  /** Notes which request carries which step. */
  watch(client: MongoClient): void {
    client.on('commandStarted', ({ command, requestId }: CommandStartedEvent) => {
      const { comment, lsid, txnNumber, commitTransaction } = command;
      if (typeof comment === 'string') this.requests.set(comment, requestId);
      if (commitTransaction !== undefined)
        this.requests.set(transactionName(lsid as Document, txnNumber), requestId);
    });
  }

  async prepare(db: Db): Promise<void> {
    await db.collection('rows').createIndex({ n: 1 }, undefined, undefined);
    await db.collection('rows').createIndex({ mark: 1 }, { unique: true }, undefined);
    await db.collection('ledger').createIndex({ client: 1, step: 1 }, { unique: true }, undefined);
    const accounts = Array.from({ length: ACCOUNTS }, (_, i) => ({
      _id: i as never,
      balance: BALANCE,
    }));
    await db.collection('accounts').insertMany(accounts, { comment: 'prepared' });
    this.prepared = this.requestOf('prepared');
  }

  /** One client's rows: each is inserted, changed twice by $inc and removed, again and again. */
  async changeRows(db: Db, client: number, isOver: () => boolean): Promise<void> {
    const acknowledged: number[] = [];
    this.steps.rows[client] = acknowledged;
    const rows = db.collection<Document & { _id: string }>('rows');
    for (let step = 0; !isOver(); step++) {
      const comment = `row ${client} ${step}`;
      const { id, n } = rowStep(client, step);
      await this.attempt(async () => {
        if (n === 1) await rows.insertOne({ _id: id, ...stateOf(id, 1) }, { comment });
        else if (n === undefined) await rows.deleteOne({ _id: id }, { comment });
        else {
          const change = { $inc: { n: 1 }, $set: { mark: stateOf(id, n).mark } };
          await rows.updateOne({ _id: id }, change, { comment });
        }
      });
      acknowledged.push(this.requestOf(comment));
    }
  }

  /** One client's transfers: two accounts and the ledger, in a transaction. */
  async transfer(db: Db, client: number, isOver: () => boolean): Promise<void> {
    const acknowledged: number[] = [];
    this.steps.transfers[client] = acknowledged;
    const accounts = db.collection<{ _id: number; balance: number }>('accounts');
    for (let step = 0; !isOver(); step++) {
      const { from, to, amount } = transferStep(client, step);
      await db.client.withSession(async (session) => {
        await this.attempt(() =>
          session.withTransaction(async () => {
            await accounts.updateOne({ _id: from }, { $inc: { balance: -amount } }, { session });
            await accounts.updateOne({ _id: to }, { $inc: { balance: amount } }, { session });
            await db.collection('ledger').insertOne({ client, step }, { session });
          }),
        );
        const { id, txnNumber } = session.serverSession;
        acknowledged.push(this.requestOf(transactionName(id, txnNumber)));
      });
    }
  }

  private requestOf(name: string): number {
    const request = this.requests.get(name);
    if (request === undefined) throw new Error(`No request was seen for '${name}'`);
    return request;
  }
}

/**
 * What is wrong with a database in which these steps of each client were acknowledged, and at most so many
 * others.
 */
export async function faultsAfter(
  db: Db,
  done: { rows: number[]; transfers: number[] },
  others: 0 | 1,
): Promise<string[]> {
  const faults: string[] = [];
  const rows = await db.collection<Document & { _id: string }>('rows').find().toArray();
  for (const [client, steps] of done.rows.entries()) {
    const found = rows
      .filter(({ _id }) => _id.startsWith(`${client}-`))
      .map(describeRow)
      .sort();
    const possible = [steps, steps + others].map((count) => rowsAfter(client, count));
    if (!possible.includes(found.join()))
      faults.push(
        `rows of client ${client} after ${steps} steps: ${found.join()}, not ${possible.join(' or ')}`,
      );
  }
  const balances = new Array<number>(ACCOUNTS).fill(BALANCE);
  const ledger = await db.collection('ledger').find().toArray();
  for (const [client, steps] of done.transfers.entries()) {
    const found = ledger.filter((entry) => entry.client === client).map(({ step }) => Number(step));
    found.sort((a, b) => a - b);
    const isWhole = found.every((step, i) => step === i);
    if (!isWhole || (found.length !== steps && found.length !== steps + others))
      faults.push(`ledger of client ${client} after ${steps} steps: ${found.length} entries`);
    for (const step of found) {
      const { from, to, amount } = transferStep(client, step);
      balances[from] = (balances[from] ?? 0) - amount;
      balances[to] = (balances[to] ?? 0) + amount;
    }
  }
  const accounts = await db.collection('accounts').find().sort({ _id: 1 }).toArray();
  const held = accounts.map(({ balance }) => Number(balance));
  if (held.length > 0 && held.join() !== balances.join()) faults.push('accounts and ledger differ');
  return faults;
}

function stateOf(id: string, n: number): { n: number; mark: string; text: string } {
  return { n, mark: `${id}:${n}`, text: id.repeat(100) };
}

function describeRow({ _id, n, mark, text }: Document): string {
  const isWhole = mark === `${_id}:${n}` && text === String(_id).repeat(100);
  return `${_id}=${n}${isWhole ? '' : ' (not whole)'}`;
}

/** Which row a step acts on, and what its number is then. */
function rowStep(client: number, step: number): { id: string; n: number | undefined } {
  const n = [1, 2, 3, undefined][Math.floor(step / ROWS) % 4];
  return { id: `${client}-${step % ROWS}`, n };
}

function rowsAfter(client: number, steps: number): string {
  const rows = new Map<string, number | undefined>();
  for (let step = Math.max(0, steps - ROWS); step < steps; step++) {
    const { id, n } = rowStep(client, step);
    rows.set(id, n);
  }
  const there = [...rows].filter(([, n]) => n !== undefined);
  return there
    .map(([id, n]) => `${id}=${n}`)
    .sort()
    .join();
}

function transferStep(client: number, step: number): { from: number; to: number; amount: number } {
  const from = (client + step) % ACCOUNTS;
  return { from, to: (from + 1 + (step % (ACCOUNTS - 1))) % ACCOUNTS, amount: 1 + (step % 5) };
}

function transactionName(session: unknown, number: unknown): string {
  const { id } = session as { id: { toString(encoding: string): string } };
  return `transaction ${id.toString('hex')} ${String(number)}`;
}
