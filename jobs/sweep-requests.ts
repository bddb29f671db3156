import { sweepStagedFiles } from '../server/features/files/service.ts';
import { deleteOldDeclarations, deleteOldDocuments } from '../server/features/identity/service.ts';
import {
  answerCodeAsks,
  attendToIdentity,
  attendToRequests,
} from '../server/features/requests/service.ts';

/** Reminders, escalations, expiries and deletions that are due; codes and files that a crash left behind. */
export async function sweepRequests(): Promise<void> {
  await answerCodeAsks();
  await attendToRequests();
  await attendToIdentity();
  await deleteOldDocuments();
  await deleteOldDeclarations();
  await sweepStagedFiles();
}
