import { createHmac, randomBytes } from 'node:crypto';

const DAY = 86_400_000;
/** Beyond so many the oldest is forgotten, so that no crowd fills the memory. */
const MOST = 100_000;

/**
 * Counts hits in windows of time, in the memory of this process alone: for doors that are knocked at
 * too often to write each knock down. Who knocks is kept as an HMAC whose key is never stored and
 * lasts a day, so that nobody can be followed by it.
 */
export class LocalCounts {
  readonly #windowMs: number;
  #hits = new Map<string, number>();
  #endsAt = 0;
  #salt = Buffer.alloc(0);
  #saltEndsAt = 0;

  constructor(windowMinutes: number) {
    this.#windowMs = windowMinutes * 60_000;
  }

  /** Counts one more hit of somebody in the present window. */
  countHit(who: string, now = Date.now()): { totalHits: number; resetTime: Date } {
    if (now >= this.#endsAt || now < this.#endsAt - this.#windowMs) this.#beginWindow(now);
    const key = createHmac('sha256', this.#salt).update(who).digest('base64url');
    const totalHits = (this.#hits.get(key) ?? 0) + 1;
    if (totalHits === 1 && this.#hits.size >= MOST) {
      const [oldest] = this.#hits.keys();
      if (oldest !== undefined) this.#hits.delete(oldest);
    }
    this.#hits.set(key, totalHits);
    return { totalHits, resetTime: new Date(this.#endsAt) };
  }

  #beginWindow(now: number): void {
    this.#hits = new Map();
    this.#endsAt = (Math.floor(now / this.#windowMs) + 1) * this.#windowMs;
    // Between windows, when nothing is remembered that the old one would be needed for.
    if (now < this.#saltEndsAt && now >= this.#saltEndsAt - DAY) return;
    this.#salt = randomBytes(32);
    this.#saltEndsAt = now + DAY;
  }
}
