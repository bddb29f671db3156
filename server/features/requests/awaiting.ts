import { rightCatalogue } from '../../../config/right-catalogue.ts';
import type { ChannelId } from '../../../config/rights.ts';
import { Problem } from '../../problem.ts';
import type { RequestRow } from './model.ts';

/** Whoever asks on paper, by telephone or at the counter has no second step (11 CCR 7020(d)). */
const offline: readonly ChannelId[] = ['phone', 'post', 'in-person'];

/** Whether the person still has to say a second time what cannot be undone (11 CCR 7020(d)). */
export const awaitsConfirmation = ({
  right,
  channel,
  confirmedAt,
}: Pick<RequestRow, 'right' | 'channel' | 'confirmedAt'>): boolean =>
  rightCatalogue[right].secondConfirmation === true &&
  confirmedAt === null &&
  !offline.includes(channel);

/** @throws Problem not-allowed-now (`not-confirmed`) */
export function refuseUnlessConfirmed(row: RequestRow): void {
  if (!awaitsConfirmation(row)) return;
  throw new Problem('not-allowed-now', 'The person has not confirmed the deletion yet.', {
    code: 'not-confirmed',
  });
}
