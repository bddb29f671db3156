import type { Actor } from '../audit/service.ts';

/** Where a request stands. */
export const requestStates = [
  'unverified',
  'new',
  'in-progress',
  'completed',
  'refused',
  'not-verifiable',
  'forwarded',
  'expired',
  'disowned',
  'withdrawn',
] as const;
export type RequestState = (typeof requestStates)[number];

/** The three drawers of the queue. */
export const requestGroups = ['open', 'unverified', 'closed'] as const;
export type RequestGroup = (typeof requestGroups)[number];

export function groupOf(state: RequestState): RequestGroup {
  if (state === 'unverified') return 'unverified';
  return state === 'new' || state === 'in-progress' ? 'open' : 'closed';
}

export interface Move {
  readonly from: readonly RequestState[];
  /** Null leaves the state as it is. */
  readonly to: RequestState | null;
  readonly by: Actor['kind'];
  /** Only for a request that nobody proved to be theirs. */
  readonly whileUnproven?: true;
  /** Gives data out. */
  readonly releases?: true;
  /** The action in the audit trail. */
  readonly action: string;
}

const open = ['new', 'in-progress'] as const;

/** Who may move a request from where to where: the only moves there are. */
export const moves = {
  verify: { from: ['unverified'], to: 'new', by: 'subject', action: 'request.verified' },
  expire: { from: ['unverified'], to: 'expired', by: 'system', action: 'request.expired' },
  disown: {
    from: ['unverified', ...open],
    to: 'disowned',
    by: 'visitor',
    whileUnproven: true,
    action: 'request.disowned',
  },
  // Of an authorised agent's request: staff have looked at what gives the authority.
  authorise: { from: ['unverified'], to: 'new', by: 'staff', action: 'request.authorised' },
  'reject-agent': {
    from: ['unverified'],
    to: 'not-verifiable',
    by: 'staff',
    action: 'request.agent-rejected',
  },
  // Staff know who it is, whom perhaps no code reaches.
  vouch: { from: ['unverified'], to: 'new', by: 'staff', action: 'request.vouched' },
  withdraw: { from: open, to: 'withdrawn', by: 'subject', action: 'request.withdrawn' },
  revoke: {
    from: ['unverified', ...open],
    to: 'withdrawn',
    by: 'machine',
    action: 'request.revoked-by-agent',
  },
  assign: { from: open, to: 'in-progress', by: 'staff', action: 'request.assigned' },
  extend: { from: open, to: null, by: 'staff', action: 'request.extended' },
  // A law that came later shortens a date only when somebody says so.
  'adopt-rules': { from: open, to: null, by: 'staff', action: 'request.rules-adopted' },
  refuse: { from: open, to: 'refused', by: 'staff', action: 'request.refused' },
  // Nobody proved who they are: an answer of theirs opens it again.
  'give-up': {
    from: open,
    to: 'not-verifiable',
    by: 'system',
    action: 'request.not-verifiable',
  },
  reopen: {
    from: ['not-verifiable'],
    to: 'in-progress',
    by: 'subject',
    action: 'request.reopened',
  },
  // A signal of a browser wants no decision.
  honour: { from: open, to: 'completed', by: 'system', action: 'request.signal-honoured' },
  'refuse-unproved': {
    from: open,
    to: 'not-verifiable',
    by: 'staff',
    action: 'request.not-verifiable',
  },
  fulfil: { from: ['new'], to: 'completed', by: 'system', action: 'request.fulfilled' },
  confirm: { from: open, to: null, by: 'subject', action: 'request.confirmed' },
  forward: { from: open, to: 'forwarded', by: 'staff', action: 'request.forwarded' },
  complete: {
    from: open,
    to: 'completed',
    by: 'staff',
    releases: true,
    action: 'request.completed',
  },
} as const satisfies Record<string, Move>;

export type MoveName = keyof typeof moves;

/** Whether a kind of actor may make a move from a state. */
export function canMove(name: MoveName, state: RequestState, by: Actor['kind']): boolean {
  const move: Move = moves[name];
  // A machine acts for the staff; its scopes are checked at the door.
  const isAllowed = move.by === by || (by === 'machine' && move.by === 'staff');
  return isAllowed && move.from.includes(state);
}
