import { Types } from 'mongoose';
import { queueMail } from '../../server/mail/outbox.ts';
import { createDataKey } from '../../server/security/data-keys.ts';

let count = 0;

/** A queued mail to an address of its own. */
export async function aMail(
  given: {
    to?: { name: string; email: string };
    organizationId?: Types.ObjectId | null;
    organizationName?: string;
    language?: string;
    about?: { kind: string; id: Types.ObjectId };
  } = {},
): Promise<{ id: Types.ObjectId; keyId: Types.ObjectId; email: string }> {
  count += 1;
  const { organizationId = null, language = 'en', about } = given;
  const to = given.to ?? { name: 'Ada Beispiel', email: `person-${count}@mail.test` };
  const { id: keyId } = await createDataKey(organizationId, 'mail');
  const id = await queueMail({
    template: 'mail-test',
    language,
    to,
    keyId,
    organizationId,
    model: testMailModel(given.organizationName),
    ...(about && { about }),
  });
  return { id, keyId, email: to.email };
}

export const testMailModel = (name = 'Example Ltd') => ({
  organization: { name, homeUrl: 'http://localhost:8080/privacy/example' },
  facts: [{ term: 'Sender', text: 'Privacy office <privacy@localhost>' }],
  mailUrl: 'http://localhost:8080/o/example/mail?a=1&b=2',
});
