import Joi from 'joi';
import { publicJson, staffJson, type Door } from '../../http/doors.ts';
import { invalidField, Problem } from '../../problem.ts';
import { clientKey, line, newClientKey } from '../../wire.ts';
import { inCentre, type InCentre } from '../../centre.ts';
import { AssertionRefused } from '../assertions/service.ts';
import { organizationBySlug } from '../organizations/service.ts';
import { checkAnswers } from './asked-questions.ts';
import { sendsSignal } from './gpc.ts';
import { fileRequest } from './intake.ts';
import { newRequest, type NewRequest } from './schema.ts';
import { takeSignal } from './signed-in.ts';

const API = '/api/v1/organizations/:organization';

interface FiledByMachine extends NewRequest {
  /** Of the mails to the person; the organisation's first one when left out. */
  language?: string;
}
const filedByMachine = (newRequest as Joi.ObjectSchema<FiledByMachine>).keys({
  formKey: clientKey.default(newClientKey),
  language: line(8),
});

const submitted = Joi.object({
  id: Joi.string().hex().length(24).required(),
  reference: Joi.string().required(),
  needsProof: Joi.boolean().required(),
});

const honoured = Joi.object({
  honouredAt: Joi.string().isoDate().required(),
  isNew: Joi.boolean().required(),
});

const notOfAssertion = ({ fault }: AssertionRefused) =>
  new Problem('wrong-credentials', `The assertion is refused: ${fault}.`, {
    code: `assertion-${fault}`,
  });

/** How machines and host pages bring in what people want. */
export const filingRoutes: Door[] = [
  staffJson<Record<string, never>, Record<string, never>, FiledByMachine>('requests:file', {
    method: 'post',
    path: `${API}/requests`,
    name: 'fileRequest',
    summary: 'Files a request that somebody made elsewhere; the same formKey counts once',
    body: filedByMachine,
    replies: {
      200: { description: 'It was filed before', schema: submitted },
      201: {
        description: 'It is filed; the person is sent a code where one is needed',
        schema: submitted,
      },
    },
    act: async ({ staff, body: { language, ...input } }) => {
      const { organization } = staff;
      const code = language ?? organization.languages[0] ?? 'en';
      if (!organization.languages.includes(code)) {
        throw invalidField('language', 'any.only', 'language is not spoken here');
      }
      const { id, reference, needsProof, replayed } = await fileRequest(
        organization,
        await checkAnswers(organization, input),
        {
          actor: staff,
          channel: 'api',
          language: code,
          receivedAt: new Date(),
          proof: null,
          enteredBy: staff.account.id,
        },
      );
      return {
        json: { id: id.toHexString(), reference, needsProof },
        status: replayed ? 200 : 201,
        location: `/api/v1/organizations/${organization.slug}/requests/${id.toHexString()}`,
      };
    },
  }),
  publicJson<InCentre, Record<string, never>, { assertion: string }>({
    method: 'post',
    path: `${API}/signals`,
    name: 'honourSignal',
    summary:
      'Global Privacy Control of a signed-in person’s browser counts as their opt-out of sale',
    crossOrigin: true,
    limit: 'choices',
    params: inCentre,
    body: Joi.object<{ assertion: string }>({ assertion: Joi.string().max(16_384).required() }),
    replies: {
      200: { description: 'It was honoured before, within a year', schema: honoured },
      201: { description: 'It is honoured', schema: honoured },
    },
    act: async (call) => {
      if (!sendsSignal(call)) {
        const errors = [
          { pointer: '', code: 'signal.missing', detail: 'the browser sends no Sec-GPC: 1' },
        ];
        throw new Problem('invalid', 'See errors.', { errors });
      }
      const organization = await organizationBySlug(call.params.organization);
      const { assertion } = call.body;
      try {
        const { honouredAt, isNew } = await takeSignal(
          organization,
          { assertion, origin: call.origin },
          call.language,
        );
        return { json: { honouredAt: honouredAt.toISOString(), isNew }, status: isNew ? 201 : 200 };
      } catch (error) {
        throw error instanceof AssertionRefused ? notOfAssertion(error) : error;
      }
    },
  }),
];
