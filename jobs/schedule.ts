import { backoffStrategies } from 'agenda';
import { tellAgents } from '../server/features/agent-network/service.ts';
import { sendDueMails } from './send-mail.ts';
import { forgetOldInvitations } from '../server/features/staff/service.ts';
import { countRecords } from '../server/features/consent/service.ts';
import { sweepMandates } from '../server/features/agents/service.ts';
import { sweepInbox } from '../server/features/inbox/service.ts';
import { attendToPackages } from '../server/features/requests/service.ts';
import { sweepScans } from '../server/features/scans/service.ts';
import { sweepRequests } from './sweep-requests.ts';

/** What runs without being asked, and how often. Each is a sweep: rows say what there is to do. */
export const timetable = [
  { name: 'sweep-mail', job: sendDueMails, every: '5 seconds' },
  { name: 'sweep-requests', job: sweepRequests, every: '30 seconds' },
  { name: 'sweep-mandates', job: sweepMandates, every: '1 hour' },
  { name: 'sweep-inbox', job: sweepInbox, every: '1 hour' },
  { name: 'tell-agents', job: tellAgents, every: '1 minute' },
  { name: 'sweep-packages', job: attendToPackages, every: '5 minutes' },
  { name: 'count-consent', job: countRecords, every: '1 minute' },
  { name: 'scan-sites', job: sweepScans, every: '1 minute' },
  { name: 'forget-invitations', job: forgetOldInvitations, every: '1 day' },
] as const;

/** Three more tries of a nudge: after 1, 2 and 4 seconds. Then the sweep has it. */
export const retry = backoffStrategies.exponential({ delay: 1_000, maxRetries: 3 });
