import { lookUpReasons, marketingTopics } from '../../../config/message-topics.ts';
import { mayDo } from '../../../config/permissions.ts';
import { publicPage, staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import type { Language } from '../../language.ts';
import { centrePage, centrePath } from '../../centre.ts';
import { ofId, type OfId } from '../../wire.ts';
import { organizationBySlug, type Organization } from '../organizations/service.ts';
import type { SuppressionRow } from './model.ts';
import {
  addressAndTopic,
  lookUp,
  unsubscribeLink,
  type AddressAndTopic,
  type LookUp,
  type UnsubscribeLink,
} from './schema.ts';
import {
  countSuppressions,
  lookUpAddress,
  readUnsubscribeToken,
  removeSuppression,
  suppressByStaff,
  unsubscribeByLink,
} from './service.ts';

type Nothing = Record<string, never>;
type Knocking = StaffCall<unknown, unknown, unknown>;

const homeOf = ({ staff }: Knocking) => `/o/${staff.organization.slug}/suppressions`;

const topicOptions = ({ t }: Language) =>
  marketingTopics.map((value) => ({ value, label: t(`suppressions.topic.${value}`) }));

interface Shown {
  form?: 'lookup' | 'add';
  values?: Record<string, unknown>;
  errors?: Record<string, string>;
  found?: { address: string; rows: SuppressionRow[] };
}

/** One entry of the list, with the way to remove it. */
function foundRow(call: Knocking, { _id, topic, cause, since, requestId }: SuppressionRow) {
  const { t, moment } = call.language;
  const { slug, timeZone } = call.staff.organization;
  return {
    facts: [
      { term: t('suppressions.list.topic'), text: t(`suppressions.topic.${topic}`) },
      { term: t('suppressions.list.since'), text: moment(since, timeZone) },
      {
        term: t('suppressions.list.cause'),
        text: t(`suppressions.cause.${cause}`),
        ...(requestId && { href: `/o/${slug}/requests/${requestId.toHexString()}` }),
      },
    ],
    id: `remove-${_id.toHexString()}`,
    removeUrl: mayDo(call.staff.role, 'suppressions:write')
      ? `${homeOf(call)}/${_id.toHexString()}/remove`
      : null,
  };
}

async function showList(call: Knocking, shown: Shown = {}): Promise<Answer> {
  const { language, staff } = call;
  const { t, number } = language;
  const { form, values = {}, errors = {}, found } = shown;
  const counts = await countSuppressions(staff.organizationId);
  const home = homeOf(call);
  const formOf = (name: 'lookup' | 'add') =>
    name === form ? { values, errors } : { values: {}, errors: {} };
  return {
    page: 'suppressions/list',
    model: {
      counts: counts.map(({ topic, count }) => ({
        term: t(`suppressions.topic.${topic}`),
        text: number(count),
      })),
      lookUpUrl: `${home}/look-up`,
      reasons: lookUpReasons.map((value) => ({ value, label: t(`suppressions.reason.${value}`) })),
      addUrl: mayDo(staff.role, 'suppressions:write') ? home : null,
      topics: topicOptions(language),
      lookup: formOf('lookup'),
      add: formOf('add'),
      found: found && {
        address: found.address,
        rows: found.rows.map((row) => foundRow(call, row)),
      },
      errorList: Object.entries(errors).map(([field, text]) => ({
        href: `#${form ?? ''}-${field}`,
        text,
      })),
    },
  };
}

const listPages: Door[] = [
  staffPage('suppressions:read', {
    method: 'get',
    path: '/o/:organization/suppressions',
    act: (call) => showList(call),
  }),
  staffPage<Nothing, Nothing, LookUp>('suppressions:read', {
    method: 'post',
    path: '/o/:organization/suppressions/look-up',
    body: lookUp,
    act: async (call) => {
      const { address } = call.body;
      return showList(call, {
        found: { address, rows: await lookUpAddress(call.staff, call.body) },
      });
    },
    onInvalid: (call, { values, errors }) => showList(call, { form: 'lookup', values, errors }),
  }),
  staffPage<Nothing, Nothing, AddressAndTopic>('suppressions:write', {
    method: 'post',
    path: '/o/:organization/suppressions',
    body: addressAndTopic,
    act: async (call) => {
      await suppressByStaff(call.staff, call.body);
      return { redirect: homeOf(call), flash: 'suppressions.flash.added' };
    },
    onInvalid: (call, { values, errors }) => showList(call, { form: 'add', values, errors }),
  }),
  staffPage<OfId>('suppressions:write', {
    method: 'post',
    path: '/o/:organization/suppressions/:id/remove',
    params: ofId,
    act: async (call) => {
      await removeSuppression(call.staff, call.params.id);
      return { redirect: homeOf(call), flash: 'suppressions.flash.removed' };
    },
  }),
];

function unsubscribePage(
  organization: Organization,
  language: Language,
  token: string,
  state: 'ask' | 'done' | 'unknown',
): Answer {
  const here = `${centrePath(organization)}/unsubscribe/${token}`;
  const topic = readUnsubscribeToken(organization, token)?.topic ?? 'marketing';
  const params = {
    organization: organization.name,
    topic: language.t(`suppressions.topic.${topic}`),
  };
  return {
    ...centrePage(organization, language, 'suppressions/unsubscribe', here, {
      title: language.t(`suppressions.unsubscribe.${state}.title`, params),
      text: language.t(`suppressions.unsubscribe.${state}.text`, params),
      action: state === 'ask' ? `${here}/confirm` : null,
      centreUrl: centrePath(organization),
    }),
    status: state === 'unknown' ? 410 : 200,
  };
}

/** Where the link of a mail leads. Looking at it ends nothing: mail scanners open links. */
const linkPages: Door[] = [
  publicPage<UnsubscribeLink>({
    method: 'get',
    path: '/privacy/:organization/unsubscribe/:token',
    params: unsubscribeLink,
    act: async ({ params: { organization: slug, token }, language }) => {
      const organization = await organizationBySlug(slug);
      const isKnown = readUnsubscribeToken(organization, token) !== null;
      return unsubscribePage(organization, language, token, isKnown ? 'ask' : 'unknown');
    },
  }),
  publicPage<UnsubscribeLink>({
    method: 'post',
    path: '/privacy/:organization/unsubscribe/:token/confirm',
    params: unsubscribeLink,
    limit: 'form',
    act: async ({ params: { organization: slug, token }, language }) => {
      const organization = await organizationBySlug(slug);
      await unsubscribeByLink(organization, token);
      return unsubscribePage(organization, language, token, 'done');
    },
  }),
];

/** The list of those who get no more advertising, and the page behind the link of a mail. */
export const suppressionPages: Door[] = [...listPages, ...linkPages];
