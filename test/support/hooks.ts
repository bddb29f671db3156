import type { Context, RootHookObject } from 'mocha';
import { beginTest, carelessCommands, shapesSent } from './commands.ts';
import { stopEngine } from './database.ts';
import { letClockGoOn } from './standing-clock.ts';

/** What all files together must keep to. It fails the run, and says what to do. */
async function judgeCommands(): Promise<void> {
  if (shapesSent().length === 0) return;
  const { slowQueries } = await import('./plans.ts');
  const found = [...carelessCommands(), ...(await slowQueries(shapesSent()))];
  if (found.length === 0) return;
  throw new Error(
    [
      'Commands that a large or failing replica set would not bear. Give a query an index (or',
      'test/support/plans.ts a reason); mark what only a test asks with .comment(OF_A_TEST).',
      ...found.map(({ what, test }) => `${what}\n  first in: ${test}`),
    ].join('\n'),
  );
}

export const mochaHooks: RootHookObject = {
  beforeEach(this: Context) {
    beginTest(this.currentTest?.fullTitle() ?? '');
  },
  afterEach() {
    letClockGoOn();
  },
  async afterAll() {
    try {
      await judgeCommands();
    } finally {
      await stopEngine();
    }
  },
};
