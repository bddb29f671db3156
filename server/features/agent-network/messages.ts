import { createPublicKey, verify } from 'node:crypto';

/** Why a message of an agent is not acted upon, in the order in which the protocol has them checked. */
export const messageFaults = {
  decode: { status: 400, message: 'The body is not a signed message in base64.' },
  signature: { status: 403, message: 'The signature is not of this agent’s key.' },
  agent: { status: 403, message: 'The message names another agent than the one that sends it.' },
  business: { status: 403, message: 'The message is meant for another business.' },
  'issued-at': {
    status: 400,
    message: 'The message was issued in the future: compare the clocks.',
  },
  'expires-at': { status: 400, message: 'The message has expired.', fatal: true },
  version: { status: 400, message: 'Only version 1.0 and 0.9 of the protocol are spoken here.' },
  claims: { status: 400, message: 'A field of the message is missing or has another form.' },
  exercise: { status: 400, message: 'This rights action is not supported here.', fatal: true },
  regime: {
    status: 400,
    message: 'Only the regime ccpa, or none, is supported here.',
    fatal: true,
  },
  token: { status: 401, message: 'The bearer token is unknown, or a newer one has replaced it.' },
  foreign: { status: 403, message: 'This request is not managed by this agent.' },
  final: { status: 409, message: 'The request has ended and cannot be revoked any more.' },
} as const satisfies Record<string, { status: number; message: string; fatal?: true }>;
export type MessageFault = keyof typeof messageFaults;

export class MessageRefused extends Error {
  readonly fault: MessageFault;

  constructor(fault: MessageFault) {
    super(messageFaults[fault].message);
    this.fault = fault;
  }
}

const SIGNATURE_BYTES = 64;
const KEY_BYTES = 32;

/** An Ed25519 public key as the directory has it; null for anything else. */
export function readVerifyKey(text: string) {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== KEY_BYTES || !/^[A-Za-z0-9+/]{43}=?$/u.test(text)) return null;
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') };
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return null;
  }
}

/** Signature and message. @throws MessageRefused decode */
export function bytesOfMessage(text: string): Buffer {
  const base64 = text.trim();
  const bytes = Buffer.from(base64, 'base64');
  if (!/^[A-Za-z0-9+/]+={0,2}$/u.test(base64) || bytes.length <= SIGNATURE_BYTES) {
    throw new MessageRefused('decode');
  }
  return bytes;
}

/**
 * Opens a message in the combined mode of libsodium: base64 of the signature followed by JSON.
 * @throws MessageRefused decode, signature
 */
export function openSignedMessage(text: string, verifyKey: string): Record<string, unknown> {
  const bytes = bytesOfMessage(text);
  const key = readVerifyKey(verifyKey);
  const message = bytes.subarray(SIGNATURE_BYTES);
  if (!key || !verify(null, message, key, bytes.subarray(0, SIGNATURE_BYTES))) {
    throw new MessageRefused('signature');
  }
  try {
    const value: unknown = JSON.parse(message.toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Signed, but no JSON.
  }
  throw new MessageRefused('decode');
}

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/u;

function instantOf(value: unknown, fault: MessageFault): Date {
  const at = typeof value === 'string' && ISO.test(value) ? new Date(value) : new Date(Number.NaN);
  if (Number.isNaN(at.getTime())) throw new MessageRefused(fault);
  return at;
}

/**
 * Who sends what to whom and when, in the protocol's order: agent, business, issued-at, expires-at.
 * @throws MessageRefused
 */
export function checkEnvelope(
  message: Record<string, unknown>,
  expected: { agentId: string; businessId: string },
  now = new Date(),
): { issuedAt: Date } {
  if (message['agent-id'] !== expected.agentId) throw new MessageRefused('agent');
  if (message['business-id'] !== expected.businessId) throw new MessageRefused('business');
  const issuedAt = instantOf(message['issued-at'], 'issued-at');
  if (issuedAt > now) throw new MessageRefused('issued-at');
  if (instantOf(message['expires-at'], 'expires-at') <= now) throw new MessageRefused('expires-at');
  const version = message['drp.version'];
  if (typeof version !== 'string' || !/^(?:1\.0|0\.9)(?:\.\d+)?$/u.test(version)) {
    throw new MessageRefused('version');
  }
  return { issuedAt };
}
