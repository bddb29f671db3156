import { Problem } from '../../problem.ts';
import { loadDataKey } from '../../security/data-keys.ts';
import { startPortalSession } from '../identity/service.ts';
import { subjectById } from '../subjects/service.ts';
import { openContents } from './contents.ts';
import type { Entry } from './entrance.ts';
import { fileRequest } from './intake.ts';
import { RequestModel } from './model.ts';
import { liveRequest } from './live-request.ts';
import { mayAppeal } from './next-routes.ts';
import type { Person } from './person.ts';
import type { NewMessage } from './schema.ts';

/**
 * Has an answer looked at again. Whoever is inside the answered request has proved enough for it;
 * the visit goes on in the appeal. @throws Problem not-allowed-now
 */
export async function fileAppeal(person: Person, { text, formKey }: NewMessage): Promise<Entry> {
  const { organization, organizationId } = person;
  const row = await liveRequest(organizationId, person.requestId);
  const again = await RequestModel.exists({ organizationId, formKey });
  if (!again && !(await mayAppeal(organization, row))) {
    throw new Problem('not-allowed-now', 'This answer cannot be appealed against here.', {
      code: 'not-allowed-now',
    });
  }
  const { name, residence } = openContents(await loadDataKey(row.keyId), row);
  const subject = await subjectById(organizationId, row.subjectId);
  const appeal = await fileRequest(
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
  const filed = await RequestModel.findOne({ _id: appeal.id, organizationId }).orFail().lean();
  const token = await startPortalSession(organizationId, filed._id, filed.subjectId);
  return { token, reference: filed.reference, verified: false };
}
