import { Types } from 'mongoose';
import { fingerprint, newToken } from '../../security/tokens.ts';
import { StaffLinkModel, type LinkPurpose, type StaffLinkRow } from './model.ts';

const hashOf = (purpose: LinkPurpose, token: string) => fingerprint(`staff-${purpose}`, token);

/** The one row that the link of the first administrator may have. */
const FIRST = new Types.ObjectId('000000000000000000000001');

/** Makes a single-use token for an account; older ones of the same purpose stay valid until they expire. */
export async function makeLink(
  purpose: Exclude<LinkPurpose, 'first-administrator'>,
  accountId: Types.ObjectId,
  lifeMinutes: number,
): Promise<string> {
  const token = newToken();
  const expiresAt = new Date(Date.now() + lifeMinutes * 60_000);
  await StaffLinkModel.create({ purpose, accountId, tokenHash: hashOf(purpose, token), expiresAt });
  return token;
}

/** Makes the link of the first administrator. It replaces the one before: there is never a second. */
export async function makeFirstLink(lifeMinutes: number): Promise<string> {
  const token = newToken();
  const purpose = 'first-administrator';
  const expiresAt = new Date(Date.now() + lifeMinutes * 60_000);
  await StaffLinkModel.updateOne(
    { _id: FIRST },
    { purpose, accountId: null, tokenHash: hashOf(purpose, token), expiresAt },
    { upsert: true },
  );
  return token;
}

/** The row behind a token that still counts, or null. It stays. */
export async function openLink(purpose: LinkPurpose, token: string): Promise<StaffLinkRow | null> {
  const tokenHash = hashOf(purpose, token);
  return StaffLinkModel.findOne({ purpose, tokenHash, expiresAt: { $gt: new Date() } }).lean();
}

/** Takes a token that still counts, or answers null: of two callers at once, one gets it. */
export async function takeLink(purpose: LinkPurpose, token: string): Promise<StaffLinkRow | null> {
  const tokenHash = hashOf(purpose, token);
  return StaffLinkModel.findOneAndDelete({
    purpose,
    tokenHash,
    expiresAt: { $gt: new Date() },
  }).lean();
}

/** Makes all links of an account useless. */
export async function dropLinks(accountId: Types.ObjectId): Promise<void> {
  await StaffLinkModel.deleteMany({ accountId });
}
