import type { Types } from 'mongoose';
import { defaults } from '../../../config/defaults.ts';
import { fingerprint, newToken } from '../../security/tokens.ts';
import { StaffSessionModel, type StaffSessionRow } from './model.ts';

const { idleMinutes, lifeHours } = defaults.session;
const TOUCH_AFTER_MS = 60_000;

const hashOf = (token: string) => fingerprint('staff-session', token);
const silentSince = () => new Date(Date.now() - idleMinutes * 60_000);

const BROWSERS: [string, RegExp][] = [
  ['edge', /Edg/u],
  ['opera', /OPR\//u],
  ['firefox', /Firefox\//u],
  ['chrome', /Chrom(?:e|ium)\//u],
  ['safari', /Safari\//u],
];
const PLATFORMS: [string, RegExp][] = [
  ['ios', /iPhone|iPad/u],
  ['android', /Android/u],
  ['windows', /Windows/u],
  ['macos', /Mac OS X/u],
  ['linux', /Linux|X11/u],
];
const kindOf = (kinds: [string, RegExp][], userAgent: string) =>
  kinds.find(([, pattern]) => pattern.test(userAgent))?.[0] ?? 'other';

/** Opens a session and returns its token, of which only a fingerprint is stored. */
export async function startSession(accountId: Types.ObjectId, userAgent: string): Promise<string> {
  const token = newToken();
  const now = new Date();
  await StaffSessionModel.create({
    accountId,
    tokenHash: hashOf(token),
    createdAt: now,
    lastSeenAt: now,
    expiresAt: new Date(now.getTime() + lifeHours * 3_600_000),
    browser: kindOf(BROWSERS, userAgent),
    platform: kindOf(PLATFORMS, userAgent),
  });
  return token;
}

/** The live session of a token, or null: sessions end after silence and after their whole life. */
export async function liveSession(token: string): Promise<StaffSessionRow | null> {
  const now = new Date();
  const session = await StaffSessionModel.findOne({
    tokenHash: hashOf(token),
    expiresAt: { $gt: now },
    lastSeenAt: { $gt: silentSince() },
  }).lean();
  if (session && now.getTime() - session.lastSeenAt.getTime() > TOUCH_AFTER_MS) {
    await StaffSessionModel.updateOne({ _id: session._id }, { lastSeenAt: now });
  }
  return session;
}

/** The live sessions of an account, last used first. */
export async function sessionsOf(accountId: Types.ObjectId): Promise<StaffSessionRow[]> {
  return StaffSessionModel.find({
    accountId,
    expiresAt: { $gt: new Date() },
    lastSeenAt: { $gt: silentSince() },
  })
    .sort({ lastSeenAt: -1 })
    .lean();
}

/** Ends one session; true when there was one. */
export async function endSession(
  accountId: Types.ObjectId,
  sessionId: Types.ObjectId,
): Promise<boolean> {
  const { deletedCount } = await StaffSessionModel.deleteOne({ _id: sessionId, accountId });
  return deletedCount === 1;
}

/** Ends all sessions of an account but one, and says how many. */
export async function endSessions(
  accountId: Types.ObjectId,
  except: Types.ObjectId | null = null,
): Promise<number> {
  const { deletedCount } = await StaffSessionModel.deleteMany({
    accountId,
    ...(except && { _id: { $ne: except } }),
  });
  return deletedCount;
}
