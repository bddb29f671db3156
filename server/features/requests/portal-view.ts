import type { Language } from '../../language.ts';
import type { Organization } from '../organizations/service.ts';
import { openPause } from './clock.ts';
import { deadlineMeter } from './deadline-text.ts';
import { daysBetween, localDay } from '../../deadlines/days.ts';
import { pauseForPerson } from './pause-view.ts';
import { nextRoutesView } from './next-view.ts';
import { listedItems } from './outcome-view.ts';
import { answerItems } from './question-view.ts';
import type { PersonView } from './portal.ts';
import { groupOf, type RequestState } from './states.ts';
import { traceLines } from '../explain/service.ts';

/** What a person sees of a request: its state in plain words first, everything else below. */
export function portalView(
  language: Language,
  organization: Organization,
  view: PersonView,
  here: string,
) {
  const { timeZone } = organization;
  const { t, day, moment } = language;
  const { deadlines, outcome, extension, state } = view;
  const isOpen = groupOf(state) !== 'closed';
  const today = localDay(new Date(), timeZone);
  const late = daysBetween(deadlines.effectiveDue, today);
  const clock = {
    receivedOn: deadlines.receivedOn,
    dueOn: deadlines.effectiveDue,
    isExtended: deadlines.isExtended,
  };
  const answered = answerItems(language, view.right, view.answers, view.purposes);
  return {
    hidden: [{ name: 'version', value: view.version }],
    state: t(`portal.state.${headlineOf(view)}`),
    subtitle: t('portal.request.wish', {
      right: t(`privacy.right.${view.right}.title`),
      day: day(deadlines.receivedOn),
    }),
    steps: progress(language, view),
    meter: isOpen && late <= 0 ? deadlineMeter(language, clock, today) : null,
    late: isOpen &&
      late > 0 && {
        title: t('portal.request.late', { count: late }),
        text: t('portal.request.lateText', { day: day(deadlines.effectiveDue) }),
      },
    dates: [
      { term: t('portal.request.received'), text: moment(view.receivedAt, timeZone) },
      ...(outcome
        ? [{ term: t('portal.request.answered'), text: moment(outcome.at, timeZone) }]
        : isOpen
          ? [{ term: t('portal.request.answerBy'), text: day(deadlines.effectiveDue) }]
          : []),
    ],
    trace: traceLines(language, deadlines.trace),
    pause: isOpen && pauseForPerson(language, view, timeZone),
    extension: extension && {
      title: t('portal.request.extension'),
      text: extension.text,
      until: t('portal.request.extensionText', { day: day(deadlines.effectiveDue) }),
    },
    outcome: outcome && {
      text: outcome.text,
      ground: outcome.ground && t(`requests.groundForPerson.${outcome.ground}`),
      result: outcome.result && t(`outcomes.result.${view.right}.${outcome.result}`),
      when: moment(outcome.at, timeZone),
    },
    answerPackage: view.answer && {
      text: t(`portal.package.${view.answer.state}`, {
        day: day(localDay(view.answer.endsAt, timeZone)),
      }),
      codeAction: `${here}/package/code`,
      action: `${here}/package`,
      isThere: view.answer.state === 'released',
    },
    given: [
      // Who need not say a name is known by the address.
      ...(view.name === view.email ? [] : [{ term: t('portal.request.name'), text: view.name }]),
      { term: t('portal.request.email'), text: view.email },
      ...answered,
      ...(view.details === '' && answered.length > 0
        ? []
        : [
            {
              term: t('portal.request.details'),
              text: view.details === '' ? t('portal.request.noDetails') : view.details,
            },
          ]),
    ],
    messages: view.messages.map((message) => ({
      kind: message.author === 'you' ? 'own' : 'message',
      icon: message.author === 'you' ? 'user' : 'building',
      author: t(`portal.request.${message.author}`),
      at: message.at.toISOString(),
      when: moment(message.at, timeZone),
      body: message.text,
    })),
    listed: listedItems(language, view),
    lifting: view.lifting && {
      title: t('outcomes.lifting', { day: day(view.lifting.liftsOn) }),
      text: view.lifting.text,
    },
    awaitsConfirmation: view.awaitsConfirmation,
    next: (!isOpen || late > 0) && nextRoutesView(language, organization, view, here),
    canWrite: view.canWrite,
    canWithdraw: view.canWithdraw,
  };
}

/** The state of a request as a badge in the person's list. */
export const ownStateBadge = ({ t }: Language, state: RequestState) => ({
  text: t(`portal.state.${state}`),
  tone: groupOf(state) === 'closed' ? 'neutral' : 'info',
});

/** What the page says first: what was answered, whose turn it is, or how far it is. */
function headlineOf({ state, outcome, proofBy, awaitsConfirmation, pauses }: PersonView): string {
  if (outcome?.kind === 'partial') return 'partial';
  const isAsked = proofBy === 'person' || awaitsConfirmation || openPause({ pauses }) !== undefined;
  return groupOf(state) === 'open' && isAsked ? 'waiting' : state;
}

/** The one line that shows how far a request is; none for what ended on the way. */
function progress({ t }: Language, { state }: PersonView) {
  const names = ['stepReceived', 'stepConfirmed', 'stepWork', 'stepAnswered'];
  const at = {
    unverified: 1,
    new: 2,
    'in-progress': 2,
    completed: 4,
    refused: 4,
    'not-verifiable': 4,
    forwarded: 4,
  }[state as string];
  if (at === undefined) return null;
  return names.map((name, index) => ({
    label: t(`portal.request.${name}`),
    state: index < at ? 'done' : index === at ? 'current' : 'todo',
  }));
}
