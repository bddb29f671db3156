import { CommandError } from '../errors.ts';
import { compileFilter, type MatchPosition } from '../query/matcher.ts';
import { compileProjection } from '../query/projection.ts';
import type { FindRequest } from '../query/find.ts';
import { checkSort } from '../query/sort.ts';
import { collatorOf } from '../values/collation.ts';
import type { Document } from '../values/kinds.ts';
import {
  documentOr,
  variablesOf,
  writeInUnit,
  type Command,
  type CommandContext,
} from './context.ts';
import { findAhead, removeNow, updateNow, updateStatement } from './modify.ts';

export const findAndModifyCommand: Command = {
  names: ['findAndModify', 'findandmodify'],
  fields: [
    'query',
    'sort',
    'remove',
    'update',
    'new',
    'fields',
    'upsert',
    'arrayFilters',
    'collation',
    'hint',
    'let',
    'bypassDocumentValidation',
  ],
  inTransaction: true,
  isRetryable: true,
  async run(context) {
    const { command } = context;
    if ((command.remove === true) === (command.update !== undefined))
      throw new CommandError(9, 'Either an update or remove=true must be specified');
    if (command.remove === true && (command.new === true || command.upsert === true))
      throw new CommandError(9, 'Cannot specify new or upsert with remove');
    checkSort(command.sort);
    const search: FindRequest = {
      filter: documentOr(command.query, {}, 'findAndModify.query'),
      sort: documentOr(command.sort, {}, 'findAndModify.sort'),
      hint: command.hint,
      collation: command.collation,
      variables: variablesOf(context),
    };
    return command.remove === true ? removeOne(context, search) : updateOne(context, search);
  },
};

async function removeOne(context: CommandContext, search: FindRequest): Promise<Document> {
  const ahead = await findAhead(context, search);
  return writeInUnit(context, false, (target, collection) => {
    const [removed] = collection
      ? removeNow(target, collection, { ...search, limit: 1 }, ahead)
      : [];
    const value = removed ? projected(context, search, removed.document) : null;
    return { lastErrorObject: { n: removed ? 1 : 0 }, value, ok: 1 };
  });
}

async function updateOne(context: CommandContext, search: FindRequest): Promise<Document> {
  const { command } = context;
  const isUpsert = command.upsert === true;
  const statement = updateStatement(command.update, search, {
    arrayFilters: command.arrayFilters,
    isMulti: false,
    isUpsert,
  });
  const ahead = await findAhead(context, statement);
  return writeInUnit(context, isUpsert, (target, collection) => {
    const outcome = updateNow(target, collection, statement, ahead);
    const { matched, upsertedId, before, after } = outcome;
    const document = command.new === true ? after : before;
    const isUpserted = upsertedId !== undefined;
    return {
      lastErrorObject: {
        n: matched + Number(isUpserted),
        updatedExisting: matched > 0,
        ...(isUpserted ? { upserted: upsertedId } : {}),
      },
      value: document ? projected(context, search, document) : null,
      ok: 1,
    };
  });
}

function projected(
  { command }: CommandContext,
  { filter, variables, collation }: FindRequest,
  document: Document,
): Document {
  const fields = documentOr(command.fields, {}, 'findAndModify.fields');
  if (Object.keys(fields).length === 0) return document;
  const context = { variables, collator: collatorOf(collation) };
  const projection = compileProjection(fields, context);
  const position: MatchPosition = { index: -1 };
  if (projection.needsPosition) compileFilter(filter, context)(document, position);
  return projection.apply(document, position.index);
}
