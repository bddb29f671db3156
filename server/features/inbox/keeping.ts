import { Types } from 'mongoose';
import { config } from '../../../config/index.ts';
import { defaults } from '../../../config/defaults.ts';
import { mayDo } from '../../../config/permissions.ts';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { languageOf } from '../../language.ts';
import { queueMail } from '../../mail/outbox.ts';
import { createDataKey } from '../../security/data-keys.ts';
import { fingerprint } from '../../security/tokens.ts';
import { recordAudit, system } from '../audit/service.ts';
import { attachFiles, stageFiles } from '../files/service.ts';
import { organizationById } from '../organizations/service.ts';
import { membersOf } from '../staff/service.ts';
import { sealLetter } from './contents.ts';
import { readMessage, type Envelope } from './letter.ts';
import { DraftModel, InboundAddressModel, type InboundAddressRow } from './model.ts';

const MINUTE_MS = 60_000;

/**
 * Tells those who work on requests that mail waits, in the caller's transaction: once, until some
 * time has passed. The mail says nothing of what came in.
 */
async function tellOfMail(
  { _id, organizationId, address, toldAt }: InboundAddressRow,
  keyId: Types.ObjectId,
): Promise<void> {
  const now = Date.now();
  if (toldAt && now - toldAt.getTime() < defaults.inbox.tellAgainMinutes * MINUTE_MS) return;
  await InboundAddressModel.updateOne({ _id, organizationId }, { toldAt: new Date(now) });
  const organization = await organizationById(organizationId);
  const href = `${config.publicUrl}/o/${organization.slug}/inbox`;
  for (const { role, name, email, language: code } of await membersOf(organizationId)) {
    if (!mayDo(role, 'requests:work')) continue;
    const language = languageOf(code);
    await queueMail({
      organizationId,
      keyId,
      template: 'inbox-news',
      language: code,
      to: { name, email },
      model: {
        organization: { name: organization.name },
        href,
        facts: [{ term: language.t('inbox.mail.to'), text: address }],
      },
    });
  }
}

/**
 * Keeps a message that came in for an address as a draft, before its sender is told that it
 * arrived. The same message, sent again because an answer was lost, stays one draft. The message
 * itself is stored first and belongs to nothing until the draft is; a crash in between leaves it to
 * be swept away, and the sender tries again. Returns false for a message that was kept before.
 */
export async function keepMessage(
  address: InboundAddressRow,
  raw: Buffer,
  envelope: Envelope,
): Promise<boolean> {
  const { organizationId } = address;
  const receivedAt = new Date();
  const { letter, automatic, identity, kept } = await readMessage(raw, envelope);
  const print = fingerprint('inbound-mail', `${organizationId.toHexString()}:${identity}`);
  if (await DraftModel.exists({ organizationId, print })) return false;
  const content = { name: 'message.eml', type: 'message/rfc822', content: kept };
  const staged = await stageFiles(organizationId, [content]);
  const keep = async (): Promise<boolean> => {
    if (await DraftModel.exists({ organizationId, print })) return false;
    const _id = new Types.ObjectId();
    const key = await createDataKey(organizationId, 'mail');
    await DraftModel.create({
      _id,
      organizationId,
      print,
      keyId: key.id,
      sealed: sealLetter(key, _id, letter),
      receivedAt,
      automatic,
    });
    await attachFiles(organizationId, staged, { kind: 'mail-draft', id: _id });
    const target = { kind: 'mail-draft', id: _id };
    await recordAudit(system(organizationId), 'inbox.received', target, { automatic });
    // What a machine wrote can wait, and must not set off another mail.
    if (automatic === null) await tellOfMail(address, key.id);
    return true;
  };
  return againstDuplicates(() => inTransaction(keep));
}
