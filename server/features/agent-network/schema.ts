import Joi from 'joi';
import type { Types } from 'mongoose';
import type { RightId } from '../../../config/rights.ts';
import { isCallable } from '../../outbound.ts';
import { emailAddress, line, objectId } from '../../wire.ts';
import { readVerifyKey } from './messages.ts';
import type { Address } from './residence.ts';

/** Names in the network are capital letters and underscores; digits occur, too. */
const networkName = Joi.string()
  .trim()
  .pattern(/^[A-Z][A-Z0-9_]{1,63}$/u);

export interface AgentSettings {
  name: string;
  verifyKey: string;
  webUrl: string;
  contact: string;
}
export interface NewAgent extends AgentSettings {
  agentId: string;
}

const settings = {
  name: line(120).min(2).required(),
  verifyKey: Joi.string()
    .trim()
    .max(100)
    .required()
    .custom((value: string, helpers) => (readVerifyKey(value) ? value : helpers.error('key.shape')))
    .messages({ 'key.shape': '{{#label}} is not an Ed25519 public key in base64' }),
  webUrl: Joi.string()
    .trim()
    .max(300)
    .uri({ scheme: ['http', 'https'] })
    .required(),
  contact: emailAddress.required(),
};

export const agentSettings = Joi.object<AgentSettings>(settings);
export const newAgent = Joi.object<NewAgent>({ agentId: networkName.required(), ...settings });
export const agentRowId = Joi.object<{ agent: Types.ObjectId }>({ agent: objectId.required() });

export const business = Joi.object<{ businessId: string }>({ businessId: networkName.required() });

/** Rights actions of the protocol, in the spellings that are in use. Opting in again is the person's to do. */
export const rightOfAction: Readonly<Record<string, RightId>> = {
  access: 'access',
  'access:specific': 'access',
  'access:categories': 'access-categories',
  deletion: 'deletion',
  'sale:opt_out': 'sale-opt-out',
  'sale:opt-out': 'sale-opt-out',
};

/** What the signed message asks, beside its envelope. */
export interface Exercise {
  exercise: string;
  regime: string | null;
  relationships: string[];
  agentRequestId: string | null;
  statusCallback: string | null;
  name: string;
  email: string;
  address: Address | null;
}

export const exercise = Joi.object<Exercise>({
  exercise: Joi.string().max(60).required(),
  regime: Joi.string().max(60).empty('').default(null),
  relationships: Joi.array().items(line(60)).max(20).default([]),
  agentRequestId: line(120).default(null),
  statusCallback: Joi.string()
    .max(500)
    .default(null)
    .custom((value: string, helpers) => (isCallable(value) ? value : helpers.error('any.invalid'))),
  name: line(120).allow('').default(''),
  email: emailAddress.required(),
  address: Joi.object<Address>({
    country: line(100).allow('').default(''),
    region: line(100).allow('').default(''),
  })
    .unknown()
    // What cannot be read tells nothing, and is no reason to refuse.
    .failover(null)
    .default(null),
})
  .rename('agent-request-id', 'agentRequestId')
  .rename('status_callback', 'statusCallback');
