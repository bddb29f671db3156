import { CommandError } from '../errors.ts';
import { findDocuments, type FindRequest, type QueryTrace } from '../query/find.ts';
import type { Plan, ScanPlan } from '../query/planner.ts';
import { isDocument, type Document } from '../values/kinds.ts';
import { planAggregate } from './aggregate.ts';
import {
  documentOr,
  documentsOf,
  namespaceIn,
  readerOf,
  variablesOf,
  type Command,
  type CommandContext,
} from './context.ts';
import { findRequestOf } from './read.ts';

const VERBOSITIES: ReadonlySet<unknown> = new Set([
  'queryPlanner',
  'executionStats',
  'allPlansExecution',
]);

export const explainCommand: Command = {
  names: ['explain'],
  fields: ['verbosity'],
  async run(context) {
    const { command, database, pacer } = context;
    const { verbosity = 'allPlansExecution' } = command;
    if (!VERBOSITIES.has(verbosity))
      throw new CommandError(
        2,
        `Enumeration value '${String(verbosity)}' for field 'explain.verbosity' is not a valid value.`,
      );
    const inner = documentOr(command.explain, {}, 'explain.explain');
    const [name = ''] = Object.keys(inner);
    const innerContext = { ...context, command: inner, name };
    const search = searchOf(innerContext, name);
    const namespace = namespaceIn(context, inner[name]);
    const trace: QueryTrace = { examined: 0 };
    const collection = database.catalog.find(namespace);
    const started = performance.now();
    let nReturned = 0;
    for (const batch of findDocuments(readerOf(context), collection, search, trace)) {
      nReturned += batch.length;
      if (verbosity === 'queryPlanner') break;
      await pacer.pause();
    }
    const winningPlan = trace.plan ? describe(trace.plan, search) : { stage: 'EOF' };
    const usesIndex =
      trace.plan !== undefined && (trace.plan.kind === 'union' || trace.plan.index !== undefined);
    return {
      explainVersion: '1',
      queryPlanner: {
        namespace,
        parsedQuery: search.filter,
        winningPlan,
        rejectedPlans: [],
      },
      ...(verbosity === 'queryPlanner'
        ? {}
        : {
            executionStats: {
              executionSuccess: true,
              nReturned,
              executionTimeMillis: Math.round(performance.now() - started),
              totalKeysExamined: usesIndex ? trace.examined : 0,
              totalDocsExamined: trace.examined,
            },
          }),
      ok: 1,
    };
  },
};

/** The search behind any command that has one. */
function searchOf(context: CommandContext, name: string): FindRequest {
  const { command } = context;
  switch (name) {
    case 'find':
      return findRequestOf(context).search;
    case 'aggregate': {
      const { search } = planAggregate(
        context,
        Array.isArray(command.pipeline) ? command.pipeline : [],
      );
      return search ?? { filter: {} };
    }
    case 'count':
    case 'distinct':
    case 'findAndModify':
    case 'findandmodify':
      return {
        filter: documentOr(command.query, {}, 'query'),
        sort: documentOr(command.sort, {}, 'sort'),
        hint: command.hint,
        collation: command.collation,
        variables: variablesOf(context),
      };
    case 'update':
    case 'delete': {
      const [statement = {}] = documentsOf(command[`${name}s`], `${name}s`);
      const { q, hint, collation } = statement;
      return { filter: documentOr(q, {}, 'q'), hint, collation, variables: variablesOf(context) };
    }
    default:
      throw new CommandError(59, `Explain failed due to unknown command: ${name}`);
  }
}

/** The plan in the server's words, the parts that people and tests read. */
function describe(plan: Plan, { sort, limit = 0 }: FindRequest): Document {
  const source = describeSource(plan);
  const hasSort = isDocument(sort) && Object.keys(sort).length > 0;
  const sorted =
    hasSort && !plan.isSorted ? { stage: 'SORT', sortPattern: sort, inputStage: source } : source;
  return limit > 0 ? { stage: 'LIMIT', limitAmount: limit, inputStage: sorted } : sorted;
}

function describeSource(plan: Plan): Document {
  if (plan.kind === 'union')
    return {
      stage: 'FETCH',
      inputStage: { stage: 'OR', inputStages: plan.branches.map(describeSource) },
    };
  if (!plan.index) return { stage: 'COLLSCAN', direction: 'forward' };
  return plan.isPointRead && plan.index.isPrimary ? { stage: 'IDHACK' } : describeIndex(plan);
}

function describeIndex({ index, reverse, spans }: ScanPlan): Document {
  return {
    stage: 'FETCH',
    inputStage: {
      stage: 'IXSCAN',
      indexName: index?.name,
      keyPattern: index?.key,
      isMultiKey: index?.isMultikey,
      isUnique: index?.isUnique,
      direction: reverse ? 'backward' : 'forward',
      ranges: spans.length,
    },
  };
}
