import { decodeDocument } from '../values/decode.ts';
import type { Document } from '../values/kinds.ts';
import { slice, type Batches } from './batches.ts';
import type { Found, FindRequest } from './find.ts';
import { compileFilter } from './matcher.ts';
import { collatorOf } from '../values/collation.ts';
import { NeededFields } from './needed-fields.ts';

/** What is still to be left out of the records of a search. */
export type Sieve = { filter: Document } | { skip: number } | { limit: number };

/** Leaves records out one sieve after the other. Of each only what a filter looks at is decoded. */
export function siftFound(
  found: Batches<Found>,
  sieves: readonly Sieve[],
  { collation, variables }: Pick<FindRequest, 'collation' | 'variables'>,
): Batches<Found> {
  const collator = collatorOf(collation);
  return sieves.reduce((rest, sieve) => {
    if ('skip' in sieve) return slice(rest, sieve.skip, 0);
    if ('limit' in sieve) return slice(rest, 0, sieve.limit);
    const fields = new NeededFields().with(sieve.filter).result();
    const matches = compileFilter(sieve.filter, { collator, variables });
    return keep(rest, ({ bytes }) => matches(decodeDocument(bytes, fields)));
  }, found);
}

function* keep(batches: Batches<Found>, isKept: (found: Found) => boolean): Batches<Found> {
  for (const batch of batches) yield batch.filter(isKept);
}
