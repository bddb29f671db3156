import fc, { type Arbitrary } from 'fast-check';
import type { ClientSession, Collection } from 'mongodb';
import { codeOf, type EngineUnderTest } from '../support.ts';
import { expectAgreement, parametersOf, type Runs } from './agreement.ts';

type Kind = 'read' | 'write' | 'remove' | 'commit' | 'abort';

interface Step {
  kind: Kind;
  /** Which session does it; none is outside of any transaction. */
  who: number | undefined;
  id: number;
}

const IDS = [0, 1, 2];
const SESSIONS = 3;

const steps: Arbitrary<Step> = fc.record({
  kind: fc.constantFrom<Kind>('read', 'read', 'write', 'write', 'remove', 'commit', 'abort'),
  who: fc.constantFrom(0, 1, 2, undefined),
  id: fc.constantFrom(...IDS),
});

/** Transactions see their own snapshot and writes, and the first writer wins. */
export function describeTransactions(engine: EngineUnderTest, runs: Runs): void {
  it('see and refuse what a model of snapshots does', async () => {
    const property = fc.asyncProperty(
      fc.array(steps, { minLength: 10, maxLength: 40, size: 'max' }),
      async (plan) => {
        const collection = await engine.collectionOf(IDS.map((_id) => ({ _id, n: -1 })));
        const sessions = Array.from({ length: SESSIONS }, () => engine.client.startSession());
        const model = new Model();
        for (const [at, step] of plan.entries())
          await take(step, at, collection, sessions, model, plan);
        for (const session of sessions) await session.endSession();
        await collection.drop();
      },
    );
    await fc.assert(property, parametersOf(runs, 25));
  });
}

type Numbers = ReadonlyMap<number, number>;

/** What a transaction sees, and which documents it changed. */
interface Open {
  sees: Map<number, number>;
  startedWith: Numbers;
  changed: Set<number>;
}

const CONFLICT = 112;

/** Committed numbers, and the open transactions over them. */
class Model {
  committed: Numbers = new Map(IDS.map((id) => [id, -1]));
  readonly open = new Map<number, Open>();

  /** The transaction begins with its first statement. */
  join(who: number): Open {
    const known = this.open.get(who);
    if (known) return known;
    const begun = {
      sees: new Map(this.committed),
      startedWith: this.committed,
      changed: new Set<number>(),
    };
    this.open.set(who, begun);
    return begun;
  }

  isHeld(id: number, who?: number): boolean {
    return [...this.open].some(([other, { changed }]) => other !== who && changed.has(id));
  }

  /** Gives 112, and ends the transaction, when another was first. */
  change(who: number, id: number, value: number | undefined): number | undefined {
    const { sees, startedWith, changed } = this.join(who);
    if (!sees.has(id)) return undefined;
    const isOvertaken = this.committed.get(id) !== startedWith.get(id);
    if (this.isHeld(id, who) || isOvertaken) {
      this.open.delete(who);
      return CONFLICT;
    }
    changed.add(id);
    if (value === undefined) sees.delete(id);
    else sees.set(id, value);
    return undefined;
  }

  commit(who: number): void {
    const { sees, changed } = this.open.get(who) ?? this.join(who);
    for (const id of changed) this.changeNow(id, sees.get(id));
    this.open.delete(who);
  }

  changeNow(id: number, value: number | undefined): void {
    const next = new Map(this.committed);
    if (value === undefined) next.delete(id);
    else next.set(id, value);
    this.committed = next;
  }
}

async function take(
  { kind, who, id }: Step,
  at: number,
  collection: Collection,
  sessions: ClientSession[],
  model: Model,
  plan: Step[],
): Promise<void> {
  const about = { at, plan };
  const session = who === undefined ? undefined : sessions[who];
  if (kind === 'commit' || kind === 'abort') {
    if (!session?.inTransaction()) return;
    if (kind === 'abort') model.open.delete(Number(who));
    else model.commit(Number(who));
    await (kind === 'commit' ? session.commitTransaction() : session.abortTransaction());
    return;
  }
  // Outside of transactions a write waits for the one that holds the document.
  if (who === undefined && kind !== 'read' && model.isHeld(id)) return;
  if (session && !session.inTransaction()) session.startTransaction();
  const options = session ? { session } : {};
  if (kind === 'read') {
    const found = await collection.find({}, { ...options, sort: { _id: 1 } }).toArray();
    const sees = who === undefined ? model.committed : model.join(who).sees;
    const wanted = [...sees].sort(([a], [b]) => a - b);
    expectAgreement(
      found.map(({ _id, n }) => [_id, n] as unknown),
      wanted,
      about,
    );
    return;
  }
  const filter = { _id: id as never };
  const value = kind === 'write' ? at : undefined;
  const code = await codeOf(
    kind === 'write'
      ? collection.updateOne(filter, { $set: { n: at } }, options)
      : collection.deleteOne(filter, options),
  );
  if (who === undefined) {
    if (model.committed.has(id)) model.changeNow(id, value);
    expectAgreement(code, undefined, about);
    return;
  }
  expectAgreement(code, model.change(who, id, value), about);
  if (code === CONFLICT) await session?.abortTransaction();
}
