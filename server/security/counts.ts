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

/** Counts one more hit in the present window of a key. */
export async function countHit(
  key: string,
  windowMinutes: number,
): Promise<{ totalHits: number; resetTime: Date }> {
  const windowMs = windowMinutes * 60_000;
  const window = Math.floor(Date.now() / windowMs);
  const endsAt = new Date((window + 1) * windowMs);
  const { hits } = await CountModel.findOneAndUpdate(
    { _id: `${key}:${window}` },
    { $inc: { hits: 1 }, $setOnInsert: { endsAt } },
    { upsert: true, returnDocument: 'after' },
  ).lean();
  return { totalHits: hits, resetTime: endsAt };
}
