import { isIP } from 'node:net';

/** True for names and addresses that cannot leave this machine (RFC 6761, section 6.3; RFC 1122, 3.2.1.3). */
export function isLoopback(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/^\[|\]$/gu, '');
  if (isIP(name) === 4) return name.startsWith('127.');
  return name === '::1' || name === 'localhost' || name.endsWith('.localhost');
}
