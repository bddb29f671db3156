import type { RightId } from '../../../config/regimes.ts';
import type { ExtensionReason, RefusalGround } from '../../../server/features/requests/grounds.ts';

export const tones = ['plain', 'worried', 'annoyed', 'lawyer'] as const;
export type Tone = (typeof tones)[number];

/** What the people of the demo write. `{thing}` and `{account}` are words of the organisation. */
export interface Phrases {
  openings: Record<Tone, readonly string[]>;
  closings: Record<Tone, readonly string[]>;
  wishes: Record<RightId, readonly string[]>;
  /** What patients add or ask for instead, where health records are kept. */
  patientWishes: Record<RightId, readonly string[]>;
  questions: readonly string[];
  replies: readonly string[];
  thanks: readonly string[];
  notes: readonly string[];
  extensions: Record<ExtensionReason, readonly string[]>;
  refusals: Record<RefusalGround, readonly string[]>;
  completions: Record<RightId, readonly string[]>;
}

export type DemoLanguage = 'en' | 'de';
