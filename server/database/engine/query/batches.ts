/** Batches of results. An empty batch is only a place to pause. */
export type Batches<T> = Generator<T[], void>;

export function* inOneBatch<T>(items: T[]): Batches<T> {
  yield items;
}

/** All items at once, without a pause: for short work that must not be interrupted. */
export function collect<T>(batches: Batches<T>): T[] {
  const items: T[] = [];
  for (const batch of batches) for (const item of batch) items.push(item);
  return items;
}

/** Passes over `skip` items, then gives `limit` (0: all). */
export function* slice<T>(batches: Batches<T>, skip: number, limit: number): Batches<T> {
  let toSkip = skip;
  let left = limit > 0 ? limit : Infinity;
  for (const batch of batches) {
    const rest = batch.slice(toSkip, toSkip + left);
    toSkip = Math.max(0, toSkip - batch.length);
    left -= rest.length;
    yield rest;
    if (left <= 0) return;
  }
}
