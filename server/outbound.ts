import { lookup as resolve } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { config } from '../config/index.ts';
import { isLoopback } from '../config/loopback.ts';

/** Networks that no address from outside may lead us to (RFC 6890); a list also matches mapped addresses. */
const inner = { ipv4: new BlockList(), ipv6: new BlockList() };
const IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const;
for (const [net, bits] of IPV4) inner.ipv4.addSubnet(net, bits, 'ipv4');
/** What is not global unicast, the translations of IPv4 addresses, and addresses for examples. */
const IPV6 = [
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  ['2001:db8::', 32],
  ['2002::', 16],
] as const;
for (const [net, bits] of IPV6) inner.ipv6.addSubnet(net, bits, 'ipv6');

/** An endpoint that may not be called, or gave no usable answer. */
export class Unreachable extends Error {}

const MAPPED = /^::ffff:(?<v4>\d+\.\d+\.\d+\.\d+)$/iu;

/** Whether we may connect to an address: loopback only while the product is tried out. */
export function mayConnectTo(address: string, isTriedOut = config.env !== 'production'): boolean {
  const plain = MAPPED.exec(address)?.groups?.v4 ?? address;
  if (isTriedOut && isLoopback(plain)) return true;
  const family = isIP(plain);
  if (family === 0) return false;
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  return !inner[kind].check(plain, kind);
}

/** The check stands where the connection is made, so that a name cannot change in between. */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    const allowed = error ? [] : addresses.filter(({ address }) => mayConnectTo(address));
    const [first] = allowed;
    if (!first) {
      callback(error ?? new Unreachable('This address may not be called.'), '', 4);
    } else if (options.all === true) callback(null, allowed);
    else callback(null, first.address, first.family);
  });
};

/** Whether an address may be called at all, by what is written in it: https, or loopback. */
export function isCallable(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username } = new URL(url);
  const host = hostname.replace(/^\[|\]$/gu, '');
  if (username !== '') return false;
  if (isIP(host) !== 0 && !mayConnectTo(host)) return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(host) && mayConnectTo(host));
}

/**
 * Calls an address that somebody configured, and reads a short answer. No redirect is followed, and
 * no name leads into our own network. @throws Unreachable
 */
export async function callOutside(
  url: string,
  call: {
    method: 'GET' | 'POST';
    headers?: Record<string, string>;
    body?: string;
    timeoutMs: number;
    maxBytes: number;
  },
): Promise<{ status: number; headers: http.IncomingHttpHeaders; text: string }> {
  if (!isCallable(url)) throw new Unreachable('This address may not be called.');
  const { request } = url.startsWith('https:') ? https : http;
  return new Promise((answer, fail) => {
    const give = (reason: unknown) => {
      fail(new Unreachable('The endpoint gave no answer.', { cause: reason }));
    };
    const sent = request(url, {
      method: call.method,
      headers: call.headers,
      lookup: guardedLookup,
      agent: false,
      signal: AbortSignal.timeout(call.timeoutMs),
    });
    sent.on('error', give);
    sent.on('response', (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      response.on('data', (part: Buffer) => {
        size += part.length;
        parts.push(part);
        if (size > call.maxBytes) sent.destroy(new Error('The answer is too long.'));
      });
      response.on('error', give);
      response.on('end', () => {
        const { statusCode: status = 0, headers } = response;
        answer({ status, headers, text: Buffer.concat(parts).toString('utf8') });
      });
    });
    sent.end(call.body);
  });
}
