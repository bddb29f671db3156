import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { defaults } from '../../../config/defaults.ts';
import { log } from '../../log.ts';
import { networkOf } from '../../security/networks.ts';
import { fingerprint } from '../../security/tokens.ts';
import { inboundAddress } from './addresses.ts';
import { keepMessage } from './keeping.ts';

const { maxBytes, maxRecipients, maxConnections, maxHops } = defaults.inbox;
const WINDOW_MINUTES = 10;
const SILENCE_MS = 60_000;

/** A refusal in the words of RFC 5321 and RFC 3463; 4xx: the sender comes back, 5xx: never. */
class SmtpRefusal extends Error {
  readonly responseCode: number;

  constructor(responseCode: number, message: string) {
    super(message);
    this.responseCode = responseCode;
  }
}

const busy = () => new SmtpRefusal(451, '4.7.1 Too many messages, come back later');
const failed = () => new SmtpRefusal(451, '4.3.0 Not kept, come back later');

type Answer = (error?: Error | null) => void;

/** Answers what a promise comes to; what goes wrong on our side is never the sender's fault. */
function answerWith(work: Promise<void>, answer: Answer): void {
  work.then(
    () => {
      answer();
    },
    (error: unknown) => {
      if (!(error instanceof SmtpRefusal)) log.error({ err: error }, 'mail could not be taken in');
      answer(error instanceof SmtpRefusal ? error : failed());
    },
  );
}

/** The message, no more of it in memory than is allowed. @throws SmtpRefusal */
async function readAll(stream: SMTPServerDataStream): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    length += part.length;
    if (length <= maxBytes) parts.push(part);
    else parts.length = 0;
  }
  if (length > maxBytes) throw new SmtpRefusal(552, '5.3.4 The message is too large');
  return Buffer.concat(parts);
}

/** @throws SmtpRefusal for a message that goes round in circles. */
function refuseLoops(raw: Buffer): void {
  const end = raw.indexOf('\r\n\r\n');
  const head = raw.subarray(0, end === -1 ? raw.length : end).toString('latin1');
  if ((head.match(/^received:/gimu) ?? []).length > maxHops) {
    throw new SmtpRefusal(554, '5.4.6 The message goes round in circles');
  }
}

/** How often something was done in the present window; counted for all nodes, over restarts. */
export type CountHit = (key: string, windowMinutes: number) => Promise<{ totalHits: number }>;

export interface InboxListener {
  port: number;
  close: () => Promise<void>;
}

interface Settings {
  host: string;
  port: number;
  tls: { certFile: string; keyFile: string } | null;
  /** What the server calls itself. */
  name: string;
  countHit: CountHit;
}

/**
 * Takes mail in for the registered addresses of the organisations, and for nobody else: it sends
 * and passes on nothing. A message is acknowledged once it is stored.
 */
export async function listenForMail(settings: Settings): Promise<InboxListener> {
  const { host, port, tls, name, countHit } = settings;
  const limit = async (what: 'connection' | 'message', address: string, most: number) => {
    // No address is stored.
    const key = fingerprint('rate-limit', `inbound-${what}:${networkOf(address)}`);
    if ((await countHit(key, WINDOW_MINUTES)).totalHits > most) throw busy();
  };
  const take = async (
    stream: SMTPServerDataStream,
    { envelope, remoteAddress }: SMTPServerSession,
  ) => {
    const raw = await readAll(stream);
    refuseLoops(raw);
    await limit('message', remoteAddress, defaults.inbox.messagesPerAddress);
    const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
    for (const { address: to } of envelope.rcptTo) {
      const address = await inboundAddress(to);
      if (!address) throw new SmtpRefusal(550, '5.1.1 No such mailbox here');
      await keepMessage(address, raw, { from, to: address.address });
    }
  };
  const server = new SMTPServer({
    name,
    banner: 'mail for privacy offices only',
    authOptional: true,
    disabledCommands: tls ? ['AUTH'] : ['AUTH', 'STARTTLS'],
    ...(tls && { cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) }),
    disableReverseLookup: true,
    size: maxBytes,
    maxClients: maxConnections,
    socketTimeout: SILENCE_MS,
    onConnect: ({ remoteAddress }, answer) => {
      answerWith(limit('connection', remoteAddress, defaults.inbox.connectionsPerAddress), answer);
    },
    onRcptTo: ({ address }, { envelope }, answer) => {
      const admit = async () => {
        if (envelope.rcptTo.length >= maxRecipients) {
          throw new SmtpRefusal(452, '4.5.3 Too many recipients');
        }
        if (!(await inboundAddress(address))) {
          throw new SmtpRefusal(550, '5.1.1 No such mailbox here');
        }
      };
      answerWith(admit(), answer);
    },
    onData: (stream, session, answer) => {
      answerWith(take(stream, session), answer);
    },
  });
  // A conversation that breaks off is the other side's affair.
  server.on('error', (error: Error) => {
    log.debug({ err: error }, 'a mail conversation broke off');
  });
  server.listen(port, host);
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
      }),
  };
}
