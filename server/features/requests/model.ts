import { model, Schema, type Types } from 'mongoose';
import type { DataClass, RegimeId, RightId } from '../../../config/regimes.ts';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';
import type { DeadlineResult } from './deadlines.ts';
import type { ExtensionReason, RefusalGround } from './grounds.ts';
import { requestGroups, requestStates, type RequestGroup, type RequestState } from './states.ts';

export interface ExtensionRow {
  at: Date;
  reason: ExtensionReason;
  /** What the person was told, sealed. */
  sealed: Buffer;
}

export interface OutcomeRow {
  at: Date;
  kind: 'completed' | 'refused';
  ground: RefusalGround | null;
  /** The answer in words, sealed. */
  sealed: Buffer;
}

export interface RequestRow extends OfOrganization {
  _id: Types.ObjectId;
  /** What people say on the telephone; unique in the installation. */
  reference: string;
  /** Made by the form: the same post counts once. */
  formKey: string;
  subjectId: Types.ObjectId;
  keyId: Types.ObjectId;
  /** `RequestContents`, sealed under `keyId`. */
  sealed: Buffer;
  right: RightId;
  dataClass: DataClass;
  regimes: RegimeId[];
  language: string;
  channel: 'web';
  receivedAt: Date;
  /** The organisation's zone and promise as of receipt. */
  timeZone: string;
  promiseDays: number | null;
  /** All dates, with the rules and versions they came from. */
  deadlines: DeadlineResult;
  /** False for what must be answered without proof of identity. */
  needsProof: boolean;
  state: RequestState;
  /** `groupOf(state)`, stored so that one index serves each drawer of the queue. */
  group: RequestGroup;
  /** Raised by each move, and by each message of the person. */
  version: number;
  assigneeId: Types.ObjectId | null;
  verifiedAt: Date | null;
  acknowledgedAt: Date | null;
  closedAt: Date | null;
  extension: ExtensionRow | null;
  outcome: OutcomeRow | null;
  /** The day by which the queue is sorted: the alarm day, which an extension moves. */
  urgentOn: string;
  /** Up to when the passing of time has been dealt with. */
  attendedAt: Date;
  /** When it next needs attention; null when nothing is to be done. */
  nextActionAt: Date | null;
  erasedAt: Date | null;
}

const extensionSchema = new Schema<ExtensionRow>(
  {
    at: { type: Date, required: true },
    reason: { type: String, required: true },
    sealed: { type: Buffer, required: true },
  },
  { _id: false },
);

const outcomeSchema = new Schema<OutcomeRow>(
  {
    at: { type: Date, required: true },
    kind: { type: String, required: true },
    ground: { type: String, default: null },
    sealed: { type: Buffer, required: true },
  },
  { _id: false },
);

const requestSchema = new Schema<RequestRow>(
  {
    reference: { type: String, required: true, immutable: true },
    formKey: { type: String, required: true, immutable: true },
    subjectId: { type: Schema.Types.ObjectId, required: true },
    keyId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    sealed: { type: Buffer, required: true },
    right: { type: String, required: true },
    dataClass: { type: String, required: true },
    regimes: { type: [String], required: true },
    language: { type: String, required: true },
    channel: { type: String, required: true },
    receivedAt: { type: Date, required: true, immutable: true },
    timeZone: { type: String, required: true, immutable: true },
    promiseDays: { type: Number, default: null },
    deadlines: { type: Schema.Types.Mixed, required: true },
    needsProof: { type: Boolean, required: true },
    state: { type: String, enum: requestStates, required: true },
    group: { type: String, enum: requestGroups, required: true },
    version: { type: Number, default: 1 },
    assigneeId: { type: Schema.Types.ObjectId, default: null },
    verifiedAt: { type: Date, default: null },
    acknowledgedAt: { type: Date, default: null },
    closedAt: { type: Date, default: null },
    extension: { type: extensionSchema, default: null },
    outcome: { type: outcomeSchema, default: null },
    urgentOn: { type: String, required: true },
    attendedAt: { type: Date, required: true },
    nextActionAt: { type: Date, default: null },
    erasedAt: { type: Date, default: null },
  },
  { collection: 'requests', timestamps: true, strict: 'throw', minimize: false, versionKey: false },
);
belongsToOrganization(requestSchema);
requestSchema.index({ reference: 1 }, { unique: true });
requestSchema.index({ organizationId: 1, formKey: 1 }, { unique: true });
requestSchema.index({ organizationId: 1, group: 1, urgentOn: 1, _id: 1 });
requestSchema.index({ organizationId: 1, group: 1, _id: -1 });
requestSchema.index({ organizationId: 1, assigneeId: 1, group: 1, urgentOn: 1, _id: 1 });
requestSchema.index({ organizationId: 1, assigneeId: 1, group: 1, _id: -1 });
requestSchema.index({ organizationId: 1, subjectId: 1 });
requestSchema.index({ nextActionAt: 1 });
export const RequestModel = model('Request', requestSchema);

/** A message between the person and the staff, or a note that only staff see. */
export interface MessageRow extends OfOrganization {
  _id: Types.ObjectId;
  requestId: Types.ObjectId;
  /** Made by the form: the same post counts once. */
  formKey: string;
  kind: 'person' | 'staff' | 'note';
  at: Date;
  /** The staff account; null for the person. */
  authorId: Types.ObjectId | null;
  /** The text, sealed under the request's key. */
  sealed: Buffer;
}

const messageSchema = new Schema<MessageRow>(
  {
    requestId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    formKey: { type: String, required: true, immutable: true },
    kind: { type: String, enum: ['person', 'staff', 'note'], required: true, immutable: true },
    at: { type: Date, required: true, immutable: true },
    authorId: { type: Schema.Types.ObjectId, default: null, immutable: true },
    sealed: { type: Buffer, required: true, immutable: true },
  },
  { collection: 'requestMessages', strict: 'throw', versionKey: false },
);
belongsToOrganization(messageSchema);
messageSchema.index({ organizationId: 1, requestId: 1, _id: 1 });
messageSchema.index({ requestId: 1, formKey: 1 }, { unique: true });
export const MessageModel = model('RequestMessage', messageSchema);

/** Somebody asked for a code, for a reference that may or may not exist. */
export interface CodeAskRow extends OfOrganization {
  _id: Types.ObjectId;
  reference: string;
  /** When it may be answered: at once. */
  nextActionAt: Date;
}

const codeAskSchema = new Schema<CodeAskRow>(
  {
    reference: { type: String, required: true, immutable: true },
    nextActionAt: { type: Date, required: true },
  },
  { collection: 'codeAsks', strict: 'throw', versionKey: false },
);
belongsToOrganization(codeAskSchema);
codeAskSchema.index({ nextActionAt: 1 });
export const CodeAskModel = model('CodeAsk', codeAskSchema);
