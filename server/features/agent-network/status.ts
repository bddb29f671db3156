import type { RequestProgress } from '../requests/service.ts';

/** Where a request stands, in the words of the protocol (3.02, 3.03). */
export interface ExerciseStatus {
  request_id: string;
  agent_request_id?: string;
  received_at: string;
  expected_by: string;
  status: 'open' | 'in_progress' | 'fulfilled' | 'revoked' | 'denied' | 'expired';
  reason?: string;
  processing_details?: string;
  user_verification_url?: string;
  results_url?: string;
  expires_at?: string;
}

type Standing = Omit<
  ExerciseStatus,
  'request_id' | 'agent_request_id' | 'received_at' | 'expected_by'
>;

/** Why staff refused, as far as the protocol has a word for it. */
const reasonOfGround: Readonly<Record<string, string>> = {
  excessive: 'too_many_requests',
  'asked-too-often': 'too_many_requests',
  'suspected-fraud': 'suspected_fraud',
  'identity-not-proved': 'insuf_verification',
  'no-data-held': 'no_match',
  'not-controller': 'claim_not_covered',
  'state-exemption': 'claim_not_covered',
};

const denied = (reason: string, details: string): Standing => ({
  status: 'denied',
  reason,
  processing_details: details,
});

/** A request in the words of the protocol, with where its person confirms and finds the answer. */
export function standingOf(
  progress: RequestProgress,
  urls: { centre: string; results: string },
): Standing {
  switch (progress.state) {
    case 'unverified':
      return {
        status: 'in_progress',
        reason: 'need_user_verification',
        processing_details: 'We have written to the person, who confirms the request by that mail.',
        user_verification_url: urls.centre,
        expires_at: progress.expiresOn,
      };
    case 'new':
    case 'in-progress':
      if (progress.acknowledgedAt === null) return { status: 'open' };
      return {
        status: 'in_progress',
        ...(progress.extensionReason !== null && {
          processing_details: `The answer takes longer, for this reason: ${progress.extensionReason}.`,
        }),
      };
    case 'completed':
      return { status: 'fulfilled', results_url: urls.results };
    case 'withdrawn':
      return { status: 'revoked' };
    case 'refused':
      return denied(
        reasonOfGround[progress.ground ?? ''] ?? 'other',
        `The request was refused: ${progress.ground ?? 'other'}.`,
      );
    case 'disowned':
      return denied('suspected_fraud', 'The person says that the request is not theirs.');
    case 'expired':
    case 'not-verifiable':
      return denied('insuf_verification', 'The person did not confirm the request.');
    case 'forwarded':
      return denied('claim_not_covered', 'The data belong to another business, which was told.');
    case 'erased':
      return { status: 'expired' };
  }
}

export const isFinal = ({ status }: Pick<ExerciseStatus, 'status'>): boolean =>
  status !== 'open' && status !== 'in_progress';
