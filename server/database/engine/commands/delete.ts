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
import { failUnlessStatementError, writeErrorOf } from './write-errors.ts';

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
    const isStoppedByErrors = command.ordered !== false || transaction !== undefined;
    let n = 0;
    let writeErrors: Document[] = [];
    const reply = () => ({ n, ...(writeErrors.length > 0 ? { writeErrors } : {}), ok: 1 });
    if (hasMany && !transaction) {
      const collection = await collectionForWrite(context, false);
      if (!collection) return { n: 0, ok: 1 };
      for (const [i, statement] of statements.entries())
        try {
          const search = searchOf(statement, variables);
          if (search.limit === 0) n += await removeMany(context, collection, search);
          else n += await database.write((target) => removeNow(target, collection, search).length);
        } catch (error) {
          failUnlessStatementError(error);
          writeErrors.push(writeErrorOf(i, error));
          if (isStoppedByErrors) break;
        }
      return reply();
    }
    const [only] = statements;
    // Of several statements a later one may depend on what an earlier one does.
    const ahead =
      only && statements.length === 1 && Number(only.limit) === 1
        ? await findAhead(context, searchOf(only, variables))
        : undefined;
    return writeInUnit(context, false, (target, collection) => {
      if (!collection) return { n: 0, ok: 1 };
      // A unit may be run again, so it counts from the start.
      n = 0;
      writeErrors = [];
      for (const [i, statement] of statements.entries())
        try {
          n += removeNow(target, collection, searchOf(statement, variables), ahead).length;
        } catch (error) {
          failUnlessStatementError(error);
          writeErrors.push(writeErrorOf(i, error));
          if (isStoppedByErrors) break;
        }
      return reply();
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
