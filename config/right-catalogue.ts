/**
 * What each right needs, as data: where it is offered, what its form asks, how it may end. The
 * words are in `templates/locales/<language>`: `right-form.json` and `outcomes.json`.
 */

import { marketingTopics } from './message-topics.ts';
import { regimeIds, type RegimeId } from './regimes.ts';
import type { DataClass, RightId } from './rights.ts';

/** The headings under which the privacy centre shows what somebody may ask. */
export const rightGroups = ['see', 'change', 'stop', 'tell'] as const;
export type RightGroup = (typeof rightGroups)[number];

export interface Question {
  /** Names the answer in a request's contents. */
  readonly id: string;
  readonly kind: 'text' | 'textarea' | 'choice' | 'date' | 'checkbox';
  readonly required?: true;
  /** Of a choice; the first one is chosen until somebody chooses another. */
  readonly options?: readonly string[];
  /** Of a date: the first day that may be named, and how many years back at most. */
  readonly earliest?: string;
  readonly yearsBack?: number;
  /** Asked only under one of these regimes. */
  readonly regimes?: readonly RegimeId[];
  readonly dataClasses?: readonly DataClass[];
}

export const outcomeKinds = [
  'completed',
  'partial',
  'refused',
  'not-verifiable',
  'forwarded',
] as const;
export type OutcomeKind = (typeof outcomeKinds)[number];

/** What an answer may list; a statement is the person's, against a refused amendment. */
export const answerItemKinds = ['kept', 'change', 'disclosure', 'statement'] as const;
export type AnswerItemKind = (typeof answerItemKinds)[number];

export interface RightEntry {
  readonly group: RightGroup;
  readonly icon: string;
  /** What most people come for: shown first where the law gives it. */
  readonly isCommon?: true;
  /** Whose law gives this right; absent: every organisation owes it to everybody. */
  readonly givenBy?: readonly RegimeId[];
  /** Given for these data only. */
  readonly dataClasses?: readonly DataClass[];
  readonly questions: readonly Question[];
  /** Whether the form has a field for whatever else there is to say. */
  readonly details: boolean;
  /** Opt-outs need no name (11 CCR 7060(b)); where it is missing it may be left out. */
  readonly name?: 'optional' | 'none';
  readonly outcomes: readonly OutcomeKind[];
  /** Which way a completed request went; one of them is then required. */
  readonly results?: readonly string[];
  /** What an answer lists, beside the categories kept of a partial one. */
  readonly items?: AnswerItemKind;
  /** The person says it a second time before anything is done (11 CCR 7020(d)). */
  readonly secondConfirmation?: true;
  /** Takes effect with the request itself (GDPR Art. 21(3)). */
  readonly fulfilledAtOnce?: true;
  /** Days within which we want it done, whatever the law allows; 0 is the same day. */
  readonly targetDays?: number;
}

/** The privacy laws of the United States for all but health records. */
export const unitedStates: readonly RegimeId[] = regimeIds.filter(
  (id) => id === 'ccpa' || id.startsWith('us-'),
);

const any = ['completed', 'partial', 'refused', 'not-verifiable', 'forwarded'] as const;
const withoutProof = ['completed', 'refused', 'forwarded'] as const;

/** 1798.130(a)(2)(B), 11 CCR 7020(e): twelve months, or back to 2022 if the person wishes. */
const lookBack = {
  id: 'from',
  kind: 'date',
  earliest: '2022-01-01',
  regimes: ['ccpa'],
} as const satisfies Question;

/** An objection to this purpose takes effect at once. */
export const DIRECT_MARKETING = 'direct-marketing';

export const rightCatalogue: Readonly<Record<RightId, RightEntry>> = {
  access: {
    group: 'see',
    icon: 'eye',
    isCommon: true,
    questions: [
      // 45 CFR 164.524(c)(2): in the form and format asked for.
      { id: 'format', kind: 'choice', options: ['electronic', 'paper'], dataClasses: ['phi'] },
      lookBack,
    ],
    details: true,
    outcomes: any,
  },
  'access-categories': {
    group: 'see',
    icon: 'list',
    givenBy: ['gdpr', 'uk-gdpr', ...unitedStates],
    questions: [lookBack],
    details: true,
    outcomes: any,
  },
  portability: {
    group: 'see',
    icon: 'move',
    isCommon: true,
    givenBy: ['gdpr', 'uk-gdpr', 'hipaa', ...unitedStates],
    questions: [{ id: 'destination', kind: 'text' }],
    details: true,
    outcomes: any,
  },
  'disclosure-accounting': {
    group: 'see',
    icon: 'users',
    givenBy: ['hipaa'],
    dataClasses: ['phi'],
    questions: [{ id: 'from', kind: 'date', yearsBack: 6 }],
    details: true,
    outcomes: any,
    items: 'disclosure',
  },
  correction: {
    group: 'change',
    icon: 'pencil',
    isCommon: true,
    questions: [
      { id: 'field', kind: 'text', required: true },
      { id: 'present', kind: 'text' },
      { id: 'wanted', kind: 'textarea', required: true },
    ],
    details: true,
    outcomes: any,
    items: 'change',
  },
  deletion: {
    group: 'change',
    icon: 'trash',
    isCommon: true,
    questions: [],
    details: true,
    outcomes: any,
    secondConfirmation: true,
  },
  amendment: {
    group: 'change',
    icon: 'pencil',
    givenBy: ['hipaa'],
    dataClasses: ['phi'],
    questions: [
      { id: 'field', kind: 'text', required: true },
      { id: 'wanted', kind: 'textarea', required: true },
      // 45 CFR 164.526(b)(1): in writing, with a reason; (c)(3): who shall learn of it.
      { id: 'reason', kind: 'textarea', required: true },
      { id: 'inform', kind: 'textarea' },
    ],
    details: false,
    outcomes: any,
    items: 'change',
  },
  'automated-review': {
    group: 'change',
    icon: 'refresh',
    givenBy: ['gdpr', 'uk-gdpr', ...unitedStates],
    questions: [
      { id: 'decision', kind: 'text', required: true },
      { id: 'decided-on', kind: 'date' },
      { id: 'view', kind: 'textarea' },
    ],
    details: false,
    outcomes: any,
    results: ['changed', 'confirmed'],
  },
  'marketing-opt-out': {
    group: 'stop',
    icon: 'mail',
    isCommon: true,
    questions: [{ id: 'topic', kind: 'choice', options: marketingTopics }],
    details: false,
    name: 'none',
    outcomes: ['completed'],
    fulfilledAtOnce: true,
  },
  objection: {
    group: 'stop',
    icon: 'hand',
    isCommon: true,
    givenBy: ['gdpr', 'uk-gdpr'],
    questions: [
      {
        id: 'purpose',
        kind: 'choice',
        required: true,
        options: [DIRECT_MARKETING, 'profiling', 'statistics', 'research', 'other'],
      },
      { id: 'situation', kind: 'textarea' },
    ],
    details: false,
    outcomes: any,
  },
  'consent-withdrawal': {
    group: 'stop',
    icon: 'hand',
    questions: [{ id: 'consent', kind: 'text' }],
    details: false,
    outcomes: any,
  },
  'sale-opt-out': {
    group: 'stop',
    icon: 'hand',
    isCommon: true,
    givenBy: unitedStates,
    questions: [],
    details: false,
    name: 'none',
    outcomes: withoutProof,
  },
  'limit-sensitive': {
    group: 'stop',
    icon: 'lock',
    givenBy: unitedStates,
    questions: [],
    details: false,
    name: 'none',
    outcomes: withoutProof,
  },
  restriction: {
    group: 'stop',
    icon: 'pause',
    givenBy: ['gdpr', 'uk-gdpr', 'hipaa'],
    questions: [
      {
        id: 'reason',
        kind: 'choice',
        required: true,
        options: ['accuracy-contested', 'unlawful', 'legal-claims', 'objection-pending'],
        regimes: ['gdpr', 'uk-gdpr'],
      },
      // 45 CFR 164.522(a)(1)(vi): then a health plan must not be told.
      { id: 'paid', kind: 'checkbox', regimes: ['hipaa'] },
    ],
    details: true,
    outcomes: any,
  },
  complaint: {
    group: 'tell',
    icon: 'flag',
    isCommon: true,
    questions: [
      { id: 'complaint', kind: 'textarea', required: true },
      { id: 'remedy', kind: 'textarea' },
    ],
    details: false,
    name: 'optional',
    outcomes: withoutProof,
    results: ['upheld', 'partly-upheld', 'not-upheld'],
  },
  'child-report': {
    group: 'tell',
    icon: 'user',
    questions: [
      {
        id: 'relation',
        kind: 'choice',
        required: true,
        options: ['parent', 'guardian', 'representative', 'myself', 'other'],
      },
      { id: 'age', kind: 'choice', required: true, options: ['under-13', '13-15', '16-17'] },
      { id: 'child', kind: 'textarea', required: true },
    ],
    details: false,
    name: 'optional',
    outcomes: withoutProof,
    results: ['deleted', 'nothing-found'],
    targetDays: 3,
  },
  'security-report': {
    group: 'tell',
    icon: 'shield',
    questions: [
      { id: 'incident', kind: 'textarea', required: true },
      { id: 'noticed-on', kind: 'date' },
      { id: 'ongoing', kind: 'choice', options: ['unknown', 'yes', 'no'] },
    ],
    details: false,
    name: 'optional',
    outcomes: withoutProof,
    results: ['confirmed', 'not-confirmed'],
    targetDays: 0,
  },
  appeal: {
    group: 'tell',
    icon: 'send',
    questions: [
      { id: 'reference', kind: 'text', required: true },
      { id: 'reason', kind: 'textarea', required: true },
    ],
    details: false,
    outcomes: ['completed', 'partial', 'refused', 'not-verifiable', 'forwarded'],
    results: ['granted', 'partly-granted', 'denied'],
  },
};

interface AnswerItemField {
  readonly id: string;
  readonly kind: 'text' | 'textarea' | 'date' | 'ground';
  readonly required?: true;
}

/** What one item of each list says. */
export const answerItemFields: Readonly<Record<AnswerItemKind, readonly AnswerItemField[]>> = {
  kept: [
    { id: 'category', kind: 'text', required: true },
    { id: 'reason', kind: 'ground', required: true },
    { id: 'law', kind: 'text' },
    { id: 'deleted-on', kind: 'date' },
  ],
  change: [
    { id: 'field', kind: 'text', required: true },
    { id: 'before', kind: 'text' },
    { id: 'after', kind: 'text', required: true },
  ],
  // 45 CFR 164.528(b)(2).
  disclosure: [
    { id: 'disclosed-on', kind: 'date', required: true },
    { id: 'recipient', kind: 'text', required: true },
    { id: 'what', kind: 'text', required: true },
    { id: 'purpose', kind: 'text', required: true },
  ],
  // 45 CFR 164.526(d)(2).
  statement: [{ id: 'text', kind: 'textarea', required: true }],
};
