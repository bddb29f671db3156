import type { RegimeId } from '../../../config/regimes.ts';
import type { Step } from '../../deadlines/trace.ts';
import type { Language } from '../../language.ts';

/** One line of the answer to "how was this date computed?". */
export interface TraceLine {
  text: string;
  /** Which of several readings was used; empty where there is one. */
  reading: string;
  /** Where the rule is written; empty where no law speaks. */
  source: string;
  /** The reading is not settled, or its text was not read. */
  isUncertain: boolean;
}

/** Puts the steps that led to some dates into sentences, each ending with its day. */
export function traceLines(language: Language, trace: readonly Step[]): TraceLine[] {
  const { t } = language;
  return trace.map(({ code, params, on, source, reading }) => ({
    text: t(keyOf(language, code, params), { ...words(language, params), on: language.day(on) }),
    reading:
      reading === undefined
        ? ''
        : t('deadlines.readingUsed', { reading: t(`deadlines.reading.${reading}`) }),
    source: source === undefined ? '' : t('deadlines.source', { source }),
    isUncertain: params.confidence !== undefined && params.confidence !== 'H',
  }));
}

function keyOf(language: Language, code: string, params: Step['params']): string {
  const atOnce = params.n === '0' ? 'at-once' : undefined;
  const variant =
    atOnce ?? params.why ?? params.basis ?? params.because ?? params.within ?? 'plain';
  const key = `deadlines.step.${code}`;
  if (language.has(`${key}.${variant}`)) return `${key}.${variant}`;
  return language.has(`${key}.plain`) ? `${key}.plain` : key;
}

function words(language: Language, params: Step['params']): Record<string, string> {
  const said: Record<string, string> = { ...params };
  const { t } = language;
  const { regime, right, n, unit, days, from, noticeBy, pause, duty } = params;
  if (regime !== undefined) said.regime = regimeName(language, regime as RegimeId);
  if (right !== undefined) said.right = t(`requests.right.${right}`);
  if (n !== undefined) said.period = periodText(language, Number(n), unit ?? 'day');
  if (days !== undefined) said.period = periodText(language, Number(days), 'day');
  if (from !== undefined) said.from = language.day(from);
  if (noticeBy !== undefined) said.noticeBy = language.day(noticeBy);
  if (pause !== undefined) said.pause = t(`deadlines.pause.${pause}`);
  if (duty !== undefined) said.duty = t(`deadlines.duty.${duty}`);
  return said;
}

/** A length of time in words, such as "three months". */
export const periodText = (language: Language, count: number, unit: string) =>
  language.t(`deadlines.period.${unit}`, { count });

/** The everyday name of a law. */
export const regimeName = (language: Language, regime: RegimeId | 'none') =>
  language.t(`deadlines.regime.${regime}.short`);
