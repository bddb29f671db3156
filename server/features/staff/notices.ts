import { config } from '../../../config/index.ts';
import { languageOf } from '../../language.ts';
import { queueMail } from '../../mail/outbox.ts';
import { personOf } from './accounts.ts';
import type { StaffAccountRow } from './model.ts';

/** Changes that people hear of by mail, so that they notice when it was somebody else. */
export type NoticedChange =
  'password' | 'second-factor-on' | 'second-factor-off' | 'recovery-codes' | 'recovery-code-used';

/** Queues the mail that tells somebody of a change to their account, in the caller's transaction. */
export async function tellOfChange(row: StaffAccountRow, change: NoticedChange): Promise<void> {
  const language = languageOf(row.language);
  await queueMail({
    template: 'staff-account-changed',
    language: language.code,
    to: await personOf(row),
    keyId: row.keyId,
    organizationId: null,
    model: {
      organization: { name: language.t('staff.mail.sender') },
      change: language.t(`staff.mail.changed.${change}`),
      url: `${config.publicUrl}/staff/forgot`,
    },
  });
}
