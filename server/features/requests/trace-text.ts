import type { RegimeId } from '../../../config/regimes.ts';
import type { Language } from '../../language.ts';
import type { Step } from './periods.ts';

/** One line of the answer to "how was this date computed?". */
export interface TraceLine {
  text: string;
  /** Where the rule is written; empty where no law speaks. */
  source: string;
  /** The reading is not settled, or its text was not read. */
  isUncertain: boolean;
}

/** Puts the steps that led to a request's dates into sentences, each ending with its day. */
export function traceLines(language: Language, trace: readonly Step[]): TraceLine[] {
  return trace.map(({ code, params, on, source }) => ({
    text: language.t(keyOf(language, code, params), {
      ...words(language, params),
      on: language.day(on),
    }),
    source: source === undefined ? '' : language.t('requests.step.source', { source }),
    isUncertain: params.confidence !== undefined && params.confidence !== 'H',
  }));
}

function keyOf(language: Language, code: string, params: Step['params']): string {
  const variant = params.basis ?? params.because ?? params.within ?? 'plain';
  const key = `requests.step.${code}`;
  return language.has(`${key}.${variant}`) ? `${key}.${variant}` : key;
}

function words(language: Language, params: Step['params']): Record<string, string> {
  const said: Record<string, string> = { ...params };
  const { regime, right, n, unit, days, from, noticeBy } = params;
  if (regime !== undefined) said.regime = regimeName(language, regime as RegimeId);
  if (right !== undefined) said.right = language.t(`requests.right.${right}`);
  if (n !== undefined) said.period = periodText(language, Number(n), unit ?? 'day');
  if (days !== undefined) said.period = periodText(language, Number(days), 'day');
  if (from !== undefined) said.from = language.day(from);
  if (noticeBy !== undefined) said.noticeBy = language.day(noticeBy);
  return said;
}

/** A length of time in words, such as "three months". */
export const periodText = (language: Language, count: number, unit: string) =>
  language.t(`requests.period.${unit}`, { count });

/** The everyday name of a law. */
export const regimeName = (language: Language, regime: RegimeId | 'none') =>
  language.t(`requests.regime.${regime}.short`);
