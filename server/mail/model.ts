import { model, Schema, type Types } from 'mongoose';

/**
 * - `queued` waits for its turn, `sending` is leased by a worker until `nextActionAt`;
 * - `sent` was taken by the mail server, `outbox` is shown in the outbox page instead;
 * - `refused` was turned away for good, `bounced` came back after it had been taken;
 * - `erased` lost its data key before it could go.
 */
export const mailStates = [
  'queued',
  'sending',
  'sent',
  'outbox',
  'refused',
  'bounced',
  'erased',
] as const;
export type MailState = (typeof mailStates)[number];

export interface MailRow {
  _id: Types.ObjectId;
  /** Null for mail of the installation, such as a password reset. */
  organizationId: Types.ObjectId | null;
  template: string;
  language: string;
  /** What the mail is about, such as a request. */
  about: { kind: string; id: Types.ObjectId } | null;
  state: MailState;
  /** When the mail is due, or when the lease of the worker that sends it ends; null when nothing is to be done. */
  nextActionAt: Date | null;
  /** Whose attempt this is: only its holder may write down how it ended. */
  lease: Types.ObjectId | null;
  tries: number;
  /** `550 5.1.1`, or the name of a failure; never what the server said, which may quote the address. */
  lastError: string | null;
  queuedAt: Date;
  sentAt: Date | null;
  /** The data key of the person whom the mail serves. */
  keyId: Types.ObjectId;
  /** A `SealedMail`; null once the mail server has it. */
  sealed: Buffer | null;
}

const mailSchema = new Schema<MailRow>(
  {
    organizationId: { type: Schema.Types.ObjectId, default: null, immutable: true },
    template: { type: String, required: true, immutable: true },
    language: { type: String, required: true, immutable: true },
    about: {
      type: new Schema(
        {
          kind: { type: String, required: true },
          id: { type: Schema.Types.ObjectId, required: true },
        },
        { _id: false },
      ),
      default: null,
      immutable: true,
    },
    state: { type: String, enum: mailStates, required: true },
    nextActionAt: { type: Date, default: null },
    lease: { type: Schema.Types.ObjectId, default: null },
    tries: { type: Number, default: 0 },
    lastError: { type: String, default: null },
    queuedAt: { type: Date, required: true, immutable: true },
    sentAt: { type: Date, default: null },
    keyId: { type: Schema.Types.ObjectId, required: true, immutable: true },
    sealed: { type: Buffer, default: null },
  },
  { collection: 'mails', strict: 'throw' },
);
mailSchema.index({ nextActionAt: 1 });
mailSchema.index({ organizationId: 1, _id: -1 });
mailSchema.index({ organizationId: 1, state: 1, _id: -1 });
mailSchema.index({ state: 1, _id: -1 });
mailSchema.index({ organizationId: 1, 'about.id': 1, _id: -1 });
export const MailModel = model('Mail', mailSchema);
