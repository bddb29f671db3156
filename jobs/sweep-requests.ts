import { sweepStagedFiles } from '../server/features/files/service.ts';
import { answerCodeAsks, attendToRequests } from '../server/features/requests/service.ts';

/** Reminders, escalations and expiries that are due; codes and files that a crash left behind. */
export async function sweepRequests(): Promise<void> {
  await answerCodeAsks();
  await attendToRequests();
  await sweepStagedFiles();
}
