import { framingHeaders } from '../http/headers.ts';
import { config } from '../../config/index.ts';
import Joi from 'joi';
import type { Types } from 'mongoose';
import { publicPage, type Door, type Knock } from '../http/doors.ts';
import { Problem } from '../problem.ts';
import { objectId } from '../wire.ts';
import { linkedText } from './linked-text.ts';
import { isLoopbackHost, isOutboxShown } from './loopback.ts';
import { mailInOutbox, mailsInOutbox, type Recipient, type ShownMail } from './outbox.ts';

const PAGE_SIZE = 50;

/** A mail styles itself inline and does nothing else: no script, no remote content, no forms. */
const MAIL_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "frame-ancestors 'self'",
  'sandbox allow-popups allow-popups-to-escape-sandbox',
].join('; ');

interface OneMail {
  id: Types.ObjectId;
}
const oneMail = Joi.object<OneMail>({ id: objectId.required() });

interface Listing {
  before?: Types.ObjectId;
}
const listing = Joi.object<Listing>({ before: objectId });

const forwarding = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

/** Everybody's codes and links are in here: it exists only for who sits at this machine. */
function refuseFromAfar({ host, header }: Knock): void {
  // A proxy that nobody told us of may well send a loopback Host for people far away.
  const isForwarded =
    config.trustProxy === 0 && forwarding.some((name) => header(name) !== undefined);
  if (!isOutboxShown || !isLoopbackHost(host) || isForwarded) {
    throw new Problem('not-found', 'There is nothing at this address.');
  }
}

const nameOf = ({ name, email }: Recipient) => (name === '' ? email : `${name} <${email}>`);

// The server's own clock and zone: whoever reads this sits beside it.
const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The first words after the heading: mostly where the code stands. */
function openingOf(text: string): string {
  const words = text.split('\n\n').slice(1).join(' ').replace(/\s+/gu, ' ');
  return words.length > 140 ? `${words.slice(0, 139)}…` : words;
}

function outboxRow({ id, to, subject, text, queuedAt }: ShownMail, { language }: Knock) {
  return {
    href: `/outbox/${id}`,
    to: to.email,
    subject,
    opening: openingOf(text),
    at: queuedAt.toISOString(),
    when: language.moment(queuedAt, zone()),
  };
}

/** The outbox: what would have gone to people, for trying Habeas out without a mail server. */
export const mailPages: Door[] = [
  publicPage<Record<string, never>, Listing>({
    method: 'get',
    path: '/outbox',
    query: listing,
    act: async (call) => {
      refuseFromAfar(call);
      const { before } = call.query;
      const { mails, olderThan } = await mailsInOutbox({ before, limit: PAGE_SIZE });
      return {
        page: 'mail/outbox',
        model: {
          wide: true,
          mails: mails.map((mail) => outboxRow(mail, call)),
          newestUrl: before && '/outbox',
          olderUrl: olderThan && `/outbox?before=${olderThan.toString()}`,
        },
      };
    },
  }),
  publicPage<OneMail, { as: 'html' | 'text' }>({
    method: 'get',
    path: '/outbox/:id',
    params: oneMail,
    query: Joi.object<{ as: 'html' | 'text' }>({
      as: Joi.string().valid('html', 'text').default('html'),
    }),
    act: async (call) => {
      refuseFromAfar(call);
      const mail = await mailInOutbox(call.params.id);
      const { language, path, query } = call;
      const isText = query.as === 'text';
      return {
        page: 'mail/message',
        headers: framingHeaders,
        model: {
          wide: true,
          title: mail.subject,
          back: { href: '/outbox', label: language.t('mail.outbox.title') },
          facts: [
            { term: language.t('mail.message.to'), text: nameOf(mail.to) },
            {
              term: language.t('mail.message.at'),
              text: language.moment(mail.queuedAt, zone()),
              at: mail.queuedAt.toISOString(),
            },
          ],
          views: [
            { href: path, label: language.t('mail.message.html'), current: !isText },
            { href: `${path}?as=text`, label: language.t('mail.message.text'), current: isText },
          ],
          frameUrl: `${path}/content`,
          ...(isText && { lines: linkedText(mail.text) }),
        },
      };
    },
  }),
  publicPage<OneMail>({
    method: 'get',
    path: '/outbox/:id/content',
    params: oneMail,
    act: async (call) => {
      refuseFromAfar(call);
      const { html } = await mailInOutbox(call.params.id);
      return {
        // Links leave the frame, as they leave a mail program.
        text: html.replace('<head>', '<head><base target="_blank">'),
        type: 'html',
        headers: {
          'Content-Security-Policy': MAIL_POLICY,
          'X-Frame-Options': 'SAMEORIGIN',
        },
      };
    },
  }),
];
