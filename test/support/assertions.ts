import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { addIssuer } from '../../server/features/assertions/issuers.ts';
import { audienceOf, type IssuerRow } from '../../server/features/assertions/service.ts';
import type { Algorithm } from '../../server/features/assertions/model.ts';
import { system } from '../../server/features/audit/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import type { Client, Reply } from './client.ts';

export const HOST = 'https://app.example.org';

/** A system of an organisation that can sign people in, with its private key. */
export interface Host {
  issuer: IssuerRow;
  privateKey: CryptoKey;
  audience: string;
}

export async function aHost(
  organization: Organization,
  given: {
    algorithm?: Algorithm;
    issuer?: string;
    origin?: string;
    jwksUrl?: string;
    signInUrl?: string;
  } = {},
): Promise<Host> {
  const { algorithm = 'EdDSA', issuer = HOST, origin = HOST, jwksUrl } = given;
  const { signInUrl = `${origin}/sign-in` } = given;
  const { publicKey, privateKey } = await generateKeyPair(algorithm);
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: algorithm };
  const organizationId = organization._id;
  const row = await addIssuer(system(organizationId), {
    name: 'Meadow Account',
    issuer,
    origins: [origin],
    algorithms: [algorithm],
    jwksUrl: jwksUrl ?? null,
    jwks: jwksUrl === undefined ? JSON.stringify({ keys: [jwk] }) : null,
    signInUrl,
  });
  return { issuer: row, privateKey, audience: audienceOf(organization) };
}

const now = () => Math.floor(Date.now() / 1000);

/** What a host would say of somebody; `undefined` leaves a claim out. */
export const saidOf = (host: Host, given: Record<string, unknown> = {}): JWTPayload => ({
  iss: host.issuer.issuer,
  aud: host.audience,
  sub: 'person-1',
  email: 'signed.in@person.test',
  email_verified: true,
  name: 'Sina Angemeldet',
  auth_time: now() - 60,
  amr: ['pwd'],
  jti: randomUUID(),
  iat: now(),
  exp: now() + 120,
  ...given,
});

export function anAssertion(host: Host, given: Record<string, unknown> = {}): Promise<string> {
  return new SignJWT(saidOf(host, given))
    .setProtectedHeader({ alg: host.issuer.algorithms[0] ?? '', kid: 'one' })
    .sign(host.privateKey);
}

/** Sends an assertion as the form of a host page does; follows the redirect. */
export async function sendAssertion(
  client: Client,
  { slug }: Organization,
  assertion: string,
  origin: string | null = HOST,
): Promise<Reply> {
  const path = `/privacy/${slug}/signed-in`;
  const response = await client.exchange(path, {
    method: 'POST',
    body: new URLSearchParams({ assertion }),
    headers: { 'sec-fetch-site': 'cross-site', ...(origin !== null && { origin }) },
  });
  const text = await response.text();
  if (response.status === 303) return client.get(response.headers.get('location') ?? '');
  const { status, headers } = response;
  return { status, headers, text, url: path, json: () => JSON.parse(text) as unknown };
}
