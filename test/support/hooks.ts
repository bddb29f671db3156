import type { RootHookObject } from 'mocha';
import { stopEngine } from './database.ts';

export const mochaHooks: RootHookObject = {
  async afterAll() {
    await stopEngine();
  },
};
