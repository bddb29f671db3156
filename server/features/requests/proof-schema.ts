import Joi from 'joi';
import type { Types } from 'mongoose';
import {
  documentKinds,
  pointIds,
  staffEvidence as staffEvidenceKinds,
  viewReasons,
  type PointId,
  type StaffEvidence,
  type ViewReason,
} from '../../../config/identity.ts';
import { clientKey, countryCode, emailAddress, line, objectId, prose } from '../../wire.ts';
import type { DocumentVerdict } from '../identity/service.ts';
import { requestId, type RequestId } from './schema.ts';
import type { StaffCircumstances } from './proof-staff.ts';

export interface RecordedEvidence {
  formKey: string;
  kind: StaffEvidence;
  note: string;
}
export const staffEvidence = Joi.object<RecordedEvidence>({
  formKey: clientKey.required(),
  kind: Joi.string()
    .valid(...staffEvidenceKinds)
    .required(),
  note: prose(2000).min(10).required(),
});

export const circumstances = Joi.object<StaffCircumstances>({
  contactChanged: Joi.boolean().truthy('yes').default(false),
  deliveryDiffers: Joi.boolean().truthy('yes').default(false),
  formerAddress: emailAddress.allow('').default(''),
  clearReason: prose(2000).min(10).allow('').default(''),
});

export const documentAsk = Joi.object<{ reason: string }>({
  reason: prose(2000).min(20).required(),
});

export interface DocumentId extends RequestId {
  document: Types.ObjectId;
}
export const documentId = requestId.append<DocumentId>({ document: objectId.required() });

export const documentView = Joi.object<{ reason: ViewReason }>({
  reason: Joi.string()
    .valid(...viewReasons)
    .required(),
});

export const documentVerdict = Joi.object<DocumentVerdict>({
  verdict: Joi.string().valid('accepted', 'rejected').required(),
  kind: Joi.string()
    .valid(...documentKinds)
    .required(),
  country: countryCode.uppercase().required(),
});

/** Points as a form sends them: what is asked decides which are used. */
export const typedPoints = Joi.object<Partial<Record<PointId, string>>>(
  Object.fromEntries(pointIds.map((point) => [point, line(100).allow('')])),
);

export const disputedPoints = Joi.object<{ disputed: PointId[] }>({
  disputed: Joi.array()
    .items(Joi.string().valid(...pointIds))
    .single()
    .unique()
    .default([]),
});

export const declaration = Joi.object<{ name: string; declared: boolean }>({
  name: line(120).min(2).required(),
  declared: Joi.boolean().truthy('yes').valid(true).required(),
});
