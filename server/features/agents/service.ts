/**
 * What other features and the jobs may ask of agents. A signed request of an agent network is filed
 * with its directory's id and then waits for the person like any other.
 */
export { fileByAgent } from './filing.ts';
export { sweepMandates } from './mandates.ts';
export type { AgentRequest } from './schema.ts';
