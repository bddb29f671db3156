import Joi from 'joi';
import type { Types } from 'mongoose';
import { config } from '../../../config/index.ts';
import { mayDo } from '../../../config/permissions.ts';
import { staffPage, type Door, type StaffCall } from '../../http/doors.ts';
import type { Language } from '../../language.ts';
import { isOutboxShown } from '../../mail/loopback.ts';
import { messageIdOf } from '../../mail/mailer.ts';
import { objectId, ofId, type OfId } from '../../wire.ts';
import {
  countDeliveries,
  deliveriesOf,
  deliveryViews,
  noteBounce,
  readDelivery,
  retryMail,
  sendTestMail,
  type Delivery,
  type DeliveryView,
  type OpenedDelivery,
} from './service.ts';
import { progressOf, reasonOf, stateBadge, templateName } from './views.ts';

const PAGE_SIZE = 50;

interface Listing {
  view: DeliveryView;
  before?: Types.ObjectId;
  message: string;
}
const listing = Joi.object<Listing>({
  view: Joi.string()
    .valid(...deliveryViews)
    .default('all'),
  before: objectId,
  message: Joi.string().trim().max(300).allow('').default(''),
});

type Knocking = StaffCall<unknown, unknown, unknown>;

const homeOf = ({ staff }: Knocking) => `/o/${staff.organization.slug}/mail`;
const zoneOf = ({ staff }: Knocking) => staff.organization.timeZone;

/** The id in a Message-ID as a bounce quotes it, with or without its brackets. */
const idInMessageId = (messageId: string) => /^<?([0-9a-f]{24})@/u.exec(messageId)?.[1];

/** What staff should know when there is no mail server. */
function serverNotice(language: Language) {
  if (config.smtpUrl !== null) return undefined;
  return isOutboxShown
    ? {
        tone: 'info',
        text: language.t('mail.deliveries.inOutbox'),
        link: { href: '/outbox', label: language.t('mail.deliveries.openOutbox') },
      }
    : { tone: 'danger', text: language.t('mail.deliveries.noServer') };
}

function deliveryRow(delivery: Delivery, call: Knocking) {
  const { language } = call;
  const { _id, template, state, queuedAt } = delivery;
  const isProblem = state === 'refused' || state === 'bounced';
  return {
    ...(isProblem && { tone: 'danger' }),
    cells: [
      { text: templateName(template, language), href: `${homeOf(call)}/${_id.toString()}` },
      {
        badge: stateBadge(state, language),
        // What the outbox is stands above the list.
        ...(state !== 'outbox' && { sub: progressOf(delivery, language, zoneOf(call)) }),
      },
      { text: language.moment(queuedAt, zoneOf(call)), at: queuedAt.toISOString() },
    ],
  };
}

function deliveryFacts(delivery: OpenedDelivery, call: Knocking) {
  const { language } = call;
  const { content, state, tries, queuedAt, sentAt, lastError, about } = delivery;
  const isShownOnly = state === 'outbox';
  const text = (key: string) => language.t(`mail.delivery.${key}`);
  const moment = (at: Date) => ({
    text: language.moment(at, zoneOf(call)),
    at: at.toISOString(),
  });
  return [
    ...(content
      ? [
          {
            term: text('to'),
            text: content.to.email,
            ...(content.to.name !== '' && { sub: content.to.name }),
          },
          { term: text('subject'), text: content.subject },
        ]
      : [{ term: text('to'), text: text('gone') }]),
    ...(about?.kind === 'request'
      ? [
          {
            term: text('about'),
            text: text('request'),
            href: `/o/${call.staff.organization.slug}/requests/${about.id.toString()}`,
          },
        ]
      : []),
    { term: text('queuedAt'), ...moment(queuedAt) },
    ...(sentAt && !isShownOnly ? [{ term: text('sentAt'), ...moment(sentAt) }] : []),
    ...(isShownOnly ? [] : [{ term: text('tries'), text: language.number(tries) }]),
    ...(lastError === null ? [] : [{ term: text('answer'), text: lastError, code: true }]),
    { term: text('messageId'), text: messageIdOf(delivery._id.toString()), code: true },
  ];
}

function whatWentWrong({ state, lastError }: Delivery, language: Language) {
  if (state === 'bounced') {
    return {
      title: language.t('mail.reason.bounced.title'),
      text: language.t('mail.reason.bounced.text'),
    };
  }
  if (lastError === null) return undefined;
  const reason = `mail.reason.${reasonOf(lastError)}`;
  return { title: language.t(`${reason}.title`), text: language.t(`${reason}.text`) };
}

const showDeliveries = staffPage<Record<string, never>, Listing>('requests:read', {
  method: 'get',
  path: '/o/:organization/mail',
  query: listing,
  act: async (call) => {
    const { language, staff, query } = call;
    const { view, before, message } = query;
    const home = homeOf(call);
    const found = idInMessageId(message);
    if (found !== undefined) return { redirect: `${home}/${found}` };
    const [deliveries, ...counts] = await Promise.all([
      deliveriesOf(staff.organizationId, { view, before, limit: PAGE_SIZE + 1 }),
      countDeliveries(staff.organizationId, 'problems'),
      countDeliveries(staff.organizationId, 'waiting'),
    ]);
    const shown = deliveries.slice(0, PAGE_SIZE);
    const last = deliveries.length > PAGE_SIZE ? shown.at(-1) : undefined;
    const urlOf = (of: DeliveryView) => (of === 'all' ? home : `${home}?view=${of}`);
    return {
      page: 'mail/deliveries',
      model: {
        notice: serverNotice(language),
        here: home,
        views: (['all', ...deliveryViews.slice(0, 2)] as const).map((of) => ({
          href: urlOf(of),
          label: language.t(`mail.deliveries.views.${of}`),
          current: of === view,
          ...(of !== 'all' && { count: counts[deliveryViews.indexOf(of)] }),
        })),
        search: {
          id: 'message',
          label: language.t('mail.deliveries.search'),
          placeholder: messageIdOf('…'),
          value: message,
        },
        isNotFound: message !== '',
        ...(mayDo(staff.role, 'organization:write') && { testUrl: `${home}-test` }),
        columns: ['mail', 'state', 'queuedAt'].map((column) => ({
          label: language.t(`mail.deliveries.column.${column}`),
        })),
        rows: shown.map((delivery) => deliveryRow(delivery, call)),
        emptyTitle: language.t(`mail.deliveries.empty.${view}`),
        newestUrl: before && urlOf(view),
        olderUrl: last && `${home}?view=${view}&before=${last._id.toString()}`,
      },
    };
  },
});

const showDelivery = staffPage<OfId>('requests:read', {
  method: 'get',
  path: '/o/:organization/mail/:id',
  params: ofId,
  act: async (call) => {
    const { language, staff, params } = call;
    const delivery = await readDelivery(staff, params.id);
    const { state, content } = delivery;
    const problem = whatWentWrong(delivery, language);
    const mayWork = mayDo(staff.role, 'requests:work');
    const here = `${homeOf(call)}/${params.id.toString()}`;
    return {
      page: 'mail/delivery',
      model: {
        title: templateName(delivery.template, language),
        back: { href: homeOf(call), label: language.t('mail.deliveries.title') },
        badge: stateBadge(state, language),
        // What went wrong is said once, in full; a waiting mail also says when it is tried again.
        ...((!problem || state === 'queued') && {
          progress: progressOf(delivery, language, zoneOf(call)),
        }),
        problem,
        problemTone: state === 'queued' || state === 'sending' ? 'warning' : 'danger',
        facts: deliveryFacts(delivery, call),
        ...(mayWork &&
          content &&
          config.smtpUrl !== null &&
          (state === 'refused' || state === 'queued') && { retryUrl: `${here}/retry` }),
        ...(mayWork && state === 'sent' && { bounceUrl: `${here}/bounced` }),
      },
    };
  },
});

const changes = [
  { verb: 'retry', act: retryMail, flash: 'mail.delivery.retried' },
  { verb: 'bounced', act: noteBounce, flash: 'mail.delivery.noted' },
].map(({ verb, act, flash }) =>
  staffPage<OfId>('requests:work', {
    method: 'post',
    path: `/o/:organization/mail/:id/${verb}`,
    params: ofId,
    act: async (call) => {
      await act(call.staff, call.params.id);
      return { redirect: `${homeOf(call)}/${call.params.id.toString()}`, flash };
    },
  }),
);

const testMail = staffPage('organization:write', {
  method: 'post',
  path: '/o/:organization/mail-test',
  limit: 'form',
  act: async (call) => {
    await sendTestMail(call.staff);
    return { redirect: homeOf(call), flash: 'mail.test.sent' };
  },
});

/** Staff's view of an organisation's mail: what went, what waits, what was refused or came back. */
export const deliveryPages: Door[] = [showDeliveries, showDelivery, ...changes, testMail];
