import { CommandError } from '../errors.ts';
import type { FindRequest } from '../query/find.ts';
import type { Document } from '../values/kinds.ts';
import {
  collectionForWrite,
  documentOr,
  documentsOf,
  numberOr,
  refuseUnknownFields,
  variablesOf,
  writeInUnit,
  type Command,
} from './context.ts';
import { findAhead, removeMany, removeNow } from './modify.ts';
import { tryEach, tryEachInTurn } from './write-errors.ts';

const STATEMENT_FIELDS = new Set(['q', 'limit', 'collation', 'hint']);

export const deleteCommand: Command = {
  names: ['delete'],
  fields: ['deletes', 'ordered', 'let'],
  inTransaction: true,
  isRetryable: true,
  async run(context) {
    const { command, transaction, retry, database } = context;
    const statements = documentsOf(command.deletes, 'delete.deletes');
    for (const statement of statements) {
      refuseUnknownFields(statement, STATEMENT_FIELDS, 'delete.deletes');
      if (statement.limit === undefined)
        throw new CommandError(
          40414,
          "BSON field 'delete.deletes.limit' is missing but a required field",
        );
    }
    const hasMany = statements.some(({ limit }) => Number(limit) === 0);
    if (hasMany && retry) throw new CommandError(72, 'Cannot use retryable writes with limit=0');
    const variables = variablesOf(context);
    if (hasMany && !transaction) {
      const collection = await collectionForWrite(context, false);
      if (!collection) return { n: 0, ok: 1 };
      let n = 0;
      const failures = await tryEachInTurn(context, statements, async (statement) => {
        const search = searchOf(statement, variables);
        n +=
          search.limit === 0
            ? await removeMany(context, collection, search)
            : await database.write((target) => removeNow(target, collection, search).length);
      });
      return { n, ...failures, ok: 1 };
    }
    const [only] = statements;
    // Of several statements a later one may depend on what an earlier one does.
    const ahead =
      only && statements.length === 1 && Number(only.limit) === 1
        ? await findAhead(context, searchOf(only, variables))
        : undefined;
    return writeInUnit(context, false, (target, collection) => {
      if (!collection) return { n: 0, ok: 1 };
      let n = 0;
      const failures = tryEach(context, statements, (statement) => {
        n += removeNow(target, collection, searchOf(statement, variables), ahead).length;
      });
      return { n, ...failures, ok: 1 };
    });
  },
};

function searchOf(statement: Document, variables: Document): FindRequest & { limit: number } {
  return {
    filter: documentOr(statement.q, {}, 'delete.deletes.q'),
    limit: numberOr(statement.limit, 0, 'delete.deletes.limit'),
    hint: statement.hint,
    collation: statement.collation,
    variables,
  };
}
