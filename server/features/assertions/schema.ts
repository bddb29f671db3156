import Joi from 'joi';
import type { Types } from 'mongoose';
import { isCallable } from '../../outbound.ts';
import { emailAddress, line, objectId } from '../../wire.ts';
import { algorithms, type Algorithm } from './model.ts';

export interface IssuerSettings {
  name: string;
  issuer: string;
  origins: string[];
  algorithms: Algorithm[];
  jwksUrl: string | null;
  jwks: string | null;
  signInUrl: string | null;
}

/** A form gives the origins as lines of one text. */
const originLines: Joi.CustomValidator<string, string[]> = (value, helpers) => {
  const lines = value.split(/\s+/u).filter((one) => one !== '');
  const origins = lines.flatMap((one) => {
    const url = URL.canParse(one) ? new URL(one) : null;
    const isOrigin = url && /^https?:$/u.test(url.protocol) && url.href === `${url.origin}/`;
    return isOrigin ? [url.origin] : [];
  });
  return lines.length > 0 && lines.length <= 20 && origins.length === lines.length
    ? origins
    : helpers.error('string.uri');
};

const KINDS = ['OKP', 'EC', 'RSA'];

/** Public keys only: a private one, or one that both sides share, has no place here. */
const publicKeys: Joi.CustomValidator<string> = (value, helpers) => {
  let keys: unknown;
  try {
    ({ keys } = JSON.parse(value) as { keys?: unknown });
  } catch {
    return helpers.error('keys.unreadable');
  }
  if (!Array.isArray(keys) || keys.length === 0) return helpers.error('keys.unreadable');
  const isPublic = (key: unknown) =>
    typeof key === 'object' &&
    key !== null &&
    !('d' in key) &&
    'kty' in key &&
    KINDS.includes(String(key.kty));
  return keys.every(isPublic) ? value : helpers.error('keys.secret');
};

const callableUrl: Joi.CustomValidator<string> = (value, helpers) =>
  isCallable(value) ? value : helpers.error('url.inner');

export const issuerSettings = Joi.object<IssuerSettings>({
  name: line(80).min(2).required(),
  issuer: line(300).min(3).required(),
  origins: Joi.string().max(5000).required().custom(originLines),
  algorithms: Joi.array()
    .items(Joi.string().valid(...algorithms))
    .single()
    .unique()
    .min(1)
    .required(),
  jwksUrl: line(500).empty('').allow(null).default(null).custom(callableUrl),
  jwks: Joi.string().trim().max(20_000).empty('').allow(null).default(null).custom(publicKeys),
  signInUrl: Joi.string()
    .trim()
    .max(500)
    .uri({ scheme: ['http', 'https'] })
    .empty('')
    .allow(null)
    .default(null),
}).messages({
  'keys.unreadable': '{{#label}} is not a JSON Web Key Set',
  'keys.secret': '{{#label}} holds keys that are not public',
  'url.inner': '{{#label}} is not an address that may be called',
});

export const issuerId = Joi.object<{ issuer: Types.ObjectId }>({ issuer: objectId.required() });

/** What an assertion says, once its signature holds. */
export interface Claims {
  sub: string;
  jti: string;
  iat: number;
  exp: number;
  auth_time: number;
  email: string;
  email_verified: boolean;
  amr: string[];
  name: string;
  nonce: string | null;
  /** What the host page shows the person of their account: a word to each value. */
  profile: Record<string, string | number | boolean>;
}

const seconds = Joi.number().integer().positive().required();

export const claims = Joi.object<Claims>({
  sub: Joi.string().max(255).required(),
  jti: Joi.string().min(8).max(255).required(),
  iat: seconds,
  exp: seconds,
  auth_time: seconds,
  email: emailAddress.required(),
  email_verified: Joi.boolean().strict().required(),
  amr: Joi.array().items(Joi.string().max(40)).max(20).default([]),
  name: line(120).allow('').default(''),
  nonce: Joi.string().max(255).default(null),
  profile: Joi.object<Claims['profile']>()
    .pattern(line(60).min(1), Joi.alternatives(line(500).allow(''), Joi.number(), Joi.boolean()))
    .max(50)
    .default({}),
}).unknown();
