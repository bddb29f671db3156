import { publicPage, type Answer, type Call, type Door } from '../../http/doors.ts';
import type { Language } from '../../language.ts';
import { centrePage, centrePath, inCentre, type InCentre } from '../../centre.ts';
import { asVisitor } from '../audit/service.ts';
import { organizationBySlug, type Organization } from '../organizations/service.ts';
import { checkAnswers, choiceQuery, readChoice, type Choice } from '../requests/service.ts';
import { fileByAgent } from './filing.ts';
import type { LinkHolder } from './links.ts';
import {
  answerPermission,
  confirmAgent,
  mandateByLink,
  revokeMandate,
  type Mandate,
} from './mandates.ts';
import {
  agentLink,
  agentRequest,
  permission,
  type AgentLink,
  type AgentRequest,
  type Permission,
} from './schema.ts';
import { choiceView, formView, permissionView, statusView } from './views.ts';

const PATH = '/privacy/:organization';
const DOCUMENT = 'document';
type None = Record<string, never>;
interface Refused {
  values: Record<string, unknown>;
  errors: Record<string, string>;
}

function sentences({ t, has }: Language, fields: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    fields.map((field) => {
      const key = [`agents.error.${field}`, `privacy.error.${field}`].find(has);
      return [field, t(key ?? 'agents.error.other')];
    }),
  );
}

async function showForm(
  { params, query, language, files }: Call<InCentre, Choice, unknown>,
  { values, errors }: Refused = { values: {}, errors: {} },
): Promise<Answer> {
  const organization = await organizationBySlug(params.organization);
  const read = readChoice(organization, query);
  if ('chosen' in read) {
    const isLost = files.some(({ field }) => field === DOCUMENT);
    // A browser fills no file in again.
    const again = isLost ? { [DOCUMENT]: language.t('agents.error.documentAgain') } : {};
    const refused = { values, errors: { ...again, ...sentences(language, Object.keys(errors)) } };
    const form = await formView(organization, language, read.chosen, refused);
    return centrePage(organization, language, 'agents/form', form.action, form);
  }
  const isUntouched = query.right === '' && query.country === null;
  const said = sentences(language, isUntouched ? [] : read.missing);
  const choice = choiceView(organization, language, query, said);
  return centrePage(organization, language, 'agents/choice', choice.action, choice);
}

async function sendForm(call: Call<InCentre, Choice, AgentRequest>): Promise<Answer> {
  const { params, language, body, files, network } = call;
  const organization = await organizationBySlug(params.organization);
  await fileByAgent(organization, await checkAnswers(organization, body), {
    actor: asVisitor(organization._id),
    language: language.code,
    document: files.find(({ field }) => field === DOCUMENT)?.content ?? null,
    directoryId: null,
    network,
  });
  return { redirect: `${centrePath(organization)}/agent/sent` };
}

/** The page of a link, which only shows; what it does, its buttons do. */
const linkPage = (
  holder: LinkHolder,
  page: string,
  view: (language: Language, mandate: Mandate, here: string, organization: Organization) => object,
): Door =>
  publicPage<AgentLink>({
    method: 'get',
    path: `${PATH}/${holder === 'agent' ? 'agent' : 'permission'}/:token`,
    params: agentLink,
    act: async ({ params, language, path }) => {
      const organization = await organizationBySlug(params.organization);
      const mandate = await mandateByLink(organization, holder, params.token);
      const model = view(language, mandate, path, organization);
      return centrePage(organization, language, page, path, model);
    },
  });

type LinkCall<B> = Call<AgentLink, None, B>;

/** What a button of such a page does. */
const linkAction = <B extends object = None>(
  path: string,
  flash: string,
  act: (organization: Organization, call: LinkCall<B>) => Promise<void>,
  body?: Parameters<typeof publicPage<AgentLink, None, B>>[0]['body'],
): Door =>
  publicPage<AgentLink, None, B>({
    method: 'post',
    path: `${PATH}/${path}`,
    params: agentLink,
    limit: 'code',
    ...(body && { body }),
    act: async (call) => {
      const { organization: slug, token } = call.params;
      await act(await organizationBySlug(slug), call);
      return { redirect: `/privacy/${slug}/${path.split('/')[0] ?? ''}/${token}`, flash };
    },
  });

/** Where somebody asks in another person's name, and where both of them answer. */
export const agentPages: Door[] = [
  publicPage<InCentre, Choice>({
    method: 'get',
    path: `${PATH}/agent`,
    params: inCentre,
    query: choiceQuery,
    act: (call) => showForm(call),
  }),
  publicPage<InCentre, Choice, AgentRequest>({
    method: 'post',
    path: `${PATH}/agent`,
    params: inCentre,
    query: choiceQuery,
    body: agentRequest,
    limit: 'form',
    uploads: true,
    act: sendForm,
    onInvalid: showForm,
  }),
  publicPage<InCentre>({
    method: 'get',
    path: `${PATH}/agent/sent`,
    params: inCentre,
    act: async ({ params, language, path }) => {
      const organization = await organizationBySlug(params.organization);
      const startUrl = centrePath(organization);
      return centrePage(organization, language, 'agents/sent', path, { startUrl });
    },
  }),
  linkPage('agent', 'agents/status', statusView),
  linkAction('agent/:token', 'agents.flash.confirmed', (organization, { params }) =>
    confirmAgent(organization, params.token),
  ),
  linkAction('agent/:token/withdrawal', 'agents.flash.ended', (organization, { params }) =>
    revokeMandate(organization, 'agent', params.token),
  ),
  linkPage('person', 'agents/permission', permissionView),
  linkAction<Permission>(
    'permission/:token',
    'agents.flash.answered',
    (organization, { params, body }) => answerPermission(organization, params.token, body),
    permission,
  ),
  linkAction('permission/:token/revocation', 'agents.flash.revoked', (organization, { params }) =>
    revokeMandate(organization, 'person', params.token),
  ),
];
