import type { Language } from '../../language.ts';
import type { ClockDate, ClockExplanation } from './clocks.ts';
import { regimeName, traceLines } from './words.ts';

/** What the page says about a breach, a notice or the keeping of something. */
export function clockView(language: Language, explanation: ClockExplanation, timeZone: string) {
  const { t, day, moment } = language;
  const { kind, dates, regimes, trace, alternates } = explanation;
  const nameOf = (name: string) =>
    kind === 'breach' && !name.endsWith('By')
      ? t(`deadlines.duty.${name}`)
      : t(`deadlines.field.${name}`);
  const first = firstOf(explanation);
  // One law may know a duty by the number of people: only the form that applies is shown.
  const shown = dates.filter(
    ({ name, regime, isRequired }) =>
      isRequired ||
      !dates.some((other) => other.isRequired && other.name === name && other.regime === regime),
  );
  const dateCell = ({ on, at, isRequired }: ClockDate) => {
    if (!isRequired) return { text: t('deadlines.explain.notRequired') };
    if (on === null) return { text: t('deadlines.explain.noDelay') };
    return { text: day(on), at: on, ...(at !== null && { sub: moment(new Date(at), timeZone) }) };
  };
  return {
    headline:
      first === null
        ? t(`deadlines.explain.clock.${kind}.none`)
        : t(`deadlines.explain.clock.${kind}.headline.${first.name}`, { day: day(first.on) }),
    headlineOn: first?.on,
    laws: regimes.map((id) => t(`deadlines.regime.${id}.name`)).join(' · '),
    notices: [],
    dates: dates.length > 0 && {
      caption: t('deadlines.explain.dates'),
      columns: ['duty', 'day'].map((name) => ({ label: t(`deadlines.explain.column.${name}`) })),
      rows: shown.map((date) => ({
        cells: [
          {
            text: nameOf(date.name),
            ...(date.regime !== null && { sub: regimeName(language, date.regime) }),
          },
          dateCell(date),
        ],
      })),
    },
    trace: traceLines(language, trace),
    alternates: alternates.length > 0 && {
      caption: t('deadlines.explain.alternates'),
      columns: ['reading', 'field', 'day'].map((name) => ({
        label: t(`deadlines.explain.column.${name}`),
      })),
      rows: alternates.map(({ reading, name, on, at, source }) => ({
        cells: [
          { text: t(`deadlines.reading.${reading}`), sub: source ?? '' },
          { text: nameOf(name) },
          { text: day(on), at: on, sub: at === null ? '' : moment(new Date(at), timeZone) },
        ],
      })),
    },
  };
}

/** The date that matters most: the earliest of a breach, otherwise the first. */
function firstOf({ kind, dates }: ClockExplanation): { name: string; on: string } | null {
  const known = dates.flatMap(({ name, on }) => (on === null ? [] : [{ name, on }]));
  if (kind !== 'breach') return known[0] ?? null;
  const [first] = known.sort((a, b) => (a.on < b.on ? -1 : 1));
  return first ? { name: 'first', on: first.on } : null;
}
