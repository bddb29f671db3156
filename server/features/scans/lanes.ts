import { log } from '../../log.ts';

/**
 * Work of which a process does so much at once and no more. Each lane takes one piece after the other until there is
 * none.
 */
export class Lanes<T> {
  readonly #most: number;
  readonly #take: () => Promise<T | null>;
  readonly #attend: (piece: T) => Promise<void>;
  readonly #open = new Set<Promise<void>>();
  #isClosing = false;

  constructor(most: number, take: () => Promise<T | null>, attend: (piece: T) => Promise<void>) {
    this.#most = most;
    this.#take = take;
    this.#attend = attend;
  }

  /** Puts every lane that stands empty to work, and does not wait for it. */
  fill(): void {
    while (!this.#isClosing && this.#open.size < this.#most) {
      const lane: Promise<void> = this.#work().finally(() => this.#open.delete(lane));
      this.#open.add(lane);
    }
  }

  /** Resolves once every lane is empty. */
  async settled(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open);
  }

  /** Nothing more is taken; resolves once every lane is empty. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.settled();
  }

  async #work(): Promise<void> {
    try {
      while (!this.#isClosing) {
        const piece = await this.#take();
        if (piece === null) return;
        await this.#attend(piece);
      }
    } catch (error) {
      log.error({ err: error }, 'a lane stopped; the next sweep puts it to work again');
    }
  }
}
