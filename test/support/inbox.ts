import { randomUUID } from 'node:crypto';
import { createTransport } from 'nodemailer';
import type SMTPTransport from 'nodemailer/lib/smtp-transport/index.js';
import type Mail from 'nodemailer/lib/mailer/index.js';
import type { Organization } from '../../server/features/organizations/service.ts';
import { addInboundAddress } from '../../server/features/inbox/addresses.ts';
import { keepMessage } from '../../server/features/inbox/keeping.ts';
import { listenForMail, type InboxListener } from '../../server/features/inbox/listener.ts';
import {
  DraftModel,
  InboundAddressModel,
  type DraftRow,
} from '../../server/features/inbox/model.ts';
import type { StaffMember } from '../../server/features/staff/service.ts';
import { countHit } from '../../server/security/counts.ts';
import { OF_A_TEST } from './commands.ts';
import { aStaffMember } from './staff.ts';

let listener: InboxListener | undefined;

/** For the top of a `describe`: mail is taken in while its tests run. */
export function useInbox(): void {
  before(async () => {
    listener = await listenForMail({
      host: '127.0.0.1',
      port: 0,
      tls: null,
      name: 'habeas.test',
      countHit,
    });
  });
  after(() => listener?.close());
}

export const inboxPort = (): number => listener?.port ?? 0;

/** Registers an address for an organisation. */
export async function anInboundAddress(organization: Organization): Promise<string> {
  const address = `privacy@${organization.slug}.test`;
  const known = await InboundAddressModel.exists({ organizationId: organization._id, address });
  if (!known) await addInboundAddress(await anAddressKeeper(organization), address);
  return address;
}

/** Who runs the installation, as a member: the only one who registers addresses. */
export const anAddressKeeper = (organization: Organization): Promise<StaffMember> =>
  aStaffMember(organization, 'administrator', { isInstallationAdministrator: true });

/** Sends a mail over real SMTP to the listener, or to another one. */
export async function mailIn(
  message: Mail.Options,
  { port = inboxPort(), ...options }: SMTPTransport.Options = { ignoreTLS: true },
): Promise<string> {
  const transport = createTransport({ host: '127.0.0.1', port, ...options });
  try {
    return (await transport.sendMail(message)).response;
  } finally {
    transport.close();
  }
}

export const draftsOf = ({ _id }: Organization): Promise<DraftRow[]> =>
  DraftModel.find({ organizationId: _id }).sort({ _id: 1 }).comment(OF_A_TEST).lean();

/** A mail that waits, without a conversation. */
export async function aDraft(organization: Organization): Promise<DraftRow> {
  const address = await anInboundAddress(organization);
  const row = await InboundAddressModel.findOne({ organizationId: organization._id, address })
    .orFail()
    .lean();
  const id = randomUUID();
  const raw = [
    'From: Clara Probe <clara@person.test>',
    `To: ${address}`,
    'Subject: Please delete my account',
    `Message-ID: <${id}@person.test>`,
    '',
    `Please delete everything that you hold about me. (${id})`,
  ].join('\r\n');
  await keepMessage(row, Buffer.from(raw), { from: 'clara@person.test', to: address });
  return (await draftsOf(organization)).at(-1)!;
}
