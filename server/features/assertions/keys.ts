import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { callOutside } from '../../outbound.ts';
import type { IssuerRow } from './model.ts';

/** A key that the issuer withdrew opens nothing after this long. */
const KEEP_MS = 10 * 60_000;
/** A key that we do not know makes us look again, but not more often than this. */
const LOOK_AGAIN_MS = 30_000;

interface Fetched {
  url: string;
  at: number;
  keys: Promise<JSONWebKeySet>;
}

const fetched = new Map<string, Fetched>();

async function fetchKeys(url: string): Promise<JSONWebKeySet> {
  const { status, text } = await callOutside(url, {
    method: 'GET',
    headers: { accept: 'application/json' },
    timeoutMs: 5_000,
    maxBytes: 64 * 1024,
  });
  if (status !== 200) throw new Error(`The key set was answered with ${status.toString()}.`);
  return JSON.parse(text) as JSONWebKeySet;
}

function keysFrom(id: string, url: string, oldestMs: number): Promise<JSONWebKeySet> {
  const known = fetched.get(id);
  if (known?.url === url && Date.now() - known.at < oldestMs) return known.keys;
  const fresh = { url, at: Date.now(), keys: fetchKeys(url) };
  fetched.set(id, fresh);
  // What failed is asked for again by whoever comes next.
  fresh.keys.catch(() => {
    if (fetched.get(id) === fresh) fetched.delete(id);
  });
  return fresh.keys;
}

/** Finds the public key of an issuer for a token's header: pasted, or fetched and kept for a while. */
export function keyOf({ _id, jwks, jwksUrl }: IssuerRow): JWTVerifyGetKey {
  if (jwksUrl === null) return createLocalJWKSet(JSON.parse(jwks ?? '{}') as JSONWebKeySet);
  const find = async (oldestMs: number, ...token: Parameters<JWTVerifyGetKey>) =>
    createLocalJWKSet(await keysFrom(_id.toHexString(), jwksUrl, oldestMs))(...token);
  return async (...token) => {
    try {
      return await find(KEEP_MS, ...token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      return find(LOOK_AGAIN_MS, ...token);
    }
  };
}
