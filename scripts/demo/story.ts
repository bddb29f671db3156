import type { RightId } from '../../config/rights.ts';
import type { Relation } from '../../server/features/agreements/service.ts';
import type { NewFile } from '../../server/features/files/service.ts';
import type { ExtensionReason } from '../../server/features/requests/grounds.ts';
import type { Origin } from './organizations.ts';
import type { DemoPerson } from './people.ts';
import type { Ending } from './size.ts';
import type { DemoGround } from './texts/phrases.ts';

type Deed =
  | { kind: 'verify' }
  | { kind: 'disown'; silence: boolean }
  | { kind: 'assign'; toAgent: number }
  | { kind: 'note' | 'message' | 'reply'; text: string }
  | { kind: 'withdraw' | 'fetch' }
  | { kind: 'extend'; reason: ExtensionReason; text: string }
  | { kind: 'refuse'; ground: DemoGround; text: string }
  | { kind: 'forward' | 'permit' }
  | { kind: 'ask' | 'document' | 'appeal'; text: string }
  | { kind: 'tag'; tags: string[] }
  | { kind: 'gather'; files: NewFile[] }
  | { kind: 'keep'; fields: Record<string, string> }
  | { kind: 'complete'; text: string; files: NewFile[]; proof: string; how?: Ended };

/** How an answer ends that does not simply grant everything. */
type Ended = { kind: 'partial' } | { result: string };

/** Something that is done to a request, so many hours after it came in. */
export type Act = Deed & { after: number };

export interface Story {
  formKey: string;
  person: DemoPerson;
  right: RightId;
  origin: Origin;
  /** The one that the person is written to. */
  language: string;
  details: string;
  /** What the right asks, by question. */
  answers: Record<string, string>;
  /** Through whom the person is known, where the data are held for somebody else. */
  held?: { relation: Relation; customer: string };
  way?: Way;
  /** Days before today on which it came in, and the minute of that day. */
  age: number;
  minute: number;
  ending: Ending;
  acts: Act[];
}

/** How a request reaches the office; without one, through the form. */
export type Way =
  | { by: 'staff'; channel: 'email' | 'phone' | 'post' | 'in-person'; daysLate: number }
  | { by: 'agent'; agent: { agentName: string; company: string; agentEmail: string } }
  | { by: 'signed-in' }
  | { by: 'gpc' };
