/** On what ground somebody asks in another person's name. */
export const agentBases = [
  'signed-permission',
  'power-of-attorney',
  'parent',
  'representative',
  'executor',
] as const;
export type AgentBasis = (typeof agentBases)[number];

export interface AgentRule {
  /**
   * Who must say yes before anything goes on: the person, or staff who have looked at the evidence
   * (11 CCR 7063(a) and (b); 45 CFR 164.502(g)).
   */
  readonly confirmedBy: 'person' | 'staff';
  /** A document must come with the request. */
  readonly needsEvidence: boolean;
  readonly needsPersonAddress: boolean;
  /** Acts in the person's place: whatever is answered goes to whoever asks. */
  readonly standsIn: boolean;
}

export const agentRules: Readonly<Record<AgentBasis, AgentRule>> = {
  'signed-permission': {
    confirmedBy: 'person',
    needsEvidence: false,
    needsPersonAddress: true,
    standsIn: false,
  },
  'power-of-attorney': {
    confirmedBy: 'staff',
    needsEvidence: true,
    needsPersonAddress: false,
    standsIn: false,
  },
  parent: {
    confirmedBy: 'staff',
    needsEvidence: true,
    needsPersonAddress: false,
    standsIn: true,
  },
  representative: {
    confirmedBy: 'staff',
    needsEvidence: true,
    needsPersonAddress: false,
    standsIn: true,
  },
  executor: {
    confirmedBy: 'staff',
    needsEvidence: true,
    needsPersonAddress: false,
    standsIn: true,
  },
};

export const agentFigures = {
  /** How long the person and the agent may take to answer; the clock of the request runs meanwhile. */
  answerDays: 30,
  /** How long evidence is kept after the decision where California's record rules apply (11 CCR 7101(a)). */
  californiaMonths: 24,
  /** A proof of authority that nobody decided about is erased. */
  undecidedDays: 60,
} as const;
