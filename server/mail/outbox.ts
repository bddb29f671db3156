import { Types } from 'mongoose';
import { Problem } from '../problem.ts';
import { enqueue } from '../queue.ts';
import { bytesOf, loadDataKey, loadDataKeys } from '../security/data-keys.ts';
import { sealJson, unsealJson, type DataKey } from '../security/encryption.ts';
import { composeMail, type ComposedMail } from './compose.ts';
import { isOutboxShown } from './loopback.ts';
import { MailModel, type MailRow } from './model.ts';

export interface Recipient {
  name: string;
  email: string;
}

/** What only the data key opens. */
export interface SealedMail extends ComposedMail {
  to: Recipient;
}

const placeOf = (id: Types.ObjectId) => ({ collection: 'mails', row: id, field: 'sealed' });

/** Opens what a row holds. @throws SealBroken */
export function openMail(key: DataKey, row: { _id: Types.ObjectId; sealed: Buffer }): SealedMail {
  return unsealJson(key, placeOf(row._id), bytesOf(row.sealed)) as SealedMail;
}

/**
 * Queues a mail in the caller's transaction; a job sends it later. It is written at once from
 * `templates/emails/<template>.hbs` with `model`, and sealed under `keyId`: destroying that key
 * erases it. @throws Error for a template or a text that does not exist, Erased for a destroyed key.
 */
export async function queueMail(mail: {
  template: string;
  language: string;
  to: Recipient;
  keyId: Types.ObjectId;
  organizationId: Types.ObjectId | null;
  model: object;
  about?: { kind: string; id: Types.ObjectId };
}): Promise<Types.ObjectId> {
  const { template, language, to, keyId, organizationId, model, about } = mail;
  const id = new Types.ObjectId();
  const sealedMail: SealedMail = { to, ...composeMail(template, language, model) };
  const now = new Date();
  await MailModel.create({
    _id: id,
    organizationId,
    template,
    language,
    about: about ?? null,
    ...(isOutboxShown ? { state: 'outbox', sentAt: now } : { state: 'queued', nextActionAt: now }),
    queuedAt: now,
    keyId,
    sealed: sealJson(await loadDataKey(keyId), placeOf(id), sealedMail),
  });
  if (!isOutboxShown) enqueue('send-mail', { mailId: id.toString() });
  return id;
}

/** A mail as the outbox page shows it. */
export interface ShownMail extends SealedMail {
  id: string;
  queuedAt: Date;
}

async function shownMails(rows: readonly MailRow[]): Promise<ShownMail[]> {
  const keys = await loadDataKeys(rows.map(({ keyId }) => keyId));
  return rows.flatMap(({ _id, keyId, sealed, queuedAt }) => {
    const key = keys.get(keyId.toString());
    // Whose key was destroyed, their mail is gone.
    if (!key || !sealed) return [];
    return [{ id: _id.toString(), queuedAt, ...openMail(key, { _id, sealed }) }];
  });
}

/** What the outbox page lists, of all organisations, newest first; `before` is the last id already shown. */
export async function mailsInOutbox({
  before,
  limit,
}: {
  before?: Types.ObjectId | undefined;
  limit: number;
}): Promise<{ mails: ShownMail[]; olderThan: Types.ObjectId | null }> {
  const rows = await MailModel.find({ state: 'outbox', ...(before && { _id: { $lt: before } }) })
    .sort({ _id: -1 })
    .limit(limit + 1)
    .lean();
  const shown = rows.slice(0, limit);
  return {
    mails: await shownMails(shown),
    olderThan: rows.length > limit ? (shown.at(-1)?._id ?? null) : null,
  };
}

/** @throws Problem not-found */
export async function mailInOutbox(id: Types.ObjectId): Promise<ShownMail> {
  const row = await MailModel.findOne({ _id: id, state: 'outbox' }).lean();
  const [mail] = await shownMails(row ? [row] : []);
  if (!mail) throw new Problem('not-found', 'There is no such mail in the outbox.');
  return mail;
}
