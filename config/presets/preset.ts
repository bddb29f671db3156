import type { Commitments, ContactRole } from '../commitments.ts';
import type { LegalBasis, Retention, SourceKind, Transfer } from '../inventory.ts';
import { regimeIds, type RegimeId } from '../regimes.ts';
import type { ControllerRole, DataClass, RightId } from '../rights.ts';

export interface PresetPurpose {
  /** Its words are `presets.purpose.<id>`. */
  readonly id: string;
  readonly basis: LegalBasis;
  readonly isDirectMarketing?: true;
}

export interface PresetRecipient {
  /** Its words are `presets.recipient.<id>`. */
  readonly id: string;
  /** Sees data that are processed for customers. */
  readonly isSubcontractor?: true;
}

export interface PresetCategory {
  /** Its words are `presets.category.<id>`. */
  readonly id: string;
  readonly dataClass?: Exclude<DataClass, 'ordinary'>;
  readonly isDesignatedRecordSet?: true;
  readonly role?: Exclude<ControllerRole, 'controller'>;
  readonly sources: readonly SourceKind[];
  readonly purposes: readonly string[];
  readonly recipients: readonly string[];
  readonly retention: Retention;
  readonly transfers?: readonly Transfer[];
}

/** What a kind of organisation starts with: the promises of its privacy notice, ready to be kept. */
export interface Preset extends Commitments {
  readonly id: string;
  readonly regimes: readonly RegimeId[];
  readonly rights: readonly RightId[];
  /** Days in which an answer is promised; null where the law alone gives the date. */
  readonly promiseDays: number | null;
  readonly languages: readonly string[];
  /** The contacts that its privacy notice names. */
  readonly contacts: readonly ContactRole[];
  readonly purposes: readonly PresetPurpose[];
  readonly recipients: readonly PresetRecipient[];
  readonly categories: readonly PresetCategory[];
}

/** The laws under which people in the United States may ask; where each lives tells which. */
export const unitedStates: readonly RegimeId[] = regimeIds.filter(
  (id) => ['ccpa', 'hipaa', 'can-spam'].includes(id) || id.startsWith('us-'),
);

/** Taken from everybody, whatever a privacy notice lists. */
export const alwaysOffered = [
  'sale-opt-out',
  'marketing-opt-out',
  'appeal',
  'complaint',
  'child-report',
  'security-report',
] as const satisfies RightId[];

/** What patients ask for; a business associate forwards it. */
export const rightsOfPatients = ['amendment', 'disclosure-accounting'] as const satisfies RightId[];

const YEAR = 12;

type Anchor = Retention['anchor'];
type Span = { years: number } | { months: number };
const monthsOf = (span: Span) => ('years' in span ? span.years * YEAR : span.months);

export const keepUntil = (anchor: Anchor): Retention => ({
  anchor,
  atLeastMonths: null,
  atMostMonths: null,
});
export const keepAtLeast = (span: Span, anchor: Anchor): Retention => ({
  anchor,
  atLeastMonths: monthsOf(span),
  atMostMonths: null,
});
export const keepAtMost = (span: Span, anchor: Anchor): Retention => ({
  anchor,
  atLeastMonths: null,
  atMostMonths: monthsOf(span),
});
export const keepBetween = (least: Span, most: Span, anchor: Anchor): Retention => ({
  anchor,
  atLeastMonths: monthsOf(least),
  atMostMonths: monthsOf(most),
});
