import type { Schema } from 'mongoose';

const CHANGES = [
  'updateOne',
  'updateMany',
  'replaceOne',
  'findOneAndUpdate',
  'findOneAndReplace',
  'deleteOne',
  'deleteMany',
  'findOneAndDelete',
] as const;

/** Rows are only added: a change or deletion is refused with these words before it reaches the database. */
export function onlyGrows(schema: Schema, words: string): void {
  schema.pre([...CHANGES], () => {
    throw new Error(words);
  });
}
