import type { Language } from '../../language.ts';
import type { Organization } from '../organizations/service.ts';
import type { Draft, openDraft } from './drafts.ts';
import { guessRight } from './guess.ts';
import { dismissalReasons } from './model.ts';
import type { InboxFilters } from './schema.ts';

const homeOf = ({ slug }: Organization) => `/o/${slug}/inbox`;

const senderOf = ({ letter: { from } }: Draft) => (from.name === '' ? from.address : from.name);

const subjectOf = ({ t }: Language, { letter }: Draft) =>
  letter.subject === '' ? t('inbox.noSubject') : letter.subject;

/** What the mail seems to be: clearly a guess, or that a machine wrote it. */
function guessCell({ t }: Language, { letter, automatic, state }: Draft) {
  if (state !== 'waiting') return { text: t(`inbox.state.${state}`) };
  if (automatic !== null) {
    return {
      badge: { text: t(`inbox.automatic.${automatic}`), tone: 'neutral', icon: 'settings' },
    };
  }
  const guess = guessRight(letter.subject, letter.text);
  return guess
    ? { text: t('inbox.perhaps', { right: t(`requests.right.${guess.right}`) }) }
    : { text: t('inbox.noGuess') };
}

/** The list of what came in. */
export function inboxView(
  organization: Organization,
  language: Language,
  { view, before }: InboxFilters,
  list: { drafts: readonly Draft[]; olderThan: { toHexString: () => string } | null },
  may: { changeAddresses: boolean; hasAddresses: boolean; isListening: boolean },
) {
  const { t, moment } = language;
  const home = homeOf(organization);
  const addresses = { href: `${home}/addresses`, label: t('inbox.addresses.title') };
  return {
    actions: may.changeAddresses ? [{ ...addresses, icon: 'settings' }] : [],
    notice: may.isListening ? null : t('inbox.notListening'),
    views: (['waiting', 'handled'] as const).map((name) => ({
      href: name === 'waiting' ? home : `${home}?view=${name}`,
      label: t(`inbox.view.${name}`),
      current: view === name,
    })),
    columns: ['sender', 'subject', 'guess', 'received'].map((name) => ({
      label: t(`inbox.column.${name}`),
    })),
    rows: list.drafts.map((draft) => ({
      cells: [
        {
          text: senderOf(draft),
          href: `${home}/${draft._id.toHexString()}`,
          ...(draft.letter.from.name !== '' && { sub: draft.letter.from.address }),
        },
        { text: subjectOf(language, draft) },
        guessCell(language, draft),
        {
          text: moment(draft.receivedAt, organization.timeZone),
          at: draft.receivedAt.toISOString(),
        },
      ],
    })),
    empty: {
      icon: 'mail',
      title: t(`inbox.empty.${view}`),
      text: t(may.hasAddresses ? 'inbox.empty.text' : 'inbox.empty.noAddress'),
      action: may.changeAddresses && !may.hasAddresses ? addresses : null,
    },
    newestUrl: before ? (view === 'waiting' ? home : `${home}?view=${view}`) : null,
    olderUrl: list.olderThan ? `${home}?view=${view}&before=${list.olderThan.toHexString()}` : null,
  };
}

type Opened = Awaited<ReturnType<typeof openDraft>>;

/** One mail as text, and what may be done with it. */
export function draftView(
  organization: Organization,
  language: Language,
  draft: Opened,
  errors: Record<string, string>,
) {
  const { t, moment } = language;
  const home = homeOf(organization);
  const here = `${home}/${draft._id.toHexString()}`;
  const { letter, automatic, state, requestId } = draft;
  return {
    title: subjectOf(language, draft),
    back: { href: home, label: t('inbox.list.title') },
    isWaiting: state === 'waiting',
    settled: state === 'waiting' ? null : t(`inbox.settled.${state}`),
    settledLink: requestId && {
      href: `/o/${organization.slug}/requests/${requestId.toHexString()}`,
      label: t('inbox.toRequest'),
    },
    automatic: automatic && {
      title: t(`inbox.automatic.${automatic}`),
      text: t(`inbox.automaticText.${automatic}`),
    },
    guess: guessCell(language, { ...draft, state: 'waiting' }),
    facts: [
      {
        term: t('inbox.column.sender'),
        text: letter.from.address,
        ...(letter.from.name !== '' && { sub: letter.from.name }),
      },
      { term: t('inbox.mail.to'), text: letter.to },
      {
        term: t('inbox.column.received'),
        text: moment(draft.receivedAt, organization.timeZone),
        at: draft.receivedAt.toISOString(),
      },
    ],
    text: letter.text,
    isCut: letter.isCut === true,
    files: [
      ...letter.attachments.map(({ name, size }, place) => ({
        href: `${here}/files/${String(place)}`,
        name: name === '' ? t('inbox.unnamedFile') : name,
        size: `${language.number(Math.ceil(size / 1024))} kB`,
      })),
      { href: `${here}/files/message`, name: t('inbox.wholeMessage') },
    ],
    enterUrl: `${here}/request`,
    attachUrl: `${here}/attachment`,
    dismissUrl: `${here}/dismissal`,
    named: draft.named.map(({ reference, isOfPerson }) => ({
      reference,
      text: t(isOfPerson ? 'inbox.attach.asPerson' : 'inbox.attach.asNote', { reference }),
    })),
    reasons: dismissalReasons.map((value) => ({ value, label: t(`inbox.dismissal.${value}`) })),
    errors,
    errorList: Object.entries(errors).map(([field, text]) => ({ href: `#${field}`, text })),
  };
}

/** What a mail puts into the form of a request. Nobody is answered whom a machine wrote for. */
export function prefilled(draft: Draft, languages: readonly string[]) {
  const { letter, automatic } = draft;
  const guess = guessRight(letter.subject, letter.text);
  return {
    right: guess?.right ?? '',
    name: letter.from.name,
    email: automatic === null ? letter.from.address : '',
    details: `${letter.subject}\n\n${letter.text}`.trim().slice(0, 10_000),
    ...(guess && languages.includes(guess.language) && { language: guess.language }),
  };
}
