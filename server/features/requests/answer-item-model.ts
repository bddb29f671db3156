import { model, Schema, type Types } from 'mongoose';
import { answerItemKinds, type AnswerItemKind } from '../../../config/right-catalogue.ts';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';

/** One line of what an answer lists: a category kept, a changed field, a disclosure, a statement. */
export interface AnswerItemRow extends OfOrganization {
  _id: Types.ObjectId;
  requestId: Types.ObjectId;
  /** Made by the form: the same post counts once. */
  formKey: string;
  kind: AnswerItemKind;
  at: Date;
  /** What it says, field by field, sealed under the request's key. */
  sealed: Buffer;
}

const answerItemSchema = new Schema<AnswerItemRow>(
  {
    requestId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    formKey: { type: String, required: true, immutable: true },
    kind: { type: String, enum: answerItemKinds, required: true, immutable: true },
    at: { type: Date, required: true, immutable: true },
    sealed: { type: Buffer, required: true, immutable: true },
  },
  { collection: 'answerItems', strict: 'throw', versionKey: false },
);
belongsToOrganization(answerItemSchema);
answerItemSchema.index({ organizationId: 1, requestId: 1, _id: 1 });
answerItemSchema.index({ requestId: 1, formKey: 1 }, { unique: true });
export const AnswerItemModel = model('AnswerItem', answerItemSchema);
