import { createTransport, type NodemailerError, type Transporter } from 'nodemailer';
import { config } from '../../config/index.ts';
import { isLoopback } from '../../config/loopback.ts';
import type { SealedMail } from './outbox.ts';

/**
 * How an attempt ended. `refused`: the server will never take this mail. `later`: not now.
 * `unreachable`: nothing was said about this mail, because we did not get that far.
 */
export type Outcome =
  { kind: 'sent' } | { kind: 'refused' | 'later' | 'unreachable'; error: string };

/** A whole attempt takes less than this, even with a server that trickles its replies. */
export const ATTEMPT_MINUTES = 3;

type Transport = Pick<Transporter, 'sendMail' | 'close'>;

let transport: Transport | undefined;

/** Connections are made when they are needed and shared. What SMTP_URL says after its `?` goes before what is said here. */
function mailTransport(url: string): Transport {
  const isLocal = isLoopback(new URL(url).hostname);
  return createTransport({
    url,
    pool: true,
    maxConnections: 3,
    // What happens after a lost connection is for the row to say, not for the pool.
    maxRequeues: 0,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 60_000,
    // Passwords and codes cross a network encrypted, or not at all; inside one machine there is
    // nobody to hide from, and relays there often show a certificate that nobody signed.
    requireTLS: !isLocal,
    ignoreTLS: isLocal,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** Reply and enhanced status code (RFC 5321, RFC 3463) of what a server said: all that may be kept of it. */
function codeOf({ code = 'unknown', responseCode, response = '' }: NodemailerError): string {
  if (responseCode === undefined) return code;
  const enhanced = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/u.exec(response)?.[1];
  return enhanced === undefined ? `${responseCode}` : `${responseCode} ${enhanced}`;
}

/** What a failed attempt means for the mail. */
export function outcomeOf(failure: NodemailerError): Outcome {
  const { code = '', command = '', permanent = true } = failure;
  const isAboutMail =
    code === 'EMESSAGE' || (code === 'EENVELOPE' && /^(?:RCPT TO|DATA|API)/u.test(command));
  if (!isAboutMail) {
    return { kind: 'unreachable', error: code === 'EENVELOPE' ? 'ESENDER' : code || 'unknown' };
  }
  // Without a reply it is an address or a size that cannot even be put to a server.
  return { kind: permanent ? 'refused' : 'later', error: codeOf(failure) };
}

// Line breaks would start a new header; nobody's name needs a control character.
const oneLine = (text: string) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();

/**
 * Hands one mail to the mail server. The same id always makes the same Message-ID and Date, so that
 * a copy sent after a crash is known as one. @throws Error when there is no SMTP_URL.
 */
export async function deliver(id: string, queuedAt: Date, mail: SealedMail): Promise<Outcome> {
  if (config.smtpUrl === null) throw new Error('There is no mail server.');
  transport ??= mailTransport(config.smtpUrl);
  try {
    await transport.sendMail({
      from: config.mailFrom,
      to: { name: oneLine(mail.to.name), address: mail.to.email },
      subject: oneLine(mail.subject),
      text: mail.text,
      html: mail.html,
      date: queuedAt,
      messageId: messageIdOf(id),
      headers: {
        // RFC 3834, and what Exchange heeds: nobody's absence note answers a machine.
        'Auto-Submitted': 'auto-generated',
        'X-Auto-Response-Suppress': 'All',
      },
      signal: AbortSignal.timeout(ATTEMPT_MINUTES * 60_000),
    });
    return { kind: 'sent' };
  } catch (error) {
    return outcomeOf(error as NodemailerError);
  }
}

/** The Message-ID of a mail, as bounces quote it. */
export function messageIdOf(id: string): string {
  return `<${id}@${new URL(config.publicUrl).hostname}>`;
}

/** Ends the connections to the mail server. */
export function closeMailer(): void {
  transport?.close();
  transport = undefined;
}
