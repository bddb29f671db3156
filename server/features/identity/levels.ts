import { evidenceKinds, type EvidenceKind, type LevelTable } from '../../../config/identity.ts';
import {
  rightsWithoutProof,
  type DataClass,
  type IdentityLevel,
  type RightId,
} from '../../../config/rights.ts';

/** What decides how surely a person must be known. */
export interface Circumstances {
  right: RightId;
  dataClass: DataClass;
  /** False where the law lets nobody ask, whatever the right is called. */
  needsProof: boolean;
  /** The contact point is new, or changed within 30 days. */
  contactChanged: boolean;
  /** The answer shall go elsewhere than the organisation's record says. */
  deliveryDiffers: boolean;
  /** Signed in within the last ten minutes at the organisation. */
  freshSession: boolean;
}

export type LevelReason =
  'never-asked' | 'right' | 'sensitive' | 'contact-changed' | 'delivery-differs' | 'fresh-session';

/** A level with what led to it, step by step. */
export interface LevelDecision {
  level: IdentityLevel;
  reasons: { code: LevelReason; level: IdentityLevel }[];
}

const clamp = (level: number) => Math.min(3, Math.max(0, level)) as IdentityLevel;

/**
 * How surely a person must be known. Opting out, reporting and complaining are never made harder:
 * whatever the table or the circumstances say, they stay at 0 (11 CCR 7060(b)).
 */
export function decideLevel(
  table: LevelTable,
  { right, dataClass, needsProof, contactChanged, deliveryDiffers, freshSession }: Circumstances,
): LevelDecision {
  if (!needsProof || rightsWithoutProof.includes(right)) {
    return { level: 0, reasons: [{ code: 'never-asked', level: 0 }] };
  }
  const { ordinary, sensitive } = table[right];
  const reasons: LevelDecision['reasons'] = [{ code: 'right', level: ordinary }];
  // Held between the limits at the end alone: what speaks for caution is not lost on the way.
  let level: number = ordinary;
  const step = (code: LevelReason, to: number) => {
    level = to;
    reasons.push({ code, level: clamp(level) });
  };
  if (dataClass !== 'ordinary' && sensitive !== ordinary) step('sensitive', sensitive);
  // What needs no proof is not made harder either.
  if (level > 0 && contactChanged) step('contact-changed', level + 1);
  if (level > 0 && deliveryDiffers) step('delivery-differs', level + 1);
  if (freshSession) step('fresh-session', level - 1);
  return { level: clamp(level), reasons };
}

/**
 * The level after the circumstances changed. Once the person has been proved, nothing raises it any
 * more.
 */
export function changedLevel(
  before: IdentityLevel,
  proven: IdentityLevel,
  decided: IdentityLevel,
): IdentityLevel {
  return proven >= before ? clamp(Math.min(before, decided)) : decided;
}

/** What was proved, without the evidence itself. */
export interface Proof {
  kind: EvidenceKind;
  /** Of data points: how many matched. */
  matched?: number | null;
}

/**
 * How surely a person is known. Level 2 is level 1 and two matching points; level 3 is level 2, a
 * third point and a declaration, or level 1 and a document that staff accepted.
 */
export function levelProved(proofs: readonly Proof[]): IdentityLevel {
  const has = (kind: EvidenceKind) => proofs.some((proof) => proof.kind === kind);
  const matched = Math.max(0, ...proofs.map((proof) => proof.matched ?? 0));
  let level = Math.max(0, ...proofs.map(({ kind }) => evidenceKinds[kind])) as IdentityLevel;
  if (level === 0) return 0;
  if (has('document')) return 3;
  if (matched >= 2 && level < 2) level = 2;
  return level === 2 && matched >= 3 && has('declaration') ? 3 : level;
}

const USUAL = { 1: 'mailbox', 2: 'fresh-sign-in', 3: 'strong-sign-in' } as const;
const BY_STAFF = { 1: 'contact-checked', 2: 'known-person', 3: 'in-person' } as const;

/** The evidence that a channel brought along: named by its method, or by what it is worth. */
export function proofOf({
  level,
  method,
}: {
  level: Exclude<IdentityLevel, 0>;
  method: string;
}): Proof {
  if (method.startsWith('staff:')) return { kind: BY_STAFF[level] };
  const isKnown = (kind: string): kind is EvidenceKind => Object.hasOwn(evidenceKinds, kind);
  return { kind: isKnown(method) && evidenceKinds[method] === level ? method : USUAL[level] };
}

/** The ways in which a person can prove more. */
export type Way = 'data-points' | 'declaration' | 'document' | 'office';

/**
 * What is still needed, each a way of its own: nothing when the level is reached. `office` stands
 * for what only staff can do: they know the person, or meet them.
 */
export function waysToProve(
  required: IdentityLevel,
  proofs: readonly Proof[],
  open: { points: boolean; declaration: boolean; document: boolean },
): Way[] {
  if (levelProved(proofs) >= required || required < 2) return [];
  const matched = Math.max(0, ...proofs.map((proof) => proof.matched ?? 0));
  const isDeclared = proofs.some(({ kind }) => kind === 'declaration');
  const ways: Way[] = [];
  const canReachByPoints = required === 2 || open.declaration || isDeclared;
  if (open.points && canReachByPoints && matched < required) ways.push('data-points');
  if (required === 3 && open.declaration && !isDeclared && (open.points || matched >= 3)) {
    ways.push('declaration');
  }
  if (open.document) ways.push('document');
  return ways.length > 0 ? ways : ['office'];
}
