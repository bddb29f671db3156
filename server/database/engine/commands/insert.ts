import { CommandError } from '../errors.ts';
import { insertDocument, withIdFirst } from '../storage/documents.ts';
import { checkSize, encodeDocument } from '../values/encode.ts';
import type { Document } from '../values/kinds.ts';
import { documentsOf, writeInUnit, type Command } from './context.ts';
import { failUnlessStatementError, tryEach } from './write-errors.ts';

export const insertCommand: Command = {
  names: ['insert'],
  fields: ['documents', 'ordered', 'bypassDocumentValidation'],
  inTransaction: true,
  isRetryable: true,
  async run(context) {
    const { command, sequences } = context;
    const sent = sequences.get('documents');
    const prepared = documentsOf(command.documents, 'insert.documents').map((document, i) =>
      prepare(document, sent?.[i]),
    );
    if (prepared.length === 0)
      throw new CommandError(16, 'Write batch sizes must be between 1 and 100000');
    return writeInUnit(context, true, (target, collection) => {
      if (!collection) throw new Error('The collection was not made');
      let n = 0;
      const failures = tryEach(context, prepared, (item) => {
        if (item instanceof CommandError) throw item;
        insertDocument(target, collection, item.document, item.bytes);
        n++;
      });
      return { n, ...failures, ok: 1 };
    });
  },
};

/** The name of a first element that is an `_id`. */
const ID_NAME = Buffer.from('_id\0');

/** The bytes that the client sent are stored as they are, unless the `_id` has to be added or moved. */
function prepare(
  document: Document,
  bytes: Buffer | undefined,
): { document: Document; bytes: Buffer } | CommandError {
  try {
    const stored = withIdFirst(document);
    if (bytes) checkSize(bytes);
    // The decoded document cannot tell: names that are whole numbers come first in it.
    const isAsSent = document._id !== undefined && bytes?.subarray(5, 9).equals(ID_NAME) === true;
    return { document: stored, bytes: isAsSent ? bytes : encodeDocument(stored) };
  } catch (error) {
    failUnlessStatementError(error);
    return error;
  }
}
