/** What the jobs may ask of the agent network. */
export { tellAgents } from './callbacks.ts';
