import Joi from 'joi';
import type { Types } from 'mongoose';
import { line, objectId, prose } from '../../wire.ts';
import { itemKinds, verdicts, type ItemKind, type Verdict } from './model.ts';

/** What a category of data is about, in the person's language (GDPR Art. 15(1), 11 CCR 7024). */
export interface PackageSection {
  /** Of the inventory; empty for what belongs to no category. */
  id: string;
  name: string;
  sources: readonly string[];
  purposes: readonly string[];
  recipients: readonly string[];
  retention: string;
  /** Countries to which the data go, and what protects them there. */
  transfers: readonly string[];
}

/** Everything around the data, as it was when the answer was given. */
export interface PackageFrame {
  language: string;
  reference: string;
  /** The right, in words. */
  right: string;
  name: string;
  organization: { name: string; contacts: readonly string[] };
  sections: readonly PackageSection[];
  regulators: readonly { name: string; url: string }[];
  /** What else the person should know: how to disagree, that nothing is held against them. */
  notices: readonly string[];
}

export interface NewItem {
  category: string;
  kind: ItemKind;
}
export const newItem = Joi.object<NewItem>({
  category: line(60).allow('').default(''),
  kind: Joi.string()
    .valid(...itemKinds)
    .required(),
});

export interface Review {
  item: Types.ObjectId;
  verdict: Verdict;
  reason: string;
}
export const review = Joi.object<Review>({
  item: objectId.required(),
  verdict: Joi.string()
    .valid(...verdicts)
    .required(),
  reason: Joi.when('verdict', {
    is: 'withheld',
    then: prose(2000).min(3).required(),
    otherwise: prose(2000).allow('').default(''),
  }),
});

export interface Removal {
  item: Types.ObjectId;
}
export const removal = Joi.object<Removal>({ item: objectId.required() });
