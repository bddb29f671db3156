import Joi from 'joi';
import type { Types } from 'mongoose';
import {
  lookUpReasons,
  marketingTopics,
  messageTopics,
  type LookUpReason,
  type MarketingTopic,
  type MessageTopic,
} from '../../../config/message-topics.ts';
import { emailAddress, line, objectId } from '../../wire.ts';

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

export interface OneSuppression {
  id: Types.ObjectId;
}
export const oneSuppression = Joi.object<OneSuppression>({ id: objectId.required() });

export interface UnsubscribeLink {
  organization: string;
  token: string;
}
export const unsubscribeLink = Joi.object<UnsubscribeLink>({
  organization: line(60).required(),
  token: line(200).required(),
});
