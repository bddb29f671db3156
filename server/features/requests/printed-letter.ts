import type { Types } from 'mongoose';
import { inTransaction } from '../../database/transaction.ts';
import { Problem } from '../../problem.ts';
import { loadDataKey } from '../../security/data-keys.ts';
import { recordAudit } from '../audit/service.ts';
import { renderLetter } from '../letters/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { liveRequest } from './live-request.ts';
import { letterFacts } from './letter-facts.ts';
import { sharedView } from './shared-view.ts';

/**
 * What somebody is told on paper whom no mail reaches: the answer, else the news of an extension,
 * else that the request came in. It says nothing of a portal, which they cannot open. The look is
 * recorded. @throws Problem not-found, also for somebody who gets mails
 */
export async function letterToPrint(staff: StaffMember, id: Types.ObjectId) {
  const { organizationId, organization } = staff;
  return inTransaction(async () => {
    const row = await liveRequest(organizationId, id);
    const { name, email, post, outcome, extension } = await sharedView(
      row,
      await loadDataKey(row.keyId),
    );
    if (email !== '') throw new Problem('not-found', 'This person is written to by mail.');
    await recordAudit(staff, 'request.letter-printed', { kind: 'request', id });
    const text = outcome?.text ?? extension?.text ?? null;
    const facts = await letterFacts(organization, row);
    const arrival =
      text === null
        ? await renderLetter(organization, 'acknowledged-on-paper', row.language, facts)
        : null;
    return {
      name,
      post,
      reference: row.reference,
      language: row.language,
      text,
      blocks: (arrival?.blocks ?? []).filter(({ button }) => button === undefined),
    };
  });
}
