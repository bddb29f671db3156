import {
  optionalCategoryIds,
  type CategoryId,
  type OptionalCategoryId,
} from '../../../config/consent.ts';
import { csvLine } from '../../csv.ts';
import { addDays, daysBetween, type CalendarDay } from '../../deadlines/days.ts';
import type { Language } from '../../language.ts';
import type { ConsentFigures } from '../consent/service.ts';
import type { Split } from './schema.ts';
import { compareShares, wilsonInterval, type Sample } from './statistics.ts';

export type Figures = ConsentFigures<string | number | null>;

const decided = ({ actions }: Figures) =>
  actions['accept-all'] + actions['refuse-all'] + actions.choose;
const signalled = ({ actions }: Figures) => actions.gpc + actions.dnt;

export function percentOf(language: Language, share: number, digits = 0): string {
  return new Intl.NumberFormat(language.code, {
    style: 'percent',
    maximumFractionDigits: digits,
  }).format(share);
}

/** What a part of the figures is called. */
export function keyText(by: Split, key: string | number | null, language: Language): string {
  const { t } = language;
  if (key === null) return t('insight.unknown');
  const text = String(key);
  if (by === 'day') return language.day(text);
  if (by === 'version') return t('consent.site.version', { version: Number(key) });
  if (by === 'language') return language.languageName(text);
  if (by === 'device') {
    return language.has(`consent.device.${text}`) ? t(`consent.device.${text}`) : text;
  }
  const [country = text] = text.split('-');
  return text === country ? language.country(text) : `${language.country(country)} (${text})`;
}

const sumOf = (figures: readonly Figures[], count: (one: Figures) => number) =>
  figures.reduce((sum, one) => sum + count(one), 0);

/** The figures of the whole period. */
export function tilesOf(figures: readonly Figures[], language: Language) {
  const { t } = language;
  const choices = sumOf(figures, decided);
  const prompts = sumOf(figures, (one) => one.prompts);
  const share = (count: number) => (choices === 0 ? '–' : percentOf(language, count / choices));
  const tile = (name: string, value: string, sub: string) => ({
    label: t(`insight.tile.${name}`),
    value,
    sub,
  });
  const ofChoices = t('insight.ofChoices');
  return [
    ...(prompts > 0
      ? [
          tile(
            'prompts',
            language.number(prompts),
            t('insight.answered', { share: percentOf(language, Math.min(1, choices / prompts)) }),
          ),
        ]
      : []),
    tile('choices', language.number(choices), t('insight.inPeriod')),
    tile('accepted', share(sumOf(figures, ({ actions }) => actions['accept-all'])), ofChoices),
    tile('refused', share(sumOf(figures, ({ actions }) => actions['refuse-all'])), ofChoices),
    tile(
      'withdrawn',
      language.number(sumOf(figures, ({ actions }) => actions.withdraw)),
      t('insight.inPeriod'),
    ),
  ];
}

const WIDTH = 600;
const HEIGHT = 120;

/** Columns of a count per day, days without any as gaps. */
export function chartOf(
  figures: readonly ConsentFigures<CalendarDay>[],
  { from, to }: { from: CalendarDay; to: CalendarDay },
  count: (one: Figures) => number,
  name: string,
  language: Language,
) {
  const counts = new Map(figures.map((one) => [one.key, count(one)]));
  const days = Array.from({ length: daysBetween(from, to) + 1 }, (_, at) => addDays(from, at));
  const most = Math.max(1, ...counts.values());
  const step = WIDTH / days.length;
  const total = [...counts.values()].reduce((sum, one) => sum + one, 0);
  return {
    heading: language.t(`insight.chart.${name}`),
    label: language.t(`insight.chart.${name}Label`, {
      total: language.number(total),
      most: language.number(Math.max(0, ...counts.values())),
    }),
    first: language.day(from),
    last: language.day(to),
    points: days.map((day, at) => {
      const value = counts.get(day) ?? 0;
      const height = (value / most) * (HEIGHT - 4);
      return {
        x: (at * step + step * 0.1).toFixed(1),
        y: (HEIGHT - height).toFixed(1),
        width: (step * 0.8).toFixed(1),
        height: height.toFixed(1),
        title: `${language.day(day)}: ${language.number(value)}`,
      };
    }),
  };
}

export const chartedCounts = {
  choices: decided,
  withdrawals: ({ actions }: Figures) => actions.withdraw,
} as const;

/** What the figures are split by, as a heading. */
export function splitName(by: Split, { t, code }: Language): string {
  const name = t(`insight.by.${by}`);
  return name.slice(0, 1).toLocaleUpperCase(code) + name.slice(1);
}

/** Every part of the figures as a row of a table. */
export function figuresTable(figures: readonly Figures[], by: Split, language: Language) {
  const { t } = language;
  const hasPrompts = figures.some(({ prompts }) => prompts > 0);
  const number = (count: number) => ({ text: language.number(count), numeric: true });
  const shareOf = (count: number, all: number) => ({
    ...number(count),
    sub: all === 0 ? '' : percentOf(language, count / all),
  });
  const numeric = (name: string) => ({ label: t(`insight.column.${name}`), numeric: true });
  return {
    caption: t('insight.table', { by: t(`insight.by.${by}`) }),
    columns: [
      { label: splitName(by, language) },
      ...(hasPrompts ? [numeric('prompts')] : []),
      numeric('choices'),
      numeric('accepted'),
      numeric('refused'),
      numeric('chosen'),
      numeric('withdrawn'),
      numeric('signals'),
    ],
    rows: figures.map((one) => {
      const all = decided(one);
      return {
        cells: [
          { text: keyText(by, one.key, language) },
          ...(hasPrompts ? [number(one.prompts)] : []),
          number(all),
          shareOf(one.actions['accept-all'], all),
          shareOf(one.actions['refuse-all'], all),
          shareOf(one.actions.choose, all),
          number(one.actions.withdraw),
          number(signalled(one)),
        ],
      };
    }),
  };
}

/** The figures as a file: every count, under names that do not change with a language. */
export function* csvOfFigures(figures: readonly Figures[], by: Split): Generator<Buffer> {
  const [first] = figures;
  const actions = Object.keys(first?.actions ?? {}) as (keyof Figures['actions'])[];
  const granted = optionalCategoryIds.map((id) => `granted.${id}`);
  yield Buffer.from(csvLine([by, 'prompts', 'choices', ...actions, ...granted]));
  for (const one of figures) {
    yield Buffer.from(
      csvLine([
        one.key,
        one.prompts,
        one.choices,
        ...actions.map((action) => one.actions[action]),
        ...optionalCategoryIds.map((id) => one.granted[id]),
      ]),
    );
  }
}

/** What is compared between two versions: how often something was chosen, of how many. */
const measures: readonly (readonly [string, (one: Figures) => Sample])[] = [
  ['accepted', (one) => ({ hits: one.actions['accept-all'], cases: decided(one) })],
  ['refused', (one) => ({ hits: one.actions['refuse-all'], cases: decided(one) })],
  ['chosen', (one) => ({ hits: one.actions.choose, cases: decided(one) })],
];

/** The figures of one version, with what it asked about. */
export interface FiguresOfVersion {
  figures: Figures;
  offered: ReadonlySet<CategoryId>;
}

const nothing = { text: '–', numeric: true };

/**
 * Two versions beside each other, with what can be concluded from them and what cannot. A purpose that a version did
 * not ask about has no share there; one that neither did is left out.
 */
export function comparisonRows(
  first: FiguresOfVersion,
  second: FiguresOfVersion,
  language: Language,
) {
  const { t } = language;
  const both = [first, second] as const;
  const share = ({ hits, cases }: Sample) => {
    const { low, high } = wilsonInterval(hits, cases);
    return {
      text: cases === 0 ? '–' : percentOf(language, hits / cases, 1),
      sub: t('insight.compare.range', {
        low: percentOf(language, low, 1),
        high: percentOf(language, high, 1),
      }),
      numeric: true,
    };
  };
  const points = (value: number) =>
    new Intl.NumberFormat(language.code, {
      maximumFractionDigits: 1,
      signDisplay: 'exceptZero',
    }).format(value * 100);
  const row = (label: string, samples: readonly [Sample, Sample]) => {
    const { difference, interval, verdict } = compareShares(...samples);
    return {
      cells: [
        { text: label },
        share(samples[0]),
        share(samples[1]),
        {
          text: t('insight.compare.points', { points: points(difference) }),
          sub: t('insight.compare.range', {
            low: points(interval.low),
            high: points(interval.high),
          }),
          numeric: true,
        },
        {
          badge: {
            text: t(`insight.verdict.${verdict}`),
            tone: verdict === 'more' || verdict === 'less' ? 'info' : 'neutral',
          },
        },
      ],
    };
  };
  const ofPurpose = (id: OptionalCategoryId) => {
    const label = t('insight.compare.purpose', { category: t(`consent.category.${id}`) });
    const sampleOf = ({ figures }: FiguresOfVersion) => ({
      hits: figures.granted[id],
      cases: figures.choices,
    });
    const asking = both.filter(({ offered }) => offered.has(id));
    if (asking.length === 0) return [];
    if (asking.length === 2) return [row(label, [sampleOf(first), sampleOf(second)])];
    const shares = both.map((one) => (asking.includes(one) ? share(sampleOf(one)) : nothing));
    const badge = { text: t('insight.verdict.notAsked'), tone: 'neutral' };
    return [{ cells: [{ text: label }, ...shares, nothing, { badge }] }];
  };
  return [
    ...measures.map(([name, sampleOf]) =>
      row(t(`insight.column.${name}`), [sampleOf(first.figures), sampleOf(second.figures)]),
    ),
    ...optionalCategoryIds.flatMap(ofPurpose),
  ];
}
