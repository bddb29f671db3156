import type { ExtensionReason, RefusalGround } from '../../../server/features/requests/grounds.ts';

/** The rights that the demo's people use. */
export const demoRights = [
  'access',
  'correction',
  'deletion',
  'portability',
  'restriction',
  'objection',
] as const;
export type DemoRight = (typeof demoRights)[number];

/** The grounds on which they are refused. */
export const demoGrounds = [
  'manifestly-unfounded',
  'excessive',
  'identity-not-proved',
  'no-data-held',
  'not-controller',
  'legal-obligation',
  'legal-claims',
  'rights-of-others',
  'still-needed',
  'data-are-accurate',
  'compelling-grounds',
  'not-based-on-consent-or-contract',
  'other-exemption',
] as const satisfies readonly RefusalGround[];
export type DemoGround = (typeof demoGrounds)[number];

export const tones = ['plain', 'worried', 'annoyed', 'lawyer'] as const;
export type Tone = (typeof tones)[number];

/** What the people of the demo write. `{thing}` and `{account}` are words of the organisation. */
export interface Phrases {
  openings: Record<Tone, readonly string[]>;
  closings: Record<Tone, readonly string[]>;
  wishes: Record<DemoRight, readonly string[]>;
  /** What patients add or ask for instead, where health records are kept. */
  patientWishes: Record<DemoRight, readonly string[]>;
  /** What a correction names. */
  correction: { field: string; present: string; wanted: string };
  questions: readonly string[];
  replies: readonly string[];
  thanks: readonly string[];
  notes: readonly string[];
  /** How somebody at the office knew the person. */
  proof: string;
  extensions: Record<ExtensionReason, readonly string[]>;
  refusals: Record<DemoGround, readonly string[]>;
  completions: Record<DemoRight, readonly string[]>;
}

export type DemoLanguage = 'en' | 'de';
