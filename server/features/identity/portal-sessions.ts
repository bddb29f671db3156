import type { Types } from 'mongoose';
import { defaults } from '../../../config/defaults.ts';
import type { IdentityLevel } from '../../../config/rights.ts';
import { fingerprint, newToken } from '../../security/tokens.ts';
import { PortalSessionModel, type PortalSessionRow } from './model.ts';

const IDLE_MS = defaults.identity.portalMinutes * 60_000;
const LIFE_MS = defaults.session.lifeHours * 3_600_000;
/** A session is not written to on every look. */
const TOUCH_MS = 60_000;

const printOf = (token: string) => fingerprint('portal-session', token);

/** Opens a visit to one request, in the caller's transaction, and returns its token. A mailbox alone gives level 1. */
export async function startPortalSession(
  organizationId: Types.ObjectId,
  requestId: Types.ObjectId,
  subjectId: Types.ObjectId,
  level: IdentityLevel = 1,
): Promise<string> {
  const token = newToken();
  const startedAt = new Date();
  await PortalSessionModel.create({
    organizationId,
    requestId,
    subjectId,
    level,
    tokenPrint: printOf(token),
    startedAt,
    endsAt: new Date(startedAt.getTime() + IDLE_MS),
  });
  return token;
}

/** The live visit of a token, or null. It ends after half an hour of silence. */
export async function portalSession(
  organizationId: Types.ObjectId,
  token: string,
): Promise<PortalSessionRow | null> {
  const now = Date.now();
  const session = await PortalSessionModel.findOne({
    organizationId,
    tokenPrint: printOf(token),
    endsAt: { $gt: new Date(now) },
  }).lean();
  if (!session) return null;
  const endsAt = new Date(Math.min(now + IDLE_MS, session.startedAt.getTime() + LIFE_MS));
  if (endsAt.getTime() - session.endsAt.getTime() > TOUCH_MS) {
    await PortalSessionModel.updateOne({ _id: session._id, organizationId }, { endsAt });
  }
  return session;
}

/** Notes that a visitor proved more than before. */
export async function raisePortalSession(
  organizationId: Types.ObjectId,
  token: string,
  level: IdentityLevel,
): Promise<void> {
  const session = { organizationId, tokenPrint: printOf(token), level: { $lt: level } };
  await PortalSessionModel.updateOne(session, { level });
}

/** Ends the visit of a token. */
export async function endPortalSession(
  organizationId: Types.ObjectId,
  token: string,
): Promise<void> {
  await PortalSessionModel.deleteOne({ organizationId, tokenPrint: printOf(token) });
}

/** Ends every visit to a request. */
export async function endPortalSessions(
  organizationId: Types.ObjectId,
  requestId: Types.ObjectId,
): Promise<void> {
  await PortalSessionModel.deleteMany({ organizationId, requestId });
}
