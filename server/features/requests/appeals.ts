import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { loadDataKey } from '../../security/data-keys.ts';
import { startPortalSession } from '../identity/service.ts';
import { subjectById } from '../subjects/service.ts';
import { openContents } from './contents.ts';
import type { Entry } from './entrance.ts';
import { fileInTransaction, type Submitted } from './intake.ts';
import { RequestModel, type RequestRow } from './model.ts';
import { liveRequest, movedOn } from './live-request.ts';
import { mayAppeal } from './next-routes.ts';
import type { Person } from './person.ts';
import type { NewMessage } from './schema.ts';

const notNow = () => movedOn('This answer cannot be appealed against here.');

async function storeAppeal(
  person: Person,
  row: RequestRow,
  { text, formKey }: NewMessage,
): Promise<Submitted> {
  const { organization, organizationId } = person;
  const { name, residence } = openContents(await loadDataKey(row.keyId), row);
  const subject = await subjectById(organizationId, row.subjectId);
  return fileInTransaction(
    organization,
    {
      formKey,
      right: 'appeal',
      ...residence,
      dataClass: row.dataClass,
      name,
      email: subject?.email ?? '',
      details: '',
      answers: { reference: row.reference, reason: text },
    },
    {
      actor: person,
      channel: row.channel === 'signed-in' ? 'signed-in' : 'web',
      language: row.language,
      receivedAt: new Date(),
      proof: { level: 1, method: 'mailbox' },
      appealOf: row._id,
    },
  );
}

/**
 * Has an answer looked at again, once. Whoever is inside the answered request has proved enough for
 * it; the visit goes on in the appeal. @throws Problem not-allowed-now
 */
export async function fileAppeal(person: Person, message: NewMessage): Promise<Entry> {
  const { organization, organizationId } = person;
  const work = async (): Promise<Entry> => {
    const row = await liveRequest(organizationId, person.requestId);
    const appealOf = row._id;
    const isAppealed = (await RequestModel.exists({ organizationId, appealOf })) !== null;
    if (!isAppealed) {
      if (!(await mayAppeal(organization, row))) throw notNow();
      // Written to, so that two appeals at once conflict: the later one meets the first.
      await RequestModel.updateOne({ _id: row._id, organizationId }, { $inc: { version: 1 } });
    }
    const { id, replayed } = await storeAppeal(person, row, message);
    if (isAppealed && !replayed) throw notNow();
    const { reference, subjectId } = await RequestModel.findOne({
      _id: id,
      organizationId,
      appealOf,
    })
      .orFail()
      .lean();
    return {
      token: await startPortalSession(organizationId, id, subjectId),
      reference,
      verified: false,
    };
  };
  return againstDuplicates(() => inTransaction(work));
}
