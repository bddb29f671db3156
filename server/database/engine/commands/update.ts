import { CommandError } from '../errors.ts';
import type { FindRequest } from '../query/find.ts';
import type { Document } from '../values/kinds.ts';
import {
  collectionForWrite,
  documentOr,
  documentsOf,
  refuseUnknownFields,
  variablesOf,
  writeInUnit,
  type Command,
} from './context.ts';
import {
  findAhead,
  updateMany,
  updateNow,
  updateStatement,
  type UpdateOutcome,
  type UpdateStatement,
} from './modify.ts';
import { tryEach, tryEachInTurn } from './write-errors.ts';

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
    if (updates.length === 0)
      throw new CommandError(16, 'Write batch sizes must be between 1 and 100000');
    for (const update of updates) refuseUnknownFields(update, STATEMENT_FIELDS, 'update.updates');
    const mayInsert = updates.some(({ upsert }) => upsert === true);
    const variables = variablesOf(context);
    const hasMulti = updates.some(({ multi }) => multi === true);
    if (hasMulti && context.retry)
      throw new CommandError(72, 'Cannot use retryable writes with multi=true');
    if (hasMulti && !context.transaction) {
      const collection = await collectionForWrite(context, mayInsert);
      const tally = new Tally();
      const failures = await tryEachInTurn(context, updates, async (update, index) => {
        const statement = statementOf(update, variables);
        const outcome = statement.isMulti
          ? await updateMany(context, collection, statement)
          : await context.database.write((target) => updateNow(target, collection, statement));
        tally.add(index, outcome);
      });
      return tally.reply(failures);
    }
    const [first] = updates;
    // Of several statements a later one may depend on what an earlier one does.
    const ahead =
      first && updates.length === 1 && first.multi !== true
        ? await findAhead(context, searchOf(first, variables))
        : undefined;
    return writeInUnit(context, mayInsert, (target, collection) => {
      // Made here, as a unit may be run again.
      const tally = new Tally();
      const failures = tryEach(context, updates, (update, index) => {
        const statement = statementOf(update, variables);
        tally.add(index, updateNow(target, collection, statement, ahead));
      });
      return tally.reply(failures);
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
  private matched = 0;
  private modified = 0;
  private readonly upserted: Document[] = [];

  add(index: number, { matched, modified, upsertedId }: UpdateOutcome): void {
    this.matched += matched;
    this.modified += modified;
    if (upsertedId !== undefined) this.upserted.push({ index, _id: upsertedId });
  }

  reply(failures: Document): Document {
    return {
      n: this.matched + this.upserted.length,
      nModified: this.modified,
      ...(this.upserted.length > 0 ? { upserted: this.upserted } : {}),
      ...failures,
      ok: 1,
    };
  }
}
