import type { CategoryId } from '../../config/consent.ts';

/** When something was seen: before any choice, after refusing, after accepting. */
export const scanPhases = ['before', 'refused', 'accepted'] as const;
export type ScanPhase = (typeof scanPhases)[number];

export const traceKinds = ['cookie', 'local', 'session', 'indexed', 'request'] as const;
export type TraceKind = (typeof traceKinds)[number];

/** `unknown`: neither a table nor the declaration says what it is for. */
export type TraceCategory = CategoryId | 'unknown';

/** What a page left in the browser, or whom it called. */
export interface Trace {
  kind: TraceKind;
  /** Name of a cookie or an entry; host of a request. */
  name: string;
  /** Host that keeps it, or was called. */
  host: string;
  /** Origin and path of the page on which it was first seen. */
  page: string;
  phase: ScanPhase;
  /** How long a cookie lives: 0 until the browser is closed; null for what has no life of its own. */
  days: number | null;
  category: TraceCategory;
  /** Who it belongs to, as far as is known. */
  company: string | null;
  isThirdParty: boolean;
}

export const violationCodes = [
  'before-consent',
  'after-refusal',
  'undeclared',
  'no-refusal',
  'not-honoured',
] as const;

/**
 * `before-consent`, `after-refusal`: something optional was there. `undeclared`: nothing says what it is.
 * `no-refusal`: a banner that can be accepted but not refused on its first layer. `not-honoured`: the
 * banner asks again although it was refused.
 */
export interface Violation {
  code: (typeof violationCodes)[number];
  trace: Trace | null;
}

/** A declared cookie, entry or host; what is declared is measured against what is seen. */
export interface Declaration {
  cookies: { name: string; category: CategoryId }[];
  hosts: { host: string; category: CategoryId }[];
}

export interface ScanReport {
  url: string;
  scannedAt: Date;
  /** The consent manager that was recognised; null when none was, or when there is no banner. */
  manager: string | null;
  canAccept: boolean;
  canRefuse: boolean;
  pages: string[];
  hasDeclaration: boolean;
  traces: Trace[];
  violations: Violation[];
}
