import type { OutcomeKind } from '../../../config/right-catalogue.ts';
import type { Language } from '../../language.ts';
import { localDay } from '../../deadlines/days.ts';
import { wantedDay } from './clock.ts';
import { deadlineMeter } from './deadline-text.ts';
import type { QueueRow } from './listing.ts';
import type { NextStep } from './next-step.ts';
import { groupOf, type RequestState } from './states.ts';
import { regimeName } from '../explain/service.ts';

export const stateTones = {
  unverified: 'warning',
  new: 'info',
  'in-progress': 'neutral',
  completed: 'success',
  refused: 'neutral',
  'not-verifiable': 'neutral',
  forwarded: 'info',
  expired: 'neutral',
  disowned: 'neutral',
  withdrawn: 'neutral',
} as const satisfies Record<RequestState, string>;

/** Where the tone's own symbol would say something else. */
const stateIcons = {
  unverified: 'mail',
  new: 'inbox',
  'in-progress': 'clock',
  withdrawn: 'previous',
  forwarded: 'send',
};

/** The state of a request as a badge for staff: an answer in part is no whole one. */
export const stateBadge = (
  { t }: Language,
  { state, outcome }: { state: RequestState; outcome: OutcomeKind | null },
) =>
  outcome === 'partial'
    ? { text: t('requests.request.outcome.partial'), tone: 'info', icon: 'check' }
    : {
        text: t(`requests.state.${state}`),
        tone: stateTones[state],
        ...(state in stateIcons && { icon: stateIcons[state as keyof typeof stateIcons] }),
      };

/** The laws of a request in one line. */
export const regimesText = (language: Language, regimes: QueueRow['regimes']) =>
  (regimes.length === 0 ? (['none'] as const) : regimes)
    .map((regime) => regimeName(language, regime))
    .join(', ');

/** What a request waits for, in words. */
export const nextStepText = ({ t }: Language, { code, by, level = 0 }: NextStep) =>
  t(`desk.next.${code}${code === 'prove-identity' && by === 'person' ? '-asked' : ''}`, { level });

/** First letters, as the avatar shows them. */
export const initialsOf = (name: string) =>
  name
    .split(/\s+/u)
    .filter((word) => word !== '')
    .map((word) => /^./u.exec(word)?.[0] ?? '')
    .filter((_, at, all) => at === 0 || at === all.length - 1)
    .join('')
    .toUpperCase();

/** Headings of the queue's table. */
export const queueColumns = ({ t }: Language) =>
  ['request', 'right', 'state', 'next', 'assignee'].map((name) => ({
    label: t(`requests.queue.column.${name}`),
  }));

/** Rows of the queue's table: who, what, how it stands, how long there is, and who does it. */
export function queueRows(
  language: Language,
  rows: readonly QueueRow[],
  { home, timeZone, names }: { home: string; timeZone: string; names: Map<string, string> },
) {
  const { t } = language;
  const today = localDay(new Date(), timeZone);
  return rows.map((row) => {
    const assignee = row.assigneeId === null ? undefined : names.get(row.assigneeId);
    return {
      ...(row.isOverdue && { tone: 'danger' }),
      tags: row.tags,
      cells: [
        {
          text: row.name ?? t('requests.unnamed'),
          sub: row.reference,
          href: `${home}/requests/${row.id}`,
        },
        { text: t(`requests.right.${row.right}`), sub: regimesText(language, row.regimes) },
        { badge: stateBadge(language, row) },
        nextCell(language, row, { today, timeZone }),
        row.assigneeId === null
          ? { text: t('requests.nobody') }
          : {
              text: assignee ?? t('requests.request.someone'),
              avatar: initialsOf(assignee ?? t('requests.request.someone')),
            },
      ],
    };
  });
}

function nextCell(
  language: Language,
  row: QueueRow,
  { today, timeZone }: { today: string; timeZone: string },
) {
  if (groupOf(row.state) === 'closed') {
    const at = row.closedAt ?? row.receivedAt;
    return { text: language.day(localDay(at, timeZone)), at: at.toISOString() };
  }
  const receivedOn = localDay(row.receivedAt, timeZone);
  const { dueOn, isExtended } = row;
  const next = nextStepText(language, row.nextStep);
  const wantedOn = wantedDay(row.right, receivedOn);
  const clock = { receivedOn, dueOn, isExtended, wantedOn };
  return { meter: deadlineMeter(language, clock, today, next) };
}
