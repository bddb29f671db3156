import type { Types } from 'mongoose';
import { identityFigures } from '../../../config/identity.ts';
import type { DataClass, IdentityLevel, RightId } from '../../../config/rights.ts';
import { Problem } from '../../problem.ts';
import { loadDataKey } from '../../security/data-keys.ts';
import { sealJson } from '../../security/encryption.ts';
import { recordAudit, type Actor, type OrganizationActor } from '../audit/service.ts';
import { matchEndpoint } from './endpoint.ts';
import {
  changedLevel,
  decideLevel,
  levelProved,
  waysToProve,
  type LevelDecision,
  type Proof,
  type Way,
} from './levels.ts';
import { IdentityCaseModel, type EvidenceRow, type IdentityCaseRow } from './proof-model.ts';
import { identityRules, mayAskForDocument } from './rules.ts';

const DAY = 86_400_000;

/** What a request tells about itself when its level is decided. */
export interface OfRequest {
  requestId: Types.ObjectId;
  right: RightId;
  dataClass: DataClass;
  needsProof: boolean;
}

const targetOf = (requestId: Types.ObjectId) => ({ kind: 'request', id: requestId });

const factsOf = ({ level, reasons }: LevelDecision) => ({
  level,
  reasons: reasons.map(({ code }) => code).join(' '),
});

/**
 * Decides how surely the person behind a new request must be known, in the caller's transaction,
 * and says why in the audit trail.
 */
export async function openIdentityCase(
  actor: OrganizationActor,
  { requestId, right, dataClass, needsProof }: OfRequest,
  proofs: readonly Proof[] = [],
): Promise<LevelDecision> {
  const { organizationId } = actor;
  const rules = await identityRules(organizationId);
  const freshSession = proofs.some(({ kind }) => /^(?:fresh|strong)-sign-in$/u.test(kind));
  const decision = decideLevel(rules.levels, {
    right,
    dataClass,
    needsProof,
    contactChanged: false,
    deliveryDiffers: false,
    freshSession,
  });
  await IdentityCaseModel.create({
    organizationId,
    requestId,
    right,
    rulesVersion: rules.version,
    required: decision.level,
    reasons: decision.reasons,
    evidence: proofs.map(({ kind }) => evidenceRow(actor, { kind })),
  });
  await recordAudit(actor, 'identity.level-decided', targetOf(requestId), factsOf(decision));
  return decision;
}

/** @throws Problem not-found */
export async function identityCase(
  organizationId: Types.ObjectId,
  requestId: Types.ObjectId,
): Promise<IdentityCaseRow> {
  const row = await IdentityCaseModel.findOne({ requestId, organizationId }).lean();
  if (!row) throw new Problem('not-found', 'Nothing is known of an identity here.');
  return row;
}

function evidenceRow(
  { kind: by, id }: Actor,
  { kind, matched = null }: Proof,
  asked: number | null = null,
): EvidenceRow {
  return {
    kind,
    at: new Date(),
    by: by === 'staff' || by === 'machine' ? 'staff' : 'subject',
    accountId: by === 'staff' ? id : null,
    matched,
    asked,
  };
}

/**
 * Adds a proof to a case, in the caller's transaction, and returns how surely the person is known
 * now. The trail names the kind of evidence, never the evidence.
 */
export async function addEvidence(
  actor: OrganizationActor,
  requestId: Types.ObjectId,
  proof: Proof,
  asked: number | null = null,
): Promise<IdentityLevel> {
  const { organizationId } = actor;
  const row = await IdentityCaseModel.findOneAndUpdate(
    { requestId, organizationId },
    { $push: { evidence: evidenceRow(actor, proof, asked) } },
    { returnDocument: 'after' },
  ).lean();
  if (!row) throw new Problem('not-found', 'Nothing is known of an identity here.');
  const level = levelProved(row.evidence);
  if (level >= row.required) await stopAsking(row);
  await recordAudit(actor, 'identity.evidence-added', targetOf(requestId), {
    kind: proof.kind,
    matched: proof.matched ?? null,
    asked,
    level,
    required: row.required,
  });
  return level;
}

/** What changed about a request since its level was decided. */
export interface ChangedCircumstances {
  contactChanged: boolean;
  deliveryDiffers: boolean;
}

/**
 * Decides the level anew, in the caller's transaction; what is not said stays as it was. A person
 * who has been proved is asked for nothing more.
 */
export async function changeCircumstances(
  actor: OrganizationActor,
  { requestId, right, dataClass, needsProof }: OfRequest,
  changed: Partial<ChangedCircumstances>,
): Promise<IdentityLevel> {
  const { organizationId } = actor;
  const { levels } = await identityRules(organizationId);
  const row = await identityCase(organizationId, requestId);
  const { contactChanged, deliveryDiffers } = { ...row, ...changed };
  const decision = decideLevel(levels, {
    right,
    dataClass,
    needsProof,
    contactChanged,
    deliveryDiffers,
    freshSession: row.reasons.some(({ code }) => code === 'fresh-session'),
  });
  const proven = levelProved(row.evidence);
  const required = changedLevel(row.required, proven, decision.level);
  await IdentityCaseModel.updateOne(
    { _id: row._id, organizationId },
    { contactChanged, deliveryDiffers, required, reasons: decision.reasons },
  );
  await recordAudit(
    actor,
    'identity.level-decided',
    targetOf(requestId),
    factsOf({ ...decision, level: required }),
  );
  return required;
}

/** How a case stands, for both sides. */
export interface CaseStanding {
  required: IdentityLevel;
  proven: IdentityLevel;
  reasons: LevelDecision['reasons'];
  evidence: EvidenceRow[];
  ways: Way[];
}

/** What proves the identity so far, why this level, and what is still needed. */
export async function caseStanding(row: IdentityCaseRow): Promise<CaseStanding> {
  const { organizationId, evidence, required, reasons } = row;
  const rules = await identityRules(organizationId);
  const endpoint = await matchEndpoint(organizationId);
  const ways = waysToProve(required, evidence, {
    points: endpoint !== null && row.setsTried < identityFigures.sets,
    declaration: rules.declaration,
    document: row.documentAsk !== null,
  });
  return { required, proven: levelProved(evidence), reasons, evidence, ways };
}

/** When a case that its person does not answer is closed. */
export const closesAt = (askedAt: Date) =>
  new Date(askedAt.getTime() + identityFigures.closeAfterDays * DAY);

/** Notes since when the person is asked for more, in the caller's transaction; reminders follow. */
export async function beginAsking(
  organizationId: Types.ObjectId,
  requestId: Types.ObjectId,
  askedAt = new Date(),
): Promise<void> {
  const [first] = identityFigures.remindAfterDays;
  await IdentityCaseModel.updateOne(
    { requestId, organizationId },
    { askedAt, reminded: 0, nextActionAt: new Date(askedAt.getTime() + first * DAY) },
  );
}

async function stopAsking({ _id, organizationId }: IdentityCaseRow): Promise<void> {
  await IdentityCaseModel.updateOne({ _id, organizationId }, { nextActionAt: null });
}

/**
 * Lets the person upload a document, in the caller's transaction: only where the organisation's
 * rules allow it for this right, and with a reason that is kept with the request.
 * @throws Problem not-allowed-now (`documents-off`)
 */
export async function askForDocument(
  actor: OrganizationActor,
  {
    requestId,
    keyId,
    reason,
  }: { requestId: Types.ObjectId; keyId: Types.ObjectId; reason: string },
): Promise<void> {
  const { organizationId } = actor;
  const row = await identityCase(organizationId, requestId);
  if (!mayAskForDocument(await identityRules(organizationId), row.right)) {
    throw new Problem(
      'not-allowed-now',
      'The rules of this organisation allow no documents here.',
      {
        code: 'documents-off',
      },
    );
  }
  const place = { collection: 'identityCases', row: row._id, field: 'documentAsk' };
  const sealed = sealJson(await loadDataKey(keyId), place, reason);
  await IdentityCaseModel.updateOne(
    { _id: row._id, organizationId },
    { documentAsk: { at: new Date(), accountId: actor.id ?? '', sealed } },
  );
  await recordAudit(actor, 'identity.document-asked', targetOf(requestId));
}

/** Marks a deletion as checked by a second pair of eyes, in the caller's transaction. */
export async function markChecked(
  actor: OrganizationActor,
  requestId: Types.ObjectId,
): Promise<void> {
  const { organizationId, id } = actor;
  await IdentityCaseModel.updateOne({ requestId, organizationId }, { checkedBy: id });
  await recordAudit(actor, 'identity.deletion-checked', targetOf(requestId));
}

/** What a case that waits for its person asks for now. */
export interface DueCase {
  row: IdentityCaseRow;
  what: 'remind' | 'close';
}

/** The next case whose person has not answered, in any organisation; null when none is due. */
export async function dueIdentityCase(): Promise<DueCase | null> {
  const row = await IdentityCaseModel.findOne({ nextActionAt: { $lte: new Date() } }, null, {
    acrossOrganizations: true,
  })
    .sort({ nextActionAt: 1 })
    .lean();
  if (!row) return null;
  const isLast = row.reminded >= identityFigures.remindAfterDays.length;
  return { row, what: isLast ? 'close' : 'remind' };
}

/**
 * Takes what is due, in the caller's transaction, and sets the next date; false when another worker
 * was faster.
 */
export async function takeDueCase({ row, what }: DueCase): Promise<boolean> {
  const { _id, organizationId, askedAt, nextActionAt } = row;
  const reminded = row.reminded + (what === 'remind' ? 1 : 0);
  const days = identityFigures.remindAfterDays[reminded] ?? identityFigures.closeAfterDays;
  const next = askedAt && new Date(askedAt.getTime() + days * DAY);
  const { matchedCount } = await IdentityCaseModel.updateOne(
    { _id, organizationId, nextActionAt },
    { reminded, nextActionAt: what === 'remind' ? next : null },
  );
  return matchedCount === 1;
}

/** Looks at a case later: it could not be dealt with now. */
export async function postponeCase({ _id, organizationId }: IdentityCaseRow): Promise<void> {
  const nextActionAt = new Date(Date.now() + 5 * 60_000);
  await IdentityCaseModel.updateOne({ _id, organizationId }, { nextActionAt });
}
