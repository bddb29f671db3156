import { useEngine } from '../support.ts';
import type { Runs } from './agreement.ts';
import { describePlans } from './plans.ts';
import { describeQueries } from './queries.ts';
import { describeTransactions } from './transactions.ts';
import { describeValues } from './values.ts';
import { describeWrites } from './writes.ts';

/** The engine beside a slow, obvious reference, on random documents. */
export function describeProperties(runs: Runs): void {
  const engine = useEngine();
  describe('Values', () => {
    describeValues(runs);
  });
  describe('Plans', () => {
    describePlans(runs);
  });
  describe('Queries', () => {
    describeQueries(engine, runs);
  });
  describe('Writes', () => {
    describeWrites(engine, runs);
  });
  describe('Transactions', () => {
    describeTransactions(engine, runs);
  });
}
