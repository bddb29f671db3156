import { policyNoticeDays } from '../../../config/law/records.ts';
import { openQuestions } from '../../../config/law/questions.ts';
import { channelIds, controllerRoles, dataClasses, rightIds } from '../../../config/rights.ts';
import type { DeadlineResult } from '../../deadlines/deadlines.ts';
import { ruleOf } from '../../deadlines/rules.ts';
import type { Language } from '../../language.ts';
import { calendarName, calendarOptions, type Organization } from '../organizations/service.ts';
import type { Explanation } from './explanation.ts';
import { countryOptions, partGroups } from './places.ts';
import { caseKinds, spanUnits, type CaseField, type CaseKind, type TypedCase } from './schema.ts';
import { regimeName, traceLines } from './words.ts';

/** The dates of a case, in the order in which they matter. */
const shownDates = [
  'acknowledgeBy',
  'stopBy',
  'simplifiedDue',
  'forwardBy',
  'principalDue',
  'due',
  'confirmBy',
  'promiseDue',
  'refusalBy',
  'extensionNoticeBy',
  'extendedDue',
  'smallAgentDue',
  'noRepromptBefore',
  'lookBackFrom',
  'archivesUntil',
] as const satisfies readonly (keyof DeadlineResult)[];

/** The safe day that belongs to a date. */
const safeOf: Partial<Record<(typeof shownDates)[number], 'safeDue' | 'acknowledgeSafe'>> = {
  acknowledgeBy: 'acknowledgeSafe',
  due: 'safeDue',
};

/** What the page says about a case that could be counted. */
export function explanationView(language: Language, explanation: Explanation) {
  const { t, day } = language;
  const { effectiveDue, alarmOn, isPaused, extensionAccepted } = explanation;
  return {
    headline: t('deadlines.explain.headline', { day: day(effectiveDue) }),
    headlineOn: effectiveDue,
    laws:
      explanation.regimes.length === 0
        ? t('deadlines.regime.none.name')
        : explanation.regimes.map((id) => t(`deadlines.regime.${id}.name`)).join(' · '),
    notices: [
      ...(isPaused ? [{ tone: 'warning', text: t('deadlines.explain.paused') }] : []),
      ...(alarmOn < effectiveDue
        ? [{ tone: 'info', text: t('deadlines.explain.alarm', { day: day(alarmOn) }) }]
        : []),
      ...(extensionAccepted === null
        ? []
        : [
            extensionAccepted
              ? { tone: 'success', text: t('deadlines.explain.extended') }
              : { tone: 'danger', text: t('deadlines.explain.notExtended') },
          ]),
    ],
    dates: {
      caption: t('deadlines.explain.dates'),
      columns: ['duty', 'day', 'safe'].map((name) => ({
        label: t(`deadlines.explain.column.${name}`),
      })),
      rows: shownDates.flatMap((name) => {
        const on = explanation[name];
        if (on === null) return [];
        const safe = safeOf[name] && explanation[safeOf[name]];
        return [
          {
            cells: [
              { text: t(`deadlines.field.${name}`) },
              { text: day(on), at: on },
              safe && safe !== on ? { text: day(safe), at: safe } : { text: '–' },
            ],
          },
        ];
      }),
    },
    trace: traceLines(language, explanation.trace),
    alternates: explanation.alternates.length > 0 && {
      caption: t('deadlines.explain.alternates'),
      columns: ['reading', 'field', 'day'].map((name) => ({
        label: t(`deadlines.explain.column.${name}`),
      })),
      rows: explanation.alternates.map(({ reading, field, on, rule, source, calendar }) => ({
        cells: [
          {
            text: t(`deadlines.reading.${reading}`),
            sub: [calendar && calendarName(language, calendar), source].filter(Boolean).join(' · '),
          },
          { text: t(`deadlines.field.${field}`), sub: regimeName(language, ruleOf(rule).regime) },
          { text: day(on), at: on },
        ],
      })),
    },
  };
}

/** The questions about the laws of a case that no court has settled. */
export function questionsView({ t }: Language, regimes: readonly string[]) {
  return openQuestions
    .filter(({ regimes: of }) => of.length === 0 || of.some((regime) => regimes.includes(regime)))
    .map(({ id }) => ({
      title: t(`deadlines.question.${id}.title`),
      text: t(`deadlines.question.${id}.text`),
    }));
}

/** What is asked before anything is counted; null once somebody said where, or that nobody knows. */
export function placeAsked(
  { t }: Language,
  here: string,
  kind: CaseKind,
  { country, regimes }: TypedCase,
) {
  if (!['request', 'breach'].includes(kind)) return null;
  if (country !== undefined || regimes !== undefined) return null;
  return {
    icon: 'globe',
    title: t('deadlines.explain.place.title'),
    text: t('deadlines.explain.place.text'),
    action: { href: `${here}?kind=${kind}&country=`, label: t('deadlines.explain.place.all') },
  };
}

const termFields = ['promiseDays', 'contractDays'] as const;
const eventFields: CaseField[][] = [
  ['identityAskedOn', 'identityAnsweredOn'],
  ['clarificationAskedOn', 'clarificationAnsweredOn'],
  ['feeAskedOn', 'feePaidOn'],
  ['extensionNoticeOn'],
];

/** The fields of the form, in groups. */
export function caseForm(
  language: Language,
  organization: Organization,
  typed: TypedCase,
  errors: Partial<Record<CaseField, string>>,
) {
  const { t } = language;
  const kind = kindOf(typed);
  const field = (id: CaseField, more: object = {}) => ({
    id,
    label: t(labelOf(id, kind)),
    value: typed[id] ?? '',
    error: errors[id],
    autocomplete: 'off',
    ...more,
  });
  const select = (
    id: CaseField,
    options: readonly { value: string; label: string }[],
    more: object = {},
  ) => field(id, { kind: 'select', options, ...more });
  const named = (values: readonly string[], words: string) =>
    values.map((value) => ({ value, label: t(`${words}.${value}`) }));
  const day = (id: CaseField) => field(id, { kind: 'date', optional: true });
  const number = (id: CaseField) =>
    field(id, { kind: 'number', min: '1', max: '365', optional: true, short: true });
  const unknown = { value: '', label: t('deadlines.explain.unknown') };
  const shared = { kind, isFull: false, terms: [], events: [] };
  const residence = [
    select('country', [unknown, ...countryOptions(language)], {
      hint: t('deadlines.explain.hint.country'),
    }),
    select('part', [unknown], {
      groups: partGroups(language, (country, part) => `${country}-${part}`),
      hint: t('deadlines.explain.hint.part'),
    }),
    select('dataClass', named(dataClasses, 'requests.dataClass')),
    select('role', named(controllerRoles, 'inventory.role')),
  ];
  const calendar = select('calendar', [
    { value: '', label: t('deadlines.explain.ownCalendar') },
    ...calendarOptions(language),
  ]);
  const startOn = field('receivedOn', { kind: 'date' });
  const smallAgent = {
    id: 'isSmallAgent',
    label: t('deadlines.explain.field.isSmallAgent'),
    checked: typed.isSmallAgent === 'yes',
  };
  const count = (id: CaseField, extra: object = {}) =>
    field(id, { kind: 'number', min: '0', optional: true, short: true, ...extra });
  if (kind === 'breach') {
    const when = [
      startOn,
      field('time', { kind: 'time', optional: true, short: true }),
      count('affected'),
      count('affectedInState'),
      number('contractDays'),
      calendar,
    ];
    return { ...shared, who: residence, when, smallAgent };
  }
  if (kind === 'notice') {
    const { daysAhead } = organization.noticePolicy;
    const hint = t('deadlines.explain.hint.noticeDays', { count: daysAhead ?? policyNoticeDays });
    return { ...shared, who: [], when: [startOn, { ...number('noticeDays'), hint }] };
  }
  if (kind === 'retention') {
    const units = select('unit', named(spanUnits, 'deadlines.explain.unit'), {
      value: typed.unit ?? 'year',
    });
    const when = [startOn, count('atLeast', { min: '1' }), count('atMost', { min: '1' }), units];
    return { ...shared, who: [], when };
  }
  const more = [...termFields, ...eventFields.flat(), 'isSmallAgent'] as const;
  return {
    ...shared,
    isFull: more.some((id) => (typed[id] ?? '') !== '' || errors[id] !== undefined),
    who: [
      select('right', named(rightIds, 'requests.right')),
      ...residence,
      select('channel', named(channelIds, 'requests.channel')),
    ],
    when: [startOn, calendar],
    more: smallAgent,
    terms: [
      {
        ...number('promiseDays'),
        hint:
          organization.promiseDays === null
            ? t('deadlines.explain.hint.noPromise')
            : t('deadlines.explain.hint.promise', { count: organization.promiseDays }),
      },
      number('contractDays'),
    ],
    events: eventFields.map((row) => row.map(day)),
  };
}

/** What a field is called: a day of a breach is no day of receipt. */
export const labelOf = (field: CaseField, kind: CaseKind): string =>
  field === 'receivedOn'
    ? `deadlines.explain.clock.${kind}.from`
    : `deadlines.explain.field.${field}`;

/** The kind that was chosen; a request where none was, or one that there is not. */
export const kindOf = ({ kind }: TypedCase): CaseKind =>
  caseKinds.find((one) => one === kind) ?? 'request';

/** The kinds of cases, as links between them. */
export const kindTabs = ({ t }: Language, here: string, kind: CaseKind) =>
  caseKinds.map((one) => ({
    href: one === 'request' ? here : `${here}?kind=${one}`,
    label: t(`deadlines.explain.clock.${one}.name`),
    current: one === kind,
  }));
