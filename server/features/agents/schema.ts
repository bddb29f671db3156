import Joi from 'joi';
import type { Types } from 'mongoose';
import { agentBases, type AgentBasis } from '../../../config/agents.ts';
import {
  calendarDay,
  clientKey,
  emailAddress,
  line,
  objectId,
  ofId,
  type OfId,
} from '../../wire.ts';
import { inCentre, type InCentre } from '../../centre.ts';
import { asked, wording, type NewRequest } from '../requests/service.ts';

/** Who asks in another person's name. */
export interface Agent {
  name: string;
  /** Empty for somebody who acts privately. */
  company: string;
  email: string;
}

/** What an agent sends: the request of the person, and on what ground they ask. */
export interface AgentRequest extends NewRequest {
  agentName: string;
  company: string;
  agentEmail: string;
  basis: AgentBasis;
  asksForDelivery: boolean;
  authorityEndsOn: string | null;
}

const checkbox = Joi.boolean().truthy('yes').empty('').default(false);

export const agentRequest = Joi.object<AgentRequest>({
  formKey: clientKey.required(),
  ...asked,
  ...wording,
  name: line(120).min(2).required(),
  email: emailAddress.allow('').default(''),
  agentName: line(120).min(2).required(),
  company: line(120).allow('').default(''),
  agentEmail: emailAddress.required(),
  basis: Joi.string()
    .valid(...agentBases)
    .required(),
  asksForDelivery: checkbox,
  authorityEndsOn: calendarDay.empty('').allow(null).default(null),
});

export interface AgentLink extends InCentre {
  token: string;
}
export const agentLink = inCentre.append<AgentLink>({
  token: Joi.string()
    .pattern(/^[\w-]{20,120}$/u)
    .required(),
});

export interface Permission {
  answer: 'yes' | 'no';
  delivery: boolean;
}
export const permission = Joi.object<Permission>({
  answer: Joi.string().valid('yes', 'no').required(),
  delivery: checkbox,
});

export interface EvidenceFile extends OfId {
  file: Types.ObjectId;
}
export const evidenceFile = ofId.append<EvidenceFile>({ file: objectId.required() });

export interface Verdict {
  verdict: 'accepted' | 'rejected';
}
export const verdict = Joi.object<Verdict>({
  verdict: Joi.string().valid('accepted', 'rejected').required(),
});
