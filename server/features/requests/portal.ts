import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { loadDataKey } from '../../security/data-keys.ts';
import { packageOf } from '../packages/service.ts';
import { mayDisagree } from './answer-items.ts';
import { purposesAsked } from './at-once.ts';
import { awaitsConfirmation } from './awaiting.ts';
import { openMessage } from './contents.ts';
import { tellPerson, tellStaff } from './mails.ts';
import { addMessage } from './messages.ts';
import { liveRequest, openRequestRow } from './live-request.ts';
import { moveRequest } from './moving.ts';
import { mayAppeal } from './next-routes.ts';
import type { Person } from './person.ts';
import { whoProves } from './proof.ts';
import { canStillProve } from './proof-person.ts';
import { endPause } from './pauses.ts';
import type { NewMessage, Versioned } from './schema.ts';
import { messagesOf, sharedView } from './shared-view.ts';
import { canMove, groupOf } from './states.ts';

/** What a person can do: get in, and then see, write, fetch and withdraw. */
export { askForPackageCode, fetchAnswer } from './answer-package.ts';
export { askForCode } from './code-asks.ts';
export {
  disownByLink,
  enterByCode,
  enterByLink,
  entranceOfUsedLink,
  linkPurpose,
  stopLinkOffer,
  type Entry,
} from './entrance.ts';
export { leavePortal, personOf, type Person } from './person.ts';

export type PersonView = Awaited<ReturnType<typeof requestForPerson>>;

/** A request as its person sees it: never the notes, never who on the staff wrote. */
export async function requestForPerson({ organization, organizationId, requestId }: Person) {
  const row = await liveRequest(organizationId, requestId);
  const key = await loadDataKey(row.keyId);
  const messages = await messagesOf(row);
  const answer = await packageOf(organizationId, requestId);
  return {
    ...(await sharedView(row, key)),
    answer:
      answer === null || answer.state === 'open'
        ? null
        : { state: answer.state, endsAt: answer.endsAt ?? row.receivedAt },
    /** Who has to act before it is proved whose request this is; null when that is done. */
    proofBy: row.requiredLevel >= 2 && canStillProve(row) ? await whoProves(row) : null,
    canWrite: groupOf(row.state) === 'open',
    awaitsConfirmation: groupOf(row.state) === 'open' && awaitsConfirmation(row),
    mayAppeal: await mayAppeal(organization, row),
    mayDisagree: mayDisagree(row),
    purposes: await purposesAsked(organization, row),
    canWithdraw: canMove('withdraw', row.state, 'subject'),
    messages: messages.map((message) => ({
      id: message._id.toHexString(),
      author: message.kind === 'person' ? ('you' as const) : ('office' as const),
      at: message.at,
      text: openMessage(key, message),
    })),
  };
}

/** Writes to the staff. @throws Problem not-allowed-now */
export async function writeAsPerson(person: Person, message: NewMessage): Promise<void> {
  await againstDuplicates(() =>
    inTransaction(async () => {
      const row = await openRequestRow(person.organizationId, person.requestId);
      if (!(await addMessage(person, row, 'person', message))) return;
      await endPause(person, row, 'clarification');
      await tellStaff(person.organization, row, 'message');
    }),
  );
}

/** Ends a request at the wish of its person, and tells them and those who work on it. */
export async function withdrawRequest(person: Person, { version }: Versioned): Promise<void> {
  await inTransaction(async () => {
    const row = await moveRequest(person, person.requestId, { name: 'withdraw', version });
    await tellPerson(person.organization, row, 'withdrawn');
    await tellStaff(person.organization, row, 'withdrawn');
  });
}
