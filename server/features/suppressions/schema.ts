import Joi from 'joi';
import {
  lookUpReasons,
  marketingTopics,
  messageTopics,
  type LookUpReason,
  type MarketingTopic,
  type MessageTopic,
} from '../../../config/message-topics.ts';
import { emailAddress, line } from '../../wire.ts';
import { inCentre, type InCentre } from '../../centre.ts';

export interface AddressAndTopic {
  address: string;
  topic: MarketingTopic;
}
export const addressAndTopic = Joi.object<AddressAndTopic>({
  address: emailAddress.required(),
  topic: Joi.string()
    .valid(...marketingTopics)
    .default('marketing'),
});

export interface SendCheck {
  address: string;
  topic: MessageTopic;
}
export const sendCheck = Joi.object<SendCheck>({
  address: emailAddress.required(),
  topic: Joi.string()
    .valid(...messageTopics)
    .required(),
});

export interface LookUp {
  address: string;
  reason: LookUpReason;
}
export const lookUp = Joi.object<LookUp>({
  address: emailAddress.required(),
  reason: Joi.string()
    .valid(...lookUpReasons)
    .required(),
});

export interface UnsubscribeLink extends InCentre {
  token: string;
}
export const unsubscribeLink = inCentre.append<UnsubscribeLink>({ token: line(200).required() });
