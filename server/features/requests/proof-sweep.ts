import { inTransaction } from '../../database/transaction.ts';
import { log } from '../../log.ts';
import { recordAudit, system } from '../audit/service.ts';
import {
  closesAt,
  dueIdentityCase,
  postponeCase,
  takeDueCase,
  type DueCase,
} from '../identity/service.ts';
import { organizationById } from '../organizations/service.ts';
import { localDay } from '../../deadlines/days.ts';
import { outcomeOf } from './contents.ts';
import { appealFacts, portalLetter } from './letter-facts.ts';
import { tellPerson } from './mails.ts';
import { RequestModel } from './model.ts';
import { moveRequest } from './moving.ts';
import { isProved } from './proof.ts';
import { groupOf } from './states.ts';

/** Reminds a person of what only they can do, or closes the request: it opens again with an answer. */
async function actOnCase(due: DueCase): Promise<void> {
  const { organizationId, requestId: id, askedAt } = due.row;
  await inTransaction(async () => {
    if (!(await takeDueCase(due))) return;
    const row = await RequestModel.findOne({ _id: id, organizationId, erasedAt: null }).lean();
    if (!row || groupOf(row.state) !== 'open' || isProved(row)) return;
    const organization = await organizationById(organizationId);
    const clockwork = system(organizationId);
    if (due.what === 'remind') {
      await recordAudit(clockwork, 'identity.reminded', { kind: 'request', id });
      const endsOn = askedAt ? localDay(closesAt(askedAt), row.timeZone) : '';
      await tellPerson(organization, row, 'identity-reminder', { endsOn });
      return;
    }
    const answer = { kind: 'not-verifiable', ground: null } as const;
    const appeal = await appealFacts(organization, row, answer);
    const text = await portalLetter(organization, row, answer.kind, appeal);
    const moved = await moveRequest(clockwork, id, {
      name: 'give-up',
      change: { outcome: await outcomeOf(row, text, answer) },
    });
    await tellPerson(organization, moved, answer.kind);
  });
}

/** Attends to every case whose person has not answered. Returns how many were looked at. */
export async function attendToIdentity(): Promise<number> {
  for (let count = 0; ; count += 1) {
    const due = await dueIdentityCase();
    if (!due) return count;
    try {
      await actOnCase(due);
    } catch (error) {
      log.error({ err: error }, 'a case of identity was not attended to');
      await postponeCase(due.row);
    }
  }
}
