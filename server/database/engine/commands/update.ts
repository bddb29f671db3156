import { CommandError } from '../errors.ts';
import type { FindRequest, Found } from '../query/find.ts';
import type { Collection } from '../storage/collection.ts';
import type { Target } from '../storage/documents.ts';
import type { Document } from '../values/kinds.ts';
import {
  collectionForWrite,
  documentOr,
  documentsOf,
  refuseUnknownFields,
  variablesOf,
  writeInUnit,
  type Command,
  type CommandContext,
} from './context.ts';
import {
  findAhead,
  updateMany,
  updateNow,
  updateStatement,
  type UpdateOutcome,
  type UpdateStatement,
} from './modify.ts';
import { failUnlessStatementError, writeErrorOf } from './write-errors.ts';

const STATEMENT_FIELDS = new Set([
  'q',
  'u',
  'c',
  'multi',
  'upsert',
  'arrayFilters',
  'collation',
  'hint',
]);

export const updateCommand: Command = {
  names: ['update'],
  fields: ['updates', 'ordered', 'let', 'bypassDocumentValidation'],
  inTransaction: true,
  isRetryable: true,
  async run(context) {
    const { command } = context;
    const updates = documentsOf(command.updates, 'update.updates');
    for (const update of updates) refuseUnknownFields(update, STATEMENT_FIELDS, 'update.updates');
    const mayInsert = updates.some(({ upsert }) => upsert === true);
    const variables = variablesOf(context);
    const tally = new Tally(command.ordered !== false || context.transaction !== undefined);
    const hasMulti = updates.some(({ multi }) => multi === true);
    if (hasMulti && context.retry)
      throw new CommandError(72, 'Cannot use retryable writes with multi=true');
    if (hasMulti && !context.transaction) {
      const collection = await collectionForWrite(context, mayInsert);
      for (const [i, update] of updates.entries()) {
        if (tally.isStopped) break;
        await tally.tryPortions(i, context, collection, update, variables);
      }
      return tally.reply();
    }
    const [first] = updates;
    // Of several statements a later one may depend on what an earlier one does.
    const ahead =
      first && updates.length === 1 && first.multi !== true
        ? await findAhead(context, searchOf(first, variables))
        : undefined;
    return writeInUnit(context, mayInsert, (target, collection) => {
      // A unit may be run again, so it counts from the start.
      tally.reset();
      for (const [i, update] of updates.entries()) {
        if (tally.isStopped) break;
        tally.tryNow(i, target, collection, update, variables, ahead);
      }
      return tally.reply();
    });
  },
};

function statementOf(update: Document, variables: Document): UpdateStatement {
  return updateStatement(update.u, searchOf(update, variables), {
    arrayFilters: update.arrayFilters,
    isMulti: update.multi === true,
    isUpsert: update.upsert === true,
    constants: documentOr(update.c, {}, 'update.updates.c'),
  });
}

function searchOf({ q, hint, collation }: Document, variables: Document): FindRequest {
  return { filter: documentOr(q, {}, 'update.updates.q'), hint, collation, variables };
}

/** Adds up the statements of one command. */
class Tally {
  isStopped = false;
  private readonly isOrdered: boolean;
  private matched = 0;
  private modified = 0;
  private upserted: Document[] = [];
  private writeErrors: Document[] = [];

  constructor(isOrdered: boolean) {
    this.isOrdered = isOrdered;
  }

  reset(): void {
    this.isStopped = false;
    this.matched = 0;
    this.modified = 0;
    this.upserted = [];
    this.writeErrors = [];
  }

  tryNow(
    index: number,
    target: Target,
    collection: Collection | undefined,
    update: Document,
    variables: Document,
    ahead: Found[] | undefined,
  ): void {
    try {
      this.add(index, updateNow(target, collection, statementOf(update, variables), ahead));
    } catch (error) {
      this.fail(index, error);
    }
  }

  async tryPortions(
    index: number,
    context: CommandContext,
    collection: Collection | undefined,
    update: Document,
    variables: Document,
  ): Promise<void> {
    try {
      const statement = statementOf(update, variables);
      const outcome = statement.isMulti
        ? await updateMany(context, collection, statement)
        : await context.database.write((target) => updateNow(target, collection, statement));
      this.add(index, outcome);
    } catch (error) {
      this.fail(index, error);
    }
  }

  reply(): Document {
    return {
      n: this.matched + this.upserted.length,
      nModified: this.modified,
      ...(this.upserted.length > 0 ? { upserted: this.upserted } : {}),
      ...(this.writeErrors.length > 0 ? { writeErrors: this.writeErrors } : {}),
      ok: 1,
    };
  }

  private add(index: number, { matched, modified, upsertedId }: UpdateOutcome): void {
    this.matched += matched;
    this.modified += modified;
    if (upsertedId !== undefined) this.upserted.push({ index, _id: upsertedId });
  }

  private fail(index: number, error: unknown): void {
    failUnlessStatementError(error);
    this.writeErrors.push(writeErrorOf(index, error));
    this.isStopped = this.isOrdered;
  }
}
