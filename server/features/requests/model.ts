import { model, Schema, type Types } from 'mongoose';
import type { CalendarId } from '../../../config/law/calendars.ts';
import type { RegimeId } from '../../../config/regimes.ts';
import { outcomeKinds, type OutcomeKind } from '../../../config/right-catalogue.ts';
import {
  channelIds,
  controllerRoles,
  type ChannelId,
  type ControllerRole,
  type DataClass,
  type IdentityLevel,
  type RightId,
} from '../../../config/rights.ts';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';
import type { CalendarDay } from '../../deadlines/days.ts';
import type { DeadlineResult } from '../../deadlines/deadlines.ts';
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
  kind: OutcomeKind;
  ground: RefusalGround | null;
  /** Which way a granted request went, where its right has several. */
  result: string | null;
  /** The answer in words, sealed. */
  sealed: Buffer;
}

/** The end of a restriction, of which the person is told before (GDPR Art. 18(3)). */
export interface LiftingRow {
  at: Date;
  /** The first day on which the data are used again. */
  liftsOn: string;
  /** Why, sealed. */
  sealed: Buffer;
}

/** A question to the person that stops the clock where the law says so. */
export interface PauseRow {
  kind: 'identity' | 'clarification';
  askedAt: Date;
  /** Null while the answer is awaited. */
  answeredAt: Date | null;
}

export interface RequestRow extends OfOrganization {
  _id: Types.ObjectId;
  /** What people say on the telephone; unique in the installation. */
  reference: string;
  /** Made by the form, and for whom and what it was filled in: the same post counts once. */
  formKey: string;
  subjectId: Types.ObjectId;
  keyId: Types.ObjectId;
  /** `RequestContents`, sealed under `keyId`. */
  sealed: Buffer;
  right: RightId;
  dataClass: DataClass;
  regimes: RegimeId[];
  language: string;
  channel: ChannelId;
  /** The staff account or API key that entered it; null when it came by itself. */
  enteredBy: Types.ObjectId | null;
  /** The authorised agent who asks in the person's name. */
  agentId: Types.ObjectId | null;
  /** Waits for the person, or staff, to permit the agent: no code proves it. */
  needsPermission: boolean;
  /** Who permits the agent. */
  permissionBy: 'person' | 'staff' | null;
  /** The request whose outcome this one appeals against. */
  appealOf: Types.ObjectId | null;
  /** In which part the organisation holds the data. */
  role: ControllerRole;
  /** The agreement with the controller, where the organisation is not the one. */
  agreementId: Types.ObjectId | null;
  receivedAt: Date;
  /** The organisation's zone and promise as of receipt. */
  timeZone: string;
  promiseDays: number | null;
  promiseYields: boolean;
  /** Whose public holidays count, and when the organisation is closed, as of receipt. */
  calendar: CalendarId | null;
  closingDays: CalendarDay[];
  /** All dates, with the rules and versions they came from. */
  deadlines: DeadlineResult;
  /** False for what must be answered without proof of identity. */
  needsProof: boolean;
  /** How surely the person must be known before anything is done or disclosed. */
  requiredLevel: IdentityLevel;
  provenLevel: IdentityLevel;
  pauses: PauseRow[];
  /** When the person said a second time that their data shall be deleted. */
  confirmedAt: Date | null;
  tags: string[];
  /** What the queue and its search find it by: `facetsOf`, and words as keyed hashes. */
  facets: string[];
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
  lifting: LiftingRow | null;
  /** The day by which the queue is sorted: the alarm day, which an extension moves; once closed, that day. */
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

const pauseSchema = new Schema<PauseRow>(
  {
    kind: { type: String, enum: ['identity', 'clarification'], required: true },
    askedAt: { type: Date, required: true },
    answeredAt: { type: Date, default: null },
  },
  { _id: false },
);

const outcomeSchema = new Schema<OutcomeRow>(
  {
    at: { type: Date, required: true },
    kind: { type: String, enum: outcomeKinds, required: true },
    ground: { type: String, default: null },
    result: { type: String, default: null },
    sealed: { type: Buffer, required: true },
  },
  { _id: false },
);

const liftingSchema = new Schema<LiftingRow>(
  {
    at: { type: Date, required: true },
    liftsOn: { type: String, required: true },
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
    channel: { type: String, enum: channelIds, required: true },
    enteredBy: { type: Schema.Types.ObjectId, default: null },
    agentId: { type: Schema.Types.ObjectId, default: null },
    needsPermission: { type: Boolean, default: false, immutable: true },
    permissionBy: { type: String, enum: ['person', 'staff', null], default: null, immutable: true },
    appealOf: { type: Schema.Types.ObjectId, default: null },
    role: { type: String, enum: controllerRoles, default: 'controller' },
    agreementId: { type: Schema.Types.ObjectId, default: null },
    receivedAt: { type: Date, required: true, immutable: true },
    timeZone: { type: String, required: true, immutable: true },
    promiseDays: { type: Number, default: null },
    promiseYields: { type: Boolean, default: false },
    calendar: { type: String, default: null },
    closingDays: { type: [String], default: [] },
    deadlines: { type: Schema.Types.Mixed, required: true },
    needsProof: { type: Boolean, required: true },
    requiredLevel: { type: Number, required: true },
    provenLevel: { type: Number, default: 0 },
    pauses: { type: [pauseSchema], default: [] },
    confirmedAt: { type: Date, default: null },
    tags: { type: [String], default: [] },
    facets: { type: [String], default: [] },
    state: { type: String, enum: requestStates, required: true },
    group: { type: String, enum: requestGroups, required: true },
    version: { type: Number, default: 1 },
    assigneeId: { type: Schema.Types.ObjectId, default: null },
    verifiedAt: { type: Date, default: null },
    acknowledgedAt: { type: Date, default: null },
    closedAt: { type: Date, default: null },
    extension: { type: extensionSchema, default: null },
    outcome: { type: outcomeSchema, default: null },
    lifting: { type: liftingSchema, default: null },
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
// One index for every filter: its order holds within each facet.
requestSchema.index({ organizationId: 1, group: 1, facets: 1, urgentOn: 1, _id: 1 });
requestSchema.index({ organizationId: 1, subjectId: 1 });
requestSchema.index({ organizationId: 1, appealOf: 1 }, { sparse: true });
requestSchema.index({ nextActionAt: 1 });
export const RequestModel = model('Request', requestSchema);

/** A message between the person and the staff. */
export interface MessageRow extends OfOrganization {
  _id: Types.ObjectId;
  requestId: Types.ObjectId;
  /** Made by the form: the same post counts once. */
  formKey: string;
  kind: 'person' | 'staff';
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
    kind: { type: String, enum: ['person', 'staff'], required: true, immutable: true },
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

/** What staff write to each other about a request: kept apart, so that nothing told to a person can hold it. */
export interface NoteRow extends OfOrganization {
  _id: Types.ObjectId;
  requestId: Types.ObjectId;
  /** Made by the form: the same post counts once. */
  formKey: string;
  at: Date;
  /** The staff account. */
  noteBy: Types.ObjectId;
  /** The text, sealed under the request's key as a note, which opens as nothing else. */
  sealedNote: Buffer;
}

const noteSchema = new Schema<NoteRow>(
  {
    requestId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    formKey: { type: String, required: true, immutable: true },
    at: { type: Date, required: true, immutable: true },
    noteBy: { type: Schema.Types.ObjectId, required: true, immutable: true },
    sealedNote: { type: Buffer, required: true, immutable: true },
  },
  { collection: 'requestNotes', strict: 'throw', versionKey: false },
);
belongsToOrganization(noteSchema);
noteSchema.index({ organizationId: 1, requestId: 1, _id: 1 });
noteSchema.index({ requestId: 1, formKey: 1 }, { unique: true });
export const NoteModel = model('RequestNote', noteSchema);

/** Somebody asked for a code, for a reference that may or may not exist. */
export interface CodeAskRow extends OfOrganization {
  _id: Types.ObjectId;
  reference: string;
  /** More codes than usual were asked for when it came. */
  isCrowded: boolean;
  /** When it may be answered: at once. */
  nextActionAt: Date;
}

const codeAskSchema = new Schema<CodeAskRow>(
  {
    reference: { type: String, required: true, immutable: true },
    isCrowded: { type: Boolean, default: false },
    nextActionAt: { type: Date, required: true },
  },
  { collection: 'codeAsks', strict: 'throw', versionKey: false },
);
belongsToOrganization(codeAskSchema);
codeAskSchema.index({ nextActionAt: 1 });
export const CodeAskModel = model('CodeAsk', codeAskSchema);
