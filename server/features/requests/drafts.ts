import type { Types } from 'mongoose';
import { lettersOfRight } from '../../../config/letters.ts';
import { languageOf } from '../../language.ts';
import type { StaffMember } from '../staff/service.ts';
import type { ExtensionReason, RefusalGround } from './grounds.ts';
import { portalLetter } from './letter-facts.ts';
import { liveRequest } from './live-request.ts';

/** A decision that is about to be written, as far as its form is filled in. */
export interface DraftedDecision {
  form: 'complete' | 'refuse' | 'extend';
  ground: RefusalGround | null;
  reason: ExtensionReason | null;
}

/** The letter that goes with a decision, for staff to edit. @throws Problem not-found */
export async function draftDecision(
  { organizationId, organization }: StaffMember,
  id: Types.ObjectId,
  { form, ground, reason }: DraftedDecision,
): Promise<string> {
  const row = await liveRequest(organizationId, id);
  const { t } = languageOf(row.language);
  const own = lettersOfRight[row.right];
  if (form === 'complete') return portalLetter(organization, row, own?.done ?? 'completed');
  if (form === 'extend') {
    return portalLetter(organization, row, 'extension', {
      answerBy: row.deadlines.extendedDue ?? row.deadlines.effectiveDue,
      ...(reason && { reason: t(`letters.extensionReason.${reason}`) }),
    });
  }
  if (ground === 'identity-not-proved') return portalLetter(organization, row, 'not-verifiable');
  return portalLetter(organization, row, own?.refused ?? 'refused', {
    ...(ground && { ground: t(`requests.groundForPerson.${ground}`) }),
  });
}
