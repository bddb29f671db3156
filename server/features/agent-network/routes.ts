import Joi from 'joi';
import { publicJson, type Answer, type Call, type Door } from '../../http/doors.ts';
import { Problem } from '../../problem.ts';
import { line } from '../../wire.ts';
import { inCentre, type InCentre } from '../../centre.ts';
import { organizationBySlug, type Organization } from '../organizations/service.ts';
import { agentByToken, issueToken } from './directory.ts';
import { exerciseRight, readStatus, revokeExercise } from './exercise.ts';
import { messageFaults, MessageRefused } from './messages.ts';
import type { NetworkAgentRow } from './model.ts';

const PATH = '/drp/:organization/v1';

interface OfRequest extends InCentre {
  id: string;
}
const ofRequest = inCentre.append<OfRequest>({ id: line(60).required() });

interface Signed {
  text: string;
}
const signed = Joi.object<Signed>({ text: Joi.string().allow('').required() });

const text = Joi.string();
const status = Joi.object({
  request_id: text.required(),
  agent_request_id: text,
  received_at: text.isoDate().required(),
  expected_by: text.required(),
  status: text.valid('open', 'in_progress', 'fulfilled', 'revoked', 'denied', 'expired').required(),
  reason: text,
  processing_details: text,
  user_verification_url: text,
  results_url: text,
  expires_at: text,
});
const fault = Joi.object({ code: text.required(), message: text.required(), fatal: Joi.boolean() });

const refusals = Object.fromEntries(
  [...new Set(Object.values(messageFaults).map((one) => one.status))].map((code) => [
    code,
    { description: 'Why the message is not acted upon', schema: fault },
  ]),
);
const replies = { 200: { description: 'Where the request stands', schema: status }, ...refusals };

/** Refusals in the form of the protocol (3.06): `fatal` means that trying again is of no use. */
function refusalOf(error: unknown): Answer {
  if (error instanceof MessageRefused) {
    const { status: code, message, ...rest } = messageFaults[error.fault];
    return { json: { code: code.toString(), message, ...rest }, status: code };
  }
  if (error instanceof Problem && error.problem === 'invalid') {
    const { status: code, message, ...rest } = messageFaults.exercise;
    return { json: { code: code.toString(), message, ...rest }, status: code };
  }
  throw error;
}

/** What an agent with a token may do. */
const asAgent =
  <P extends InCentre, B>(
    act: (
      organization: Organization,
      agent: NetworkAgentRow,
      call: Call<P, unknown, B>,
    ) => Promise<object>,
  ) =>
  async (call: Call<P, unknown, B>): Promise<Answer> => {
    const organization = await organizationBySlug(call.params.organization);
    try {
      const agent = await agentByToken(organization, call.header('authorization'));
      return { json: await act(organization, agent, call) };
    } catch (error) {
      return refusalOf(error);
    }
  };

/** The Data Rights Protocol 1.0, for one business each. */
export const networkRoutes: Door[] = [
  publicJson<InCentre, Record<string, never>, Signed>({
    method: 'post',
    path: `${PATH}/data-rights-request`,
    name: 'exerciseDataRight',
    summary: 'Data Rights Protocol: an agent exercises a right of a person',
    params: inCentre,
    body: signed,
    plainText: true,
    limit: 'api',
    replies,
    act: asAgent((organization, agent, { body }) => exerciseRight(organization, agent, body.text)),
  }),
  publicJson<OfRequest>({
    method: 'get',
    path: `${PATH}/data-rights-request/:id`,
    name: 'readDataRightStatus',
    summary: 'Data Rights Protocol: where a request of the agent stands',
    params: ofRequest,
    limit: 'api',
    replies,
    act: asAgent((organization, agent, { params }) => readStatus(organization, agent, params.id)),
  }),
  publicJson<OfRequest, Record<string, never>, Signed>({
    method: 'delete',
    path: `${PATH}/data-rights-request/:id`,
    name: 'revokeDataRight',
    summary: 'Data Rights Protocol: ends a request at the wish of its person',
    params: ofRequest,
    body: signed,
    plainText: true,
    limit: 'api',
    replies,
    act: asAgent((organization, agent, { params, body }) =>
      revokeExercise(organization, agent, params.id, body.text),
    ),
  }),
  publicJson<OfRequest, Record<string, never>, Signed>({
    method: 'post',
    path: `${PATH}/agent/:id`,
    name: 'setUpAgentToken',
    summary: 'Data Rights Protocol: gives a listed agent a bearer token for a signed message',
    params: ofRequest,
    body: signed,
    plainText: true,
    limit: 'code',
    replies: {
      200: {
        description: 'The token; it replaces an earlier one',
        schema: Joi.object({ 'agent-id': text.required(), token: text.required() }),
      },
      403: { description: 'Refused, without a word why' },
    },
    act: async ({ params, body }) => {
      const organization = await organizationBySlug(params.organization);
      try {
        const token = await issueToken(organization, params.id, body.text);
        return { json: { 'agent-id': params.id, token } };
      } catch (error) {
        if (!(error instanceof MessageRefused)) throw error;
        return { text: '', type: 'text/plain', status: 403 };
      }
    },
  }),
  publicJson<OfRequest>({
    method: 'get',
    path: `${PATH}/agent/:id`,
    name: 'readAgentToken',
    summary: 'Data Rights Protocol: whether a bearer token is still that of the agent',
    params: ofRequest,
    limit: 'api',
    replies: { 200: { description: 'It is', schema: Joi.object({}) }, ...refusals },
    act: asAgent((_organization, { agentId }, { params }) => {
      if (agentId !== params.id) throw new MessageRefused('foreign');
      return Promise.resolve({});
    }),
  }),
];
