import { config } from '../../config/index.ts';
import { isLoopback } from '../../config/loopback.ts';

/** The same for an address with a port, as in a Host header. */
export function isLoopbackHost(host: string): boolean {
  if (/[/?#@\\]/u.test(host) || !URL.canParse(`http://${host}`)) return false;
  return isLoopback(new URL(`http://${host}`).hostname);
}

/**
 * Without a mail server, an installation that only this machine can reach shows its mail in the
 * outbox page: there it counts as delivered, and it is not sent when SMTP_URL is set later.
 */
export const isOutboxShown =
  config.smtpUrl === null && isLoopback(new URL(config.publicUrl).hostname);
