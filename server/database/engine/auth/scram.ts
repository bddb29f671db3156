import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { CommandError } from '../errors.ts';

/** As many as the server's default; drivers refuse fewer than 4096. */
const ITERATIONS = 15_000;
const CLIENT_FIRST = /^([ny],,)(n=([^,]+),r=([^,]+))$/;
const CLIENT_FINAL = /^(c=([^,]+),r=([^,]+)),p=([^,]+)$/;

/** What recognises a password without being it. Deriving is slow on purpose: once per start is enough. */
export interface Verifier {
  userName: string;
  salt: Buffer;
  storedKey: Buffer;
  serverKey: Buffer;
}

export async function deriveVerifier(userName: string, password: string): Promise<Verifier> {
  const salt = randomBytes(28);
  const salted = await promisify(pbkdf2)(password, salt, ITERATIONS, 32, 'sha256');
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest();
  return { userName, salt, storedKey, serverKey: hmac(salted, 'Server Key') };
}

/** The server's side of one SCRAM-SHA-256 exchange (RFC 5802, RFC 7677), without channel binding. */
export class Exchange {
  private readonly verifier: Verifier;
  private header = '';
  private nonce = '';
  /** All messages so far, which both sides sign. */
  private transcript = '';

  constructor(verifier: Verifier) {
    this.verifier = verifier;
  }

  /** Answers the client's first message. Throws 18. */
  challenge(clientFirst: string): string {
    const [, header = '', bare = '', userName, nonce = ''] = CLIENT_FIRST.exec(clientFirst) ?? [];
    if (userName !== this.verifier.userName) throw authenticationFailed();
    this.header = header;
    this.nonce = nonce + randomBytes(24).toString('base64');
    const serverFirst = `r=${this.nonce},s=${this.verifier.salt.toString('base64')},i=${ITERATIONS}`;
    this.transcript = `${bare},${serverFirst}`;
    return serverFirst;
  }

  /** Checks the client's proof, and gives ours. Throws 18 when the client does not know the password. */
  prove(clientFinal: string): string {
    const [, unproved = '', binding = '', nonce, proof = ''] = CLIENT_FINAL.exec(clientFinal) ?? [];
    const { storedKey, serverKey } = this.verifier;
    const transcript = `${this.transcript},${unproved}`;
    const clientKey = xor(Buffer.from(proof, 'base64'), hmac(storedKey, transcript));
    const isKnown = timingSafeEqual(createHash('sha256').update(clientKey).digest(), storedKey);
    const isSameHeader = Buffer.from(binding, 'base64').toString() === this.header;
    if (!isKnown || !isSameHeader || nonce !== this.nonce) throw authenticationFailed();
    return `v=${hmac(serverKey, transcript).toString('base64')}`;
  }
}

/** Says no more than that: not which part was wrong. */
export function authenticationFailed(): CommandError {
  return new CommandError(18, 'Authentication failed.');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** As long as the mask, whatever a client sends. */
function xor(bytes: Buffer, mask: Buffer): Buffer {
  return Buffer.from(mask.map((byte, i) => byte ^ (bytes[i] ?? 0)));
}
