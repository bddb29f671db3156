import { AsyncResource } from 'node:async_hooks';

interface Kept<T> {
  value: Promise<T>;
  /** When it was looked up, and when it was last tried; by the clock that only runs forward. */
  learnedAt: number;
  triedAt: number;
}

/** So long, in milliseconds, may what is known answer while it is looked up anew. */
const GRACE = 60_000;

/**
 * Remembers for some seconds what was looked up, so that rows which every visitor's request needs are read once in a
 * while, and mostly behind the answer. What another node changes is seen by the second request after those seconds,
 * or a minute after them by the first; a database that is away is felt that much later.
 */
export class ShortMemory<T> {
  readonly #milliseconds: number;
  readonly #most: number;
  readonly #kept = new Map<string, Kept<T>>();
  /** Whoever asks may be in a transaction that has ended by the time a look behind the answer begins. */
  readonly #outside = new AsyncResource('ShortMemory');

  constructor({ seconds, most }: { seconds: number; most: number }) {
    this.#milliseconds = seconds * 1000;
    this.#most = most;
  }

  /** What is known under a key, else what `look` finds; a failure is not remembered. */
  recall(key: string, look: () => Promise<T>): Promise<T> {
    const known = this.#kept.get(key);
    const now = performance.now();
    if (known && now - known.triedAt < this.#milliseconds) return known.value;
    if (known && now - known.learnedAt < this.#milliseconds + GRACE) {
      known.triedAt = now;
      this.#lookBehind(key, known, look);
      return known.value;
    }
    const value = look();
    if (this.#kept.size >= this.#most) this.#kept.clear();
    this.#kept.set(key, { value, learnedAt: now, triedAt: now });
    value.catch(() => {
      if (this.#kept.get(key)?.value === value) this.#kept.delete(key);
    });
    return value;
  }

  #lookBehind(key: string, known: Kept<T>, look: () => Promise<T>): void {
    const { triedAt } = known;
    // Not before the answer is on its way.
    setImmediate(() => {
      this.#outside.runInAsyncScope(look).then(
        (found) => {
          if (this.#kept.get(key) !== known) return;
          this.#kept.set(key, { value: Promise.resolve(found), learnedAt: triedAt, triedAt });
        },
        // It is tried again after those seconds, until the minute is over.
        () => undefined,
      );
    });
  }

  /** For a change made here. A look that began before it is not taken for a new one. */
  forget(): void {
    this.#kept.clear();
  }
}
