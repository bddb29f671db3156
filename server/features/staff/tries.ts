import { Problem } from '../../problem.ts';
import { fingerprint } from '../../security/tokens.ts';
import { StaffTriesModel } from './model.ts';

/** How often one account may be tried in a window; then everybody waits for the next one, nobody for ever. */
const LIMITS = {
  password: { minutes: 15, limit: 10 },
  code: { minutes: 15, limit: 5 },
  'reset-mail': { minutes: 60, limit: 3 },
} as const;

type Tried = keyof typeof LIMITS;

function windowOf(tried: Tried, whose: string) {
  const length = LIMITS[tried].minutes * 60_000;
  const window = Math.floor(Date.now() / length);
  const id = `${fingerprint('staff-tries', `${tried}:${whose}`)}:${window}`;
  return { id, endsAt: new Date((window + 1) * length) };
}

/**
 * Counts a try before it is checked, so that tries at the same time all count.
 * @throws Problem too-many-requests once the window is used up.
 */
export async function countTry(tried: Tried, whose: string): Promise<void> {
  const { id, endsAt } = windowOf(tried, whose);
  const { tries } = await StaffTriesModel.findOneAndUpdate(
    { _id: id },
    { $inc: { tries: 1 }, $setOnInsert: { endsAt } },
    { upsert: true, returnDocument: 'after' },
  ).lean();
  if (tries <= LIMITS[tried].limit) return;
  throw new Problem('too-many-requests', 'Wait a little, then try again.', {
    retryAfterSeconds: Math.max(1, Math.ceil((endsAt.getTime() - Date.now()) / 1000)),
  });
}

/** A right password or code makes the wrong ones before it harmless. */
export async function forgetTries(tried: Tried, whose: string): Promise<void> {
  await StaffTriesModel.deleteOne({ _id: windowOf(tried, whose).id });
}
