import { once } from 'node:events';
import type { Socket } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { config } from '../../config/index.ts';
import { sendDueMails } from '../../server/mail/delivery.ts';

/**
 * How the server behaves. `die`: the connection breaks in the middle of the message. `swallow`: the
 * message is taken, but the connection breaks before the answer. `hold`: it is taken and the answer
 * is never given.
 */
export type Behaviour = 'accept' | 'refuse' | 'greylist' | 'die' | 'swallow' | 'hold';

export interface ReceivedMail {
  /** The recipient of the envelope. */
  to: string;
  messageId: string;
  subject: string;
  text: string;
  html: string;
  /** As it came over the wire. */
  raw: string;
  parsed: ParsedMail;
}

let server: SMTPServer | undefined;
let behaviour: Behaviour = 'accept';
let received: ReceivedMail[] = [];
let attempts = 0;
let wake = new EventTarget();

function refusal(code: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode: code });
}

/** Breaks a connection as a crashing server does. The library has no public way. */
function breakConnection(sessionId: string): void {
  const { connections } = server as unknown as {
    connections: Set<{ id: string; _socket: Socket }>;
  };
  for (const { id, _socket } of connections) if (id === sessionId) _socket.destroy();
}

async function keep(to: string, raw: Buffer): Promise<void> {
  const parsed = await simpleParser(raw, { skipHtmlToText: true, skipTextToHtml: true });
  received.push({
    to,
    messageId: parsed.messageId ?? '',
    subject: parsed.subject ?? '',
    text: parsed.text ?? '',
    html: typeof parsed.html === 'string' ? parsed.html : '',
    raw: raw.toString('utf8'),
    parsed,
  });
  wake.dispatchEvent(new Event('mail'));
}

/** Starts a mail server where SMTP_URL points to, or elsewhere on this machine. */
export async function startMailbox(url: string | null = config.smtpUrl): Promise<void> {
  if (url === null) throw new Error('The tests need an SMTP_URL on this machine.');
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    onRcptTo({ address }, _session, answer) {
      attempts += 1;
      if (behaviour === 'refuse') answer(refusal(550, `5.1.1 <${address}> is unknown here`));
      else if (behaviour === 'greylist') answer(refusal(451, '4.7.1 Greylisted, come back'));
      else answer();
    },
    onData(stream, session, answer) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => {
        if (behaviour === 'die') breakConnection(session.id);
        else chunks.push(chunk);
      });
      stream.on('end', () => {
        if (behaviour === 'die') return;
        const to = session.envelope.rcptTo[0]?.address ?? '';
        void keep(to, Buffer.concat(chunks)).then(() => {
          if (behaviour === 'swallow') breakConnection(session.id);
          else if (behaviour !== 'hold') answer();
        });
      });
    },
  });
  server.on('error', () => undefined);
  const { hostname, port } = new URL(url);
  server.listen(Number(port), hostname);
  await once(server.server, 'listening');
}

export async function stopMailbox(): Promise<void> {
  const closing = server;
  server = undefined;
  await new Promise<void>((resolve) => {
    if (closing) closing.close(resolve);
    else resolve();
  });
}

/** Makes the server behave in one way until told otherwise. */
export function mailServerWill(next: Behaviour): void {
  behaviour = next;
}

/** How many recipients were put to the server since the mailbox was emptied. */
export const deliveryAttempts = (): number => attempts;

export function emptyMailbox(): void {
  behaviour = 'accept';
  received = [];
  attempts = 0;
  wake = new EventTarget();
}

/** Everything that was received, oldest first. */
export const allMessages = (): readonly ReceivedMail[] => received;

/**
 * What one address received, in the order in which it was queued, which its Message-IDs follow: mails
 * that are due together are sent side by side and arrive in any order.
 */
export const messagesTo = (email: string): ReceivedMail[] =>
  received
    .filter(({ to }) => to === email)
    .sort((one, other) => one.messageId.localeCompare(other.messageId));

/** Waits for the next mail to arrive. */
export async function receive(): Promise<ReceivedMail> {
  await once(wake, 'mail');
  return received.at(-1)!;
}

/** Sends what is due and returns the mail to an address that was queued last. */
export async function latestMailTo(email: string): Promise<ReceivedMail> {
  await sendDueMails(1_000);
  const mail = messagesTo(email).at(-1);
  if (!mail) throw new Error('No mail came to this address.');
  return mail;
}

/** For the top of a `describe`: a mail server runs while its tests do, empty before each of them. */
export function useMailbox(): void {
  before(startMailbox);
  beforeEach(emptyMailbox);
  after(stopMailbox);
}
