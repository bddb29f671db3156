/** How a story stands today. */
export type Ending =
  | 'waiting'
  | 'expired'
  | 'disowned'
  | 'withdrawn'
  | 'untouched'
  | 'working'
  | 'overdue'
  | 'extended'
  | 'completed'
  | 'refused';

/** How much the demo makes; every state of a request is there in any size. */
export interface DemoSize {
  /** Requests of each organisation, by how they stand today. */
  endings: Record<Ending, number>;
  /** Share of the visitors who choose in a banner. */
  visitors: number;
}

export const sizes = {
  full: {
    endings: {
      waiting: 7,
      untouched: 4,
      working: 11,
      overdue: 2,
      extended: 3,
      completed: 21,
      refused: 7,
      expired: 4,
      disowned: 2,
      withdrawn: 3,
    },
    visitors: 0.78,
  },
  small: {
    endings: {
      waiting: 1,
      untouched: 1,
      working: 1,
      overdue: 1,
      extended: 1,
      completed: 2,
      refused: 1,
      expired: 1,
      disowned: 1,
      withdrawn: 1,
    },
    visitors: 0.05,
  },
} as const satisfies Record<string, DemoSize>;
