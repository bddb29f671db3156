import type { Types } from 'mongoose';
import { lettersOfRight } from '../../../config/letters.ts';
import { languageOf } from '../../language.ts';
import { loadDataKey } from '../../security/data-keys.ts';
import type { LetterValues } from '../letters/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { answerItemsOf } from './answer-items.ts';
import type { ExtensionReason, RefusalGround } from './grounds.ts';
import { appealFacts, portalLetter } from './letter-facts.ts';
import { liveRequest } from './live-request.ts';
import type { RequestRow } from './model.ts';

/** A decision that is about to be written, as far as its form is filled in. */
export interface DraftedDecision {
  form: 'complete' | 'refuse' | 'extend';
  kind: 'completed' | 'partial';
  ground: RefusalGround | null;
  reason: ExtensionReason | null;
}

/** What the answer lists so far: the data that are kept, and what was changed. */
async function listedIn(row: RequestRow): Promise<LetterValues> {
  const { t } = languageOf(row.language);
  const items = await answerItemsOf(row, await loadDataKey(row.keyId));
  const fieldsOf = (kind: string) =>
    items.filter((item) => item.kind === kind).map(({ fields }) => fields);
  return {
    kept: fieldsOf('kept').map(({ category = '', reason = '', 'deleted-on': until = '' }) => ({
      category,
      reason: t(`requests.groundForPerson.${reason}`),
      until,
    })),
    changes: fieldsOf('change').map(({ field = '', before = '', after = '' }) => ({
      field,
      before,
      after,
    })),
  };
}

/** The letter that goes with a decision, for staff to edit. @throws Problem not-found */
export async function draftDecision(
  { organizationId, organization }: StaffMember,
  id: Types.ObjectId,
  { form, kind, ground, reason }: DraftedDecision,
): Promise<string> {
  const row = await liveRequest(organizationId, id);
  const { t } = languageOf(row.language);
  const own = lettersOfRight[row.right];
  if (form === 'complete') {
    const code = kind === 'partial' ? kind : (own?.completed ?? kind);
    return portalLetter(organization, row, code, {
      ...(await listedIn(row)),
      ...(await appealFacts(organization, row, { kind, ground: null })),
    });
  }
  if (form === 'extend') {
    return portalLetter(organization, row, 'extension', {
      answerBy: row.deadlines.extendedDue ?? row.deadlines.effectiveDue,
      ...(reason && { reason: t(`letters.extensionReason.${reason}`) }),
    });
  }
  const outcome = ground === 'identity-not-proved' ? 'not-verifiable' : 'refused';
  const appeal = await appealFacts(organization, row, { kind: outcome, ground });
  if (outcome === 'not-verifiable') return portalLetter(organization, row, outcome, appeal);
  return portalLetter(organization, row, own?.refused ?? outcome, {
    ...appeal,
    ...(ground && { ground: t(`requests.groundForPerson.${ground}`) }),
  });
}
