import Joi from 'joi';
import type { Types } from 'mongoose';
import { emailAddress, line, objectId } from '../../wire.ts';
import { dismissalReasons, type DismissalReason } from './model.ts';

export interface InboxFilters {
  view: 'waiting' | 'handled';
  /** The last draft already shown. */
  before?: Types.ObjectId;
}
export const inboxFilters = Joi.object<InboxFilters>({
  view: Joi.string().valid('waiting', 'handled').empty('').default('waiting'),
  before: objectId.empty(''),
});

export interface DraftId {
  id: Types.ObjectId;
}
export const draftId = Joi.object<DraftId>({ id: objectId.required() });

export interface DraftFile extends DraftId {
  /** `message`, or the place of an attachment in it. */
  file: string;
}
export const draftFile = Joi.object<DraftFile>({
  id: objectId.required(),
  file: Joi.string()
    .pattern(/^(?:message|\d{1,3})$/u)
    .required(),
});

export interface Dismissal {
  reason: DismissalReason;
}
export const dismissal = Joi.object<Dismissal>({
  reason: Joi.string()
    .valid(...dismissalReasons)
    .required(),
});

export interface Attachment {
  reference: string;
}
export const attachment = Joi.object<Attachment>({ reference: line(40).required() });

export interface NewAddress {
  address: string;
}
export const newAddress = Joi.object<NewAddress>({ address: emailAddress.required() });
