/** What the processes and jobs may ask of the inbox. */
export { sweepInbox } from './drafts.ts';
export { listenForMail, type InboxListener } from './listener.ts';
