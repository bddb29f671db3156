import { agentFigures } from '../../../config/agents.ts';

const DAY_MS = 86_400_000;

/**
 * When a proof of authority is erased: some time after receipt where nobody has decided, later
 * where California's record rules apply (11 CCR 7101(a)).
 */
export function evidenceEndsAt(
  from: Date,
  { isCalifornian, isDecided }: { isCalifornian: boolean; isDecided: boolean },
): Date {
  if (!isCalifornian || !isDecided) {
    return new Date(from.getTime() + agentFigures.undecidedDays * DAY_MS);
  }
  const until = new Date(from);
  until.setUTCMonth(until.getUTCMonth() + agentFigures.californiaMonths);
  return until;
}
