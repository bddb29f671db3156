import { agentBases, agentRules } from '../../../config/agents.ts';
import type { Language } from '../../language.ts';
import { newClientKey } from '../../wire.ts';
import { centrePath } from '../../centre.ts';
import { errorList, type Errors, type Typed } from '../../typed.ts';
import type { FileView } from '../files/service.ts';
import type { Organization } from '../organizations/service.ts';
import { countryOptions, partGroups } from '../explain/service.ts';
import {
  askedFields,
  asksForHealth,
  choiceAsQuery,
  customerField,
  fileItems,
  relationQuestion,
  requestPath,
  residenceText,
  rightsOffered,
  type Choice,
  type ChosenRight,
} from '../requests/service.ts';
import { canDecide, type Mandate } from './mandates.ts';

const CHOICE_FIELDS = ['right', 'relation', 'country', 'state'];
const PERSON_FIELDS = ['name', 'email'];
const AGENT_FIELDS = [
  'details',
  'agentName',
  'company',
  'agentEmail',
  'basis',
  'document',
  'authorityEndsOn',
];

/** First what is asked, and about which data: the form then asks only what that needs. */
export function choiceView(
  organization: Organization,
  language: Language,
  query: Choice,
  errors: Errors,
) {
  const { t } = language;
  const home = centrePath(organization);
  return {
    back: { href: home, label: t('privacy.ended.action') },
    action: `${home}/agent`,
    title: t('agents.form.title'),
    values: { ...query, country: query.country ?? '' },
    errors,
    errorList: errorList(errors, CHOICE_FIELDS),
    rights: rightsOffered(organization).map((value) => ({
      value,
      label: t(`privacy.right.${value}.title`),
    })),
    relation: relationQuestion(language, organization),
    countries: countryOptions(language),
    states: partGroups(language),
    asksForHealth: asksForHealth(organization),
  };
}

/** The form of somebody who asks in another person's name. */
export async function formView(
  organization: Organization,
  language: Language,
  chosen: ChosenRight,
  { values, errors: refused }: { values: Typed; errors: Errors },
) {
  const { t } = language;
  const home = `${centrePath(organization)}/agent`;
  const here = `${home}?${choiceAsQuery(chosen)}`;
  const { fields, errors, names } = await askedFields(organization, language, chosen, {
    typed: values.answers,
    errors: refused,
  });
  return {
    back: { href: home, label: t('privacy.request.back') },
    action: here,
    hidden: Object.entries({ ...chosen, state: chosen.state ?? '' }).map(([name, value]) => ({
      name,
      value,
    })),
    wishes: [
      { term: t('agents.form.right'), text: t(`privacy.right.${chosen.right}.title`) },
      { term: t('agents.form.country'), text: residenceText(language, chosen) },
    ],
    customer: customerField(language, chosen.relation, { values, errors }),
    questions: fields,
    values: { basis: 'signed-permission', ...values, formKey: values.formKey ?? newClientKey() },
    errors,
    errorList: errorList(errors, [...PERSON_FIELDS, 'customer', ...names, ...AGENT_FIELDS]),
    bases: agentBases.map((value) => ({
      value,
      title: t(`agents.basis.${value}.title`),
      description: t(`agents.basis.${value}.text`),
    })),
    policyUrl: organization.policyUrl,
  };
}

const nameOf = ({ agent }: Mandate) =>
  agent.company === '' ? agent.name : `${agent.name}, ${agent.company}`;

const requestFacts = ({ t, day }: Language, { request }: Mandate) => [
  { term: t('agents.fact.reference'), text: request.reference },
  { term: t('agents.fact.right'), text: t(`privacy.right.${request.right}.title`) },
  { term: t('agents.fact.receivedOn'), text: day(request.receivedOn) },
  { term: t('agents.fact.answerBy'), text: day(request.answerBy) },
];

/** Where the request stands, in one word for the agent. */
function agentState({ state, agentConfirmedAt, basis, isOptOut, request }: Mandate): string {
  if (!request.isOpen && !request.isUnverified) {
    return ['completed', 'partial'].includes(request.state) ? 'answered' : 'ended';
  }
  if (request.isOpen) return 'working';
  if (agentConfirmedAt === null && !isOptOut) return 'confirm';
  return state === 'waiting' && agentRules[basis].confirmedBy === 'person' ? 'person' : 'office';
}

/** What the agent sees: how things stand, and nothing of the person. */
export function statusView(language: Language, mandate: Mandate, here: string) {
  const { t } = language;
  const state = agentState(mandate);
  const mayEnd = mandate.request.isOpen || mandate.request.isUnverified;
  return {
    title: t(state === 'confirm' ? 'agents.status.confirmTitle' : 'agents.status.title'),
    isConfirming: state === 'confirm',
    standing: t(`agents.standing.${state}`),
    facts: requestFacts(language, mandate),
    action: here,
    endUrl: mayEnd && state !== 'confirm' ? `${here}/withdrawal` : null,
  };
}

/** What the person is asked: who wants to act for them, and what they ask for. */
export function permissionView(
  language: Language,
  mandate: Mandate,
  here: string,
  organization: Organization,
) {
  const { t } = language;
  const { request, state, basis, isOptOut, asksForDelivery } = mandate;
  const isLive = request.isUnverified || request.isOpen;
  const isAsked =
    request.isUnverified && state === 'waiting' && agentRules[basis].confirmedBy === 'person';
  const key = isAsked ? 'ask' : isLive && state !== 'refused' ? 'given' : 'over';
  return {
    title: t(`agents.permission.${key}`, { organization: organization.name }),
    text: t(`agents.permission.${isOptOut && key === 'given' ? 'optOut' : key}Text`, {
      organization: organization.name,
    }),
    facts: [
      { term: t('agents.fact.agent'), text: nameOf(mandate), sub: mandate.agent.email },
      { term: t('agents.fact.basis'), text: t(`agents.claim.${basis}`) },
      ...requestFacts(language, mandate),
    ],
    meaning: t(`privacy.right.${request.right}.text`),
    isAsked,
    asksForDelivery,
    action: here,
    revokeUrl: key === 'given' ? `${here}/revocation` : null,
    startUrl: centrePath(organization),
  };
}

/** What staff see of an agent, and what they may decide. */
export function reviewView(
  organization: Organization,
  language: Language,
  mandate: Mandate,
  files: readonly FileView[],
  mayWork: boolean,
) {
  const { t, day, moment } = language;
  const here = requestPath(organization, mandate.requestId);
  const { agent, basis, state, decidedBy, decidedAt, agentConfirmedAt, authorityEndsOn } = mandate;
  const at = (when: Date) => moment(when, organization.timeZone);
  const isForPerson = agentRules[basis].confirmedBy === 'person';
  return {
    title: t('agents.review.title'),
    back: { href: here, label: mandate.request.reference },
    facts: [
      { term: t('agents.fact.agent'), text: agent.name },
      ...(agent.company === '' ? [] : [{ term: t('agents.fact.company'), text: agent.company }]),
      {
        term: t('agents.fact.email'),
        text: agent.email,
        sub:
          agentConfirmedAt === null
            ? t('agents.review.unconfirmed')
            : t('agents.review.confirmedAt', { at: at(agentConfirmedAt) }),
      },
      { term: t('agents.fact.basis'), text: t(`agents.basis.${basis}.title`) },
      ...(authorityEndsOn === null
        ? []
        : [{ term: t('agents.fact.authorityEndsOn'), text: day(authorityEndsOn) }]),
      {
        term: t('agents.fact.delivery'),
        text: t(mandate.coversDelivery ? 'agents.review.toAgent' : 'agents.review.toPerson'),
      },
      {
        term: t('agents.fact.permission'),
        text: t(`agents.state.${state}`),
        ...(decidedAt && decidedBy && { sub: t(`agents.by.${decidedBy}`, { at: at(decidedAt) }) }),
      },
    ],
    waiting:
      state === 'waiting' && isForPerson
        ? t('agents.review.waitingForPerson')
        : state === 'waiting' && agentConfirmedAt === null
          ? t('agents.review.waitingForAgent')
          : null,
    files: fileItems(language, files, (id) => `${here}/agent/files/${id}`),
    decisionUrl: mayWork && canDecide(mandate, organization) ? `${here}/agent/decision` : null,
  };
}
