import { model, Schema, type Types } from 'mongoose';
import { letterCodes, type LetterCode } from '../../../config/letters.ts';
import { onlyGrows } from '../../database/append-only.ts';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';

/** One wording of a letter in a language. The highest number is in force. */
export interface LetterVersionRow extends OfOrganization {
  _id: Types.ObjectId;
  code: LetterCode;
  language: string;
  /** Counts from 1. */
  version: number;
  /** False where the organisation went back to the words of the house: subject and body are empty. */
  isOwn: boolean;
  subject: string;
  body: string;
  /** The version that was brought back, or null. */
  restoredFrom: number | null;
  savedAt: Date;
  /** Staff account. */
  savedBy: string;
}

const fixed = { required: true, immutable: true } as const;

const letterVersionSchema = new Schema<LetterVersionRow>(
  {
    code: { type: String, enum: letterCodes, ...fixed },
    language: { type: String, ...fixed },
    version: { type: Number, ...fixed },
    isOwn: { type: Boolean, ...fixed },
    subject: { type: String, default: '', immutable: true },
    body: { type: String, default: '', immutable: true },
    restoredFrom: { type: Number, default: null, immutable: true },
    savedAt: { type: Date, ...fixed },
    savedBy: { type: String, ...fixed },
  },
  { collection: 'letterVersions', strict: 'throw', versionKey: false },
);
belongsToOrganization(letterVersionSchema);
letterVersionSchema.index(
  { organizationId: 1, code: 1, language: 1, version: -1 },
  { unique: true },
);

onlyGrows(letterVersionSchema, 'Versions of letters are never changed.');
export const LetterVersionModel = model('LetterVersion', letterVersionSchema);
