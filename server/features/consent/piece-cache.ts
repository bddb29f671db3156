interface Kept<T> {
  made: Promise<T>;
  /** Bytes; 0 until it is made. */
  size: number;
}

/**
 * Keeps what is dear to make, up to so many bytes: what was used last is forgotten last, so that nobody who asks for
 * everything once drives out what everybody asks for. One thing is made at a time, or the same crowd would take all
 * threads from the rest of the house.
 */
export class PieceCache<T> {
  readonly #mostBytes: number;
  readonly #sizeOf: (one: T) => number;
  readonly #kept = new Map<string, Kept<T>>();
  #bytes = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(mostBytes: number, sizeOf: (one: T) => number) {
    this.#mostBytes = mostBytes;
    this.#sizeOf = sizeOf;
  }

  /** What is kept under a key, or what is made now. A failure is not kept. */
  get(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#kept.get(key);
    if (known) {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known.made;
    }
    const made = this.#last.then(make);
    const one: Kept<T> = { made, size: 0 };
    this.#kept.set(key, one);
    this.#last = made.then(
      (value) => {
        one.size = this.#sizeOf(value);
        this.#bytes += one.size;
        this.#forgetOldest();
      },
      () => this.#kept.delete(key),
    );
    return made;
  }

  #forgetOldest(): void {
    for (const [key, { size }] of this.#kept) {
      if (this.#bytes <= this.#mostBytes) return;
      // What is still being made has no size yet, and stays.
      if (size === 0) continue;
      this.#kept.delete(key);
      this.#bytes -= size;
    }
  }
}
