import { CommandError } from './errors.ts';
import type { Batches } from './query/batches.ts';

/** How long a command may hold the thread before others get their turn. */
const TURN_MS = 1;

/** Lets a long command pause between batches, and stops it when its time is over. */
export class Pacer {
  private readonly deadline: number;
  private turnStart = performance.now();
  private check: () => void = () => undefined;

  constructor(maxTimeMs = 0) {
    this.deadline = maxTimeMs > 0 ? performance.now() + maxTimeMs : Infinity;
  }

  /** What must still hold when others have had their turn: it throws when the command cannot go on. */
  afterPause(check: () => void): void {
    const before = this.check;
    this.check = () => {
      before();
      check();
    };
  }

  /** Throws 50 when the command's maxTimeMS is over. */
  async pause(): Promise<void> {
    const now = performance.now();
    if (now > this.deadline) throw new CommandError(50, 'operation exceeded time limit');
    if (now - this.turnStart < TURN_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.turnStart = performance.now();
    this.check();
  }

  /** Waits for what others have to end first. Throws 50 when the command's maxTimeMS is over. */
  async waitFor(end: Promise<void>): Promise<void> {
    if (this.deadline === Infinity) return end;
    let timer: NodeJS.Timeout | undefined;
    const isOver = new Promise<never>((_, fail) => {
      timer = setTimeout(() => {
        fail(new CommandError(50, 'operation exceeded time limit'));
      }, this.deadline - performance.now());
    });
    try {
      await Promise.race([end, isOver]);
    } finally {
      clearTimeout(timer);
    }
  }

  async collect<T>(batches: Batches<T>): Promise<T[]> {
    const items: T[] = [];
    for (const batch of batches) {
      for (const item of batch) items.push(item);
      await this.pause();
    }
    return items;
  }
}
