import Joi from 'joi';
import { staffPage, type Door } from '../../http/doors.ts';
import { line } from '../../wire.ts';
import { draftDecision, type DraftedDecision } from './drafts.ts';
import { extensionReasons, refusalGroundCodes } from './grounds.ts';
import { showRequest } from './request-pages.ts';
import { answerText, requestId, type RequestId } from './schema.ts';

interface DraftParams extends RequestId {
  form: DraftedDecision['form'];
}

interface Asked extends Omit<DraftedDecision, 'form'> {
  step: 'draft' | 'look';
  text: string;
  /** Which way the answer goes, for the rights that have several. */
  result: string;
}

const oneOf = (values: readonly string[]) =>
  Joi.string()
    .valid(...values)
    .empty('')
    .default(null);

/** A form of a decision on its way: filled in from its letter, or shown as the person will see it. */
export const draftPages: Door[] = [
  staffPage<DraftParams, Record<string, never>, Asked>('requests:decide', {
    method: 'post',
    path: '/o/:organization/requests/:id/letters/:form',
    params: requestId.append<DraftParams>({
      form: Joi.string().valid('complete', 'refuse', 'extend').required(),
    }),
    // The other fields of the form come along; they are looked at when it is sent.
    body: Joi.object<Asked>({
      step: Joi.string().valid('draft', 'look').required(),
      text: answerText.allow('').default(''),
      kind: Joi.string().valid('completed', 'partial').default('completed'),
      result: line(40).allow('').default(''),
      ground: oneOf(refusalGroundCodes),
      reason: oneOf(extensionReasons),
    }).options({ stripUnknown: true }),
    act: async (call) => {
      const { form } = call.params;
      const { step, text, kind, result, ground, reason } = call.body;
      const letter =
        step === 'look'
          ? ''
          : await draftDecision(call.staff, call.params.id, { form, kind, ground, reason });
      const whole = [letter, text].filter(Boolean).join('\n\n');
      return showRequest(call, {
        form,
        values: {
          text: whole,
          kind,
          result,
          ground: ground ?? '',
          reason: reason ?? '',
          isLook: step === 'look',
        },
        errors: {},
      });
    },
  }),
];
