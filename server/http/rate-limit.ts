import { rateLimit, type ClientRateLimitInfo, type Store } from 'express-rate-limit';
import type { RequestHandler } from 'express';
import { Problem } from '../problem.ts';
import { countHit } from '../security/counts.ts';
import { networkOf } from '../security/networks.ts';
import { fingerprint } from '../security/tokens.ts';

/** How often one network address may knock: counted in the database, so for all nodes and over restarts. */
const LIMITS = {
  form: { minutes: 60, limit: 20 },
  code: { minutes: 10, limit: 20 },
  'sign-in': { minutes: 15, limit: 20 },
  choices: { minutes: 1, limit: 120 },
  api: { minutes: 1, limit: 600 },
} as const;

export type LimitName = keyof typeof LIMITS;

/**
 * Counts a knock of somebody who is told apart by more than an address.
 * @throws Problem too-many-requests
 */
export async function takeHit(name: LimitName, who: string): Promise<void> {
  const { minutes, limit } = LIMITS[name];
  const key = fingerprint('rate-limit', `${name}:${who}`);
  const { totalHits, resetTime } = await countHit(key, minutes);
  if (totalHits > limit) throw tooMany(resetTime);
}

function tooMany(resetTime: Date | undefined): Problem {
  const seconds = Math.ceil(((resetTime?.getTime() ?? 0) - Date.now()) / 1000);
  return new Problem('too-many-requests', 'Wait a little, then try again.', {
    retryAfterSeconds: Math.max(1, seconds),
  });
}

const storeOf = (name: LimitName): Store => ({
  increment: (key) => countHit(key, LIMITS[name].minutes),
  decrement: () => undefined,
  resetKey: () => undefined,
});

const made = new Map<LimitName, RequestHandler>();

/** Middleware that answers 429 with Retry-After once an address has knocked too often. */
export function limitBy(name: LimitName): RequestHandler {
  let limiter = made.get(name);
  if (!limiter) {
    const { minutes, limit } = LIMITS[name];
    limiter = rateLimit({
      windowMs: minutes * 60_000,
      limit,
      store: storeOf(name),
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      validate: false,
      // No address is stored.
      keyGenerator: ({ ip = '' }) => fingerprint('rate-limit', `${name}:${networkOf(ip)}`),
      handler: (req, _res, next) => {
        next(tooMany((req as typeof req & { rateLimit: ClientRateLimitInfo }).rateLimit.resetTime));
      },
    });
    made.set(name, limiter);
  }
  return limiter;
}
