interface Kept<T> {
  value: Promise<T>;
  /** By the clock that only runs forward. */
  until: number;
}

/**
 * Remembers for some seconds what was looked up, so that rows which every visitor's request needs are
 * read once in a while. What another node changes is seen when that time is over.
 */
export class ShortMemory<T> {
  readonly #milliseconds: number;
  readonly #most: number;
  readonly #kept = new Map<string, Kept<T>>();

  constructor({ seconds, most }: { seconds: number; most: number }) {
    this.#milliseconds = seconds * 1000;
    this.#most = most;
  }

  /** What is known under a key, else what `look` finds; a failure is not remembered. */
  recall(key: string, look: () => Promise<T>): Promise<T> {
    const known = this.#kept.get(key);
    if (known && known.until > performance.now()) return known.value;
    const value = look();
    if (this.#kept.size >= this.#most) this.#kept.clear();
    this.#kept.set(key, { value, until: performance.now() + this.#milliseconds });
    value.catch(() => {
      if (this.#kept.get(key)?.value === value) this.#kept.delete(key);
    });
    return value;
  }

  /** For a change made here. A look that began before it is not taken for a new one. */
  forget(): void {
    this.#kept.clear();
  }
}
