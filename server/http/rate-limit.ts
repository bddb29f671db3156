import { rateLimit, type ClientRateLimitInfo, type Store } from 'express-rate-limit';
import type { RequestHandler } from 'express';
import { Problem } from '../problem.ts';
import { countHit } from '../security/counts.ts';
import { LocalCounts } from '../security/local-counts.ts';
import { networkOf } from '../security/networks.ts';
import { fingerprint } from '../security/tokens.ts';

export type LimitName = 'form' | 'code' | 'sign-in' | 'choices' | 'prompts' | 'api';

/**
 * How often one network address may knock: counted in the database, so for all nodes and over restarts;
 * or by each node alone, where a knock is worth less than a write.
 */
const LIMITS: Record<LimitName, { minutes: number; limit: number; isLocal?: true }> = {
  form: { minutes: 60, limit: 20 },
  code: { minutes: 10, limit: 20 },
  'sign-in': { minutes: 15, limit: 20 },
  choices: { minutes: 1, limit: 120, isLocal: true },
  prompts: { minutes: 1, limit: 120, isLocal: true },
  api: { minutes: 1, limit: 600 },
};

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

function limitInDatabase(name: LimitName): RequestHandler {
  const { minutes, limit } = LIMITS[name];
  return rateLimit({
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
}

function limitInMemory(name: LimitName): RequestHandler {
  const { minutes, limit } = LIMITS[name];
  const counts = new LocalCounts(minutes);
  return (req, _res, next) => {
    const { totalHits, resetTime } = counts.countHit(networkOf(req.ip ?? ''));
    next(totalHits > limit ? tooMany(resetTime) : undefined);
  };
}

/** Middleware that answers 429 with Retry-After once an address has knocked too often. */
export const limitBy = (name: LimitName): RequestHandler =>
  LIMITS[name].isLocal === true ? limitInMemory(name) : limitInDatabase(name);
