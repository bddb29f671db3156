import mongoose from 'mongoose';
// Every model of the application is known once its doors are.
import '../../server/app.ts';
import { prepareInstallation } from '../../server/database/installation.ts';
import type { Command, Sent, Shape } from './commands.ts';
import { connectFreshDatabase, dropDatabase } from './database.ts';

/** Collections that stay small however long an installation lives: reading all of one is no fault. */
const SMALL = new Map([
  ['installation', 'one row, and a lock while it is migrated'],
  ['organizations', 'opened by hand, one by one'],
  ['staffInvitations', 'forgotten a month after they ended'],
  ['tenancynotes', 'rows of a model that only a test has'],
]);

/** Rows that stay few however large their collection grows: sorting those of one is no fault. */
const FEW = [
  { collection: 'consentRecords', field: 'visitorId', reason: 'the choices made in one browser' },
  { collection: 'requests', field: 'subjectId', reason: 'the requests of one person' },
  {
    collection: 'requests',
    field: 'urgentOn',
    reason: 'those closed ones that were due this week',
  },
];

interface ExplainedStage {
  stage?: string;
  indexName?: string;
  keyPattern?: object | string;
}

interface Plan {
  stages: Set<string>;
  /** Names and first fields of the indexes that are read. */
  indexes: Map<string, string>;
}

/** Stages and indexes of the plan that the server would choose, whatever its version nests them in. */
function readPlan(explained: unknown, plan: Plan): void {
  if (typeof explained !== 'object' || explained === null) return;
  const { stage, indexName, keyPattern } = explained as ExplainedStage;
  if (stage !== undefined) plan.stages.add(stage);
  // The express plans of newer servers give the pattern as text; they look up single keys.
  if (indexName !== undefined && typeof keyPattern === 'object') {
    plan.indexes.set(indexName, Object.keys(keyPattern)[0] ?? '');
  }
  for (const [name, value] of Object.entries(explained)) {
    if (name !== 'rejectedPlans' && name !== 'command') readPlan(value, plan);
  }
}

async function planOf({ command }: Shape): Promise<Plan> {
  const plan: Plan = { stages: new Set(), indexes: new Map() };
  const explain = { explain: command, verbosity: 'queryPlanner' };
  readPlan(await mongoose.connection.db?.command(explain), plan);
  return plan;
}

/** What a command looks for, however it says it. */
function filterOf({ filter, query, pipeline, updates, deletes }: Command): Command {
  const [stage] = (pipeline ?? []) as { $match?: Command }[];
  const [statement] = (updates ?? deletes ?? []) as { q: Command }[];
  return (filter ?? query ?? statement?.q ?? stage?.$match ?? {}) as Command;
}

/** Whether a condition on a field stands anywhere in a filter. */
function names(filter: unknown, field: string): boolean {
  if (typeof filter !== 'object' || filter === null) return false;
  return field in filter || Object.values(filter).some((inner) => names(inner, field));
}

function faultOf({ collection, command }: Shape, { stages, indexes }: Plan): string | null {
  const filter = filterOf(command);
  const asksForAny = Object.keys(filter).length === 0 && typeof command.limit === 'number';
  if (asksForAny && !stages.has('SORT')) return null;
  if (stages.has('COLLSCAN')) return 'reads the whole collection';
  // Such an index only gives the order: all that does not match is read and passed over.
  const isEntered = [...indexes.values()].every((first) => names(filter, first));
  if (!isEntered) return 'reads an index from its beginning';
  const isOfFew = FEW.some((few) => few.collection === collection && few.field in filter);
  return stages.has('SORT') && !isOfFew ? 'sorts all that it finds' : null;
}

/** The queries that grow slower with their collection, explained in a database as the product makes it. */
export async function slowQueries(shapes: readonly Sent<Shape>[]): Promise<Sent<string>[]> {
  await connectFreshDatabase();
  await prepareInstallation();
  const slow: Sent<string>[] = [];
  const declared = new Set(
    mongoose.modelNames().map((name) => mongoose.model(name).collection.name),
  );
  for (const { what: shape, test } of shapes) {
    if (SMALL.has(shape.collection)) continue;
    const fault = declared.has(shape.collection)
      ? faultOf(shape, await planOf(shape))
      : 'asks a collection that no model declares';
    if (fault !== null) slow.push({ what: `${fault}: ${shape.text}`, test });
  }
  await dropDatabase();
  return slow;
}
