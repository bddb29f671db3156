import { createHmac, randomBytes } from 'node:crypto';
import { Types } from 'mongoose';
import { identityFigures, type PointId } from '../../../config/identity.ts';
import { inTransaction } from '../../database/transaction.ts';
import { callOutside, isCallable, Unreachable } from '../../outbound.ts';
import { invalidField } from '../../problem.ts';
import { bytesOf, createDataKey, loadDataKey } from '../../security/data-keys.ts';
import { seal, unseal } from '../../security/encryption.ts';
import { newToken } from '../../security/tokens.ts';
import { recordAudit, type OrganizationActor } from '../audit/service.ts';
import { MatchEndpointModel, type MatchEndpointRow } from './proof-model.ts';
import type { EndpointEdit } from './rules-schema.ts';

const placeOf = (id: Types.ObjectId) => ({
  collection: 'matchEndpoints',
  row: id,
  field: 'secret',
});

/** Where an organisation's own system answers whether points match; null when it has none. */
export async function matchEndpoint(
  organizationId: Types.ObjectId,
): Promise<MatchEndpointRow | null> {
  return MatchEndpointModel.findOne({ organizationId }).lean();
}

/**
 * Sets up where points are checked. A new address gets a new secret, which is returned this once;
 * null while the address stays. @throws Problem invalid for an address that may not be called.
 */
export async function setMatchEndpoint(
  actor: OrganizationActor,
  { url, sends, points }: EndpointEdit,
): Promise<string | null> {
  if (!isCallable(url)) {
    throw invalidField('url', 'url.inner', 'url may not be called');
  }
  const { organizationId } = actor;
  return inTransaction(async () => {
    const known = await matchEndpoint(organizationId);
    const target = { kind: 'organization', id: organizationId };
    await recordAudit(actor, 'identity.endpoint-set', target, { sends, points: points.join(' ') });
    if (known?.url === url) {
      await MatchEndpointModel.updateOne({ organizationId }, { sends, points });
      return null;
    }
    const id = known?._id ?? new Types.ObjectId();
    const key = known
      ? await loadDataKey(known.keyId)
      : await createDataKey(organizationId, 'identity');
    const secret = newToken();
    const sealedSecret = seal(key, placeOf(id), Buffer.from(secret));
    const set = { url, sends, points, keyId: key.id, sealedSecret };
    if (known) await MatchEndpointModel.updateOne({ organizationId }, set);
    else await MatchEndpointModel.create({ _id: id, organizationId, ...set });
    return secret;
  });
}

/** Stops the comparison of points. */
export async function removeMatchEndpoint(actor: OrganizationActor): Promise<void> {
  const { organizationId } = actor;
  await inTransaction(async () => {
    await MatchEndpointModel.deleteOne({ organizationId });
    const target = { kind: 'organization', id: organizationId };
    await recordAudit(actor, 'identity.endpoint-removed', target);
  });
}

/** What the endpoint said. */
export interface Verdict {
  matched: number;
  /** The contact point changed in the last 30 days. */
  contactChanged: boolean;
}

/** One spelling of a value for both sides, so that its hash can be compared. */
const plain = (value: string) => value.normalize('NFKC').trim().toLowerCase();

const saltedHash = (salt: string, value: string) =>
  createHmac('sha256', salt).update(plain(value)).digest('hex');

/** The signature of a call: `t=<seconds>,v1=<hex>`, over time and body. */
export const signatureOf = (secret: string, seconds: number, body: string) =>
  `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;

function readVerdict(text: string, asked: number): Verdict | null {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return null;
  }
  const { matched, of, contactChanged } = (answer ?? {}) as Record<string, unknown>;
  const isCount = Number.isInteger(matched) && (matched as number) >= 0 && of === asked;
  if (!isCount || (matched as number) > asked) return null;
  return { matched: matched as number, contactChanged: contactChanged === true };
}

/**
 * Asks the organisation's own system how many points match. Values leave us only here, signed, and
 * nothing of them is stored. @throws Unreachable when there is no usable answer.
 */
export async function askEndpoint(
  row: MatchEndpointRow,
  about: { reference: string; email: string },
  points: Partial<Record<PointId, string>>,
): Promise<Verdict> {
  const key = await loadDataKey(row.keyId);
  const secret = unseal(key, placeOf(row._id), bytesOf(row.sealedSecret)).toString();
  const salt = randomBytes(16).toString('hex');
  const shown = (value: string) =>
    row.sends === 'hashes' ? saltedHash(salt, value) : value.trim();
  const entries = Object.entries(points);
  const body = JSON.stringify({
    kind: 'identity.match',
    reference: about.reference,
    sends: row.sends,
    ...(row.sends === 'hashes' && { salt }),
    email: shown(about.email),
    points: Object.fromEntries(entries.map(([name, value]) => [name, shown(value)])),
  });
  const seconds = Math.floor(Date.now() / 1000);
  const { status, text } = await callOutside(row.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'habeas-signature': signatureOf(secret, seconds, body),
    },
    body,
    timeoutMs: identityFigures.endpointTimeoutMs,
    maxBytes: identityFigures.endpointReplyBytes,
  });
  const verdict = status === 200 ? readVerdict(text, entries.length) : null;
  if (!verdict) throw new Unreachable('The endpoint gave no usable answer.');
  return verdict;
}
