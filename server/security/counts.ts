import { model, Schema } from 'mongoose';

interface Count {
  _id: string;
  hits: number;
  endsAt: Date;
}

const countSchema = new Schema<Count>(
  {
    _id: { type: String, required: true },
    hits: { type: Number, required: true },
    endsAt: { type: Date, required: true },
  },
  { collection: 'rateLimits', strict: 'throw', versionKey: false },
);
countSchema.index({ endsAt: 1 }, { expireAfterSeconds: 0 });
const CountModel = model('RateLimit', countSchema);

/** The present window of a key, and when it ends. */
function windowOf(key: string, windowMinutes: number) {
  const windowMs = windowMinutes * 60_000;
  const window = Math.floor(Date.now() / windowMs);
  return { _id: `${key}:${window}`, endsAt: new Date((window + 1) * windowMs) };
}

/** Takes one hit of the present window of a key back: it was none. */
export async function takeHitBack(key: string, windowMinutes: number): Promise<void> {
  await CountModel.updateOne(
    { _id: windowOf(key, windowMinutes)._id, hits: { $gt: 0 } },
    { $inc: { hits: -1 } },
  );
}

/** Counts one more hit in the present window of a key. */
export async function countHit(
  key: string,
  windowMinutes: number,
): Promise<{ totalHits: number; resetTime: Date }> {
  const { _id, endsAt } = windowOf(key, windowMinutes);
  const { hits } = await CountModel.findOneAndUpdate(
    { _id },
    { $inc: { hits: 1 }, $setOnInsert: { endsAt } },
    { upsert: true, returnDocument: 'after' },
  ).lean();
  return { totalHits: hits, resetTime: endsAt };
}
