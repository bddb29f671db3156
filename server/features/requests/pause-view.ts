import { localDay } from '../../deadlines/days.ts';
import type { Language } from '../../language.ts';
import { openPause } from './clock.ts';
import type { RequestRow } from './model.ts';

type Pausing = Pick<RequestRow, 'pauses' | 'deadlines'>;

/** The question that the person has not answered, for staff; null when there is none. */
export function pauseForStaff(
  { t, day }: Language,
  view: Pausing,
  timeZone: string,
  clarified: string | null,
) {
  const open = openPause(view);
  if (!open) return null;
  const { isPaused } = view.deadlines;
  return {
    tone: isPaused ? 'info' : 'warning',
    text: t(`deadlines.pausing.${isPaused ? 'waits' : 'asked'}`, {
      day: day(localDay(open.askedAt, timeZone)),
    }),
    // What proves an identity ends its question by itself.
    clarified: open.kind === 'clarification' ? clarified : null,
  };
}

/** The same for the person; null when nothing waits for them. */
export function pauseForPerson({ t, day }: Language, view: Pausing, timeZone: string) {
  const open = openPause(view);
  return (
    open &&
    view.deadlines.isPaused && {
      text: t('deadlines.pausing.forPerson', { day: day(localDay(open.askedAt, timeZone)) }),
    }
  );
}
