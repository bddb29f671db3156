import { DateTime } from 'luxon';
import { calendarIds, type CalendarId } from '../../config/law/calendars.ts';
import type { RetentionPeriod } from '../../config/law/records.ts';
import { channelIds, type ChannelId, type ControllerRole } from '../../config/rights.ts';
import { computeBreachClocks, type BreachInput } from '../../server/deadlines/breaches.ts';
import { calendarOf, type Calendar } from '../../server/deadlines/calendars.ts';
import { computeDeadlines, type DeadlineResult } from '../../server/deadlines/deadlines.ts';
import { earliestOf, localDay } from '../../server/deadlines/days.ts';
import type { Pause, PauseKind } from '../../server/deadlines/pauses.ts';
import { policyNotice, retentionDates } from '../../server/deadlines/retention.ts';
import { placeNamed, regimesNamed, rightNamed } from './vocabulary.ts';

/** One worked case of a file. */
export interface Vector {
  readonly id: string;
  readonly title: string;
  readonly jurisdiction: string;
  readonly regime: string;
  readonly requestType: string;
  readonly received: string;
  readonly receivedInstant?: string;
  readonly timeZone?: string;
  readonly awareAt?: string;
  readonly calendar?: string;
  readonly role?: string;
  readonly channel?: string;
  readonly promiseDays?: number;
  /** Whether the promise gives way to a longer law. */
  readonly promiseYields?: boolean;
  readonly baaNoticeDays?: number;
  readonly baaForwardDays?: number;
  readonly contractDays?: number;
  readonly smallAgent?: boolean;
  readonly affected?: number;
  readonly affectedInState?: number;
  readonly affectedByState?: Readonly<Record<string, number>>;
  readonly events?: readonly { readonly type: string; readonly on: string }[];
  readonly expect: Readonly<Record<string, unknown>>;
  readonly alternates?: readonly { readonly field: string; readonly value: string }[];
}

export interface VectorFile {
  readonly calendars?: Readonly<Record<string, { readonly holidays: readonly string[] }>>;
  readonly vectors: readonly Vector[];
}

export interface Computed {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly alternates: readonly { readonly field: string; readonly value: string }[];
  /** How many steps explain the result. */
  readonly steps: number;
}

/** What the engine says to a case; throws a RangeError on words that it does not know. */
export function computeVector(vector: Vector, file: Pick<VectorFile, 'calendars'>): Computed {
  const kind = vector.requestType.toLowerCase();
  if (/retention|record|log/u.test(kind)) return retention(vector);
  if (/policy|notice/u.test(kind)) return notice(vector);
  if (/breach|incident/u.test(kind)) return breach(vector, file);
  return request(vector, file);
}

function calendarOfVector(
  vector: Vector,
  { calendars = {} }: Pick<VectorFile, 'calendars'>,
): Calendar {
  const name = vector.calendar ?? placeNamed(vector.jurisdiction)?.calendar ?? 'US-FED';
  const id = calendarIds.find((known) => known === name);
  const table = calendars[name];
  return table ? tableCalendar(name, table.holidays, id) : calendarOf(id ?? (name as CalendarId));
}

/** A table in the file goes before our own calendar in the years that it covers. */
function tableCalendar(
  name: string,
  holidays: readonly string[],
  id: CalendarId | undefined,
): Calendar {
  const days = new Set(holidays);
  const years = new Set(holidays.map((day) => day.slice(0, 4)));
  const own = id && calendarOf(id);
  return {
    name,
    weekend: own?.weekend ?? [0, 6],
    isHoliday: (day) =>
      years.has(day.slice(0, 4)) ? days.has(day) : (own?.isHoliday(day) ?? false),
  };
}

const roles: Readonly<Record<string, ControllerRole>> = {
  covered_entity: 'coveredEntity',
  business_associate: 'businessAssociate',
  processor: 'processor',
  service_provider: 'processor',
};

const pauseWords: readonly (readonly [RegExp, PauseKind])[] = [
  [/identity|verification/u, 'identity'],
  [/clarif|information/u, 'clarification'],
  [/fee|payment/u, 'fee'],
];

const isAsked = (type: string) => /request|asked|demanded|sent|started/u.test(type);

function pausesIn(events: Vector['events'] = []): Pause[] {
  const pauses: Pause[] = [];
  for (const { type, on } of events) {
    const kind = pauseWords.find(([words]) => words.test(type))?.[1];
    if (!kind || /extension|appeal/u.test(type)) continue;
    const open = pauses.findIndex((pause) => pause.kind === kind && pause.answeredOn === null);
    const asked = pauses[open];
    if (isAsked(type) && !/received|paid|answered|provided/u.test(type)) {
      pauses.push({ kind, askedOn: on, answeredOn: null });
    } else if (asked) {
      pauses[open] = { ...asked, answeredOn: on };
    } else {
      pauses.push({ kind, askedOn: on, answeredOn: on });
    }
  }
  return pauses;
}

const eventOn = (vector: Vector, words: RegExp) =>
  vector.events?.find(({ type }) => words.test(type))?.on;

const lastEventOn = (vector: Vector, words = /./u) =>
  vector.events?.findLast(({ type }) => words.test(type))?.on;

const noon = (day: string) => new Date(`${day}T12:00:00Z`);

function request(vector: Vector, file: Pick<VectorFile, 'calendars'>): Computed {
  const regimes = regimesNamed(vector.regime, vector.jurisdiction);
  const calendar = calendarOfVector(vector, file);
  const contractDays = vector.baaForwardDays ?? vector.contractDays ?? null;
  const role = roles[vector.role ?? ''] ?? 'controller';
  const isSignal = /gpc|preference_signal/u.test(vector.requestType);
  const channel = isSignal
    ? 'gpc'
    : channelIds.find((id): id is ChannelId => id === vector.channel);
  const noticeOn = eventOn(vector, /^extension/u);
  const input = {
    right: rightNamed(vector.requestType),
    regimes,
    receivedAt: vector.receivedInstant ? new Date(vector.receivedInstant) : noon(vector.received),
    timeZone: vector.receivedInstant ? zoneOf(vector) : 'UTC',
    promiseDays: vector.promiseDays ?? null,
    promiseYields: vector.promiseYields ?? false,
    role,
    contractDays,
    calendar,
    pauses: pausesIn(vector.events),
    isSmallAgent: vector.smallAgent ?? false,
    ...(channel && { channel }),
    ...(noticeOn !== undefined && { extensionNoticeOn: noticeOn }),
  };
  const result = computeDeadlines(input);
  const appealedOn = eventOn(vector, /^appeal.*(received|filed|lodged)/u);
  const appeal =
    appealedOn === undefined
      ? null
      : computeDeadlines({
          right: 'appeal',
          regimes,
          receivedAt: noon(appealedOn),
          timeZone: 'UTC',
          promiseDays: null,
          calendar,
        });
  return {
    fields: { ...fieldsOf(result, vector), ...(appeal && appealFields(appeal, vector)) },
    alternates: result.alternates.map(({ field, on }) => ({
      field: field === 'principalDue' ? 'coveredEntityDue' : field,
      value: on,
    })),
    steps: result.trace.length,
  };
}

function fieldsOf(result: DeadlineResult, vector: Vector) {
  const { promiseDays } = vector;
  const due = result.due ?? (result.rules.length > 0 ? result.acknowledgeBy : null);
  const byRegime = Object.fromEntries(
    result.underRules.map(({ regime, due }) => [`${camel(regime)}Due`, due]),
  );
  return {
    ...byRegime,
    ...result,
    due: result.isPaused ? null : due,
    promiseDue: promiseDays === undefined ? null : result.promiseDue,
    effectiveDue: result.isPaused && promiseDays === undefined ? null : result.effectiveDue,
    dueAfterAttempt: result.lawfulDue,
    dueAfterExtension: result.lawfulDue,
    coveredEntityDue: result.principalDue,
    controllerDue: result.principalDue,
    alarm: result.alarmOn,
    safeAcknowledgeBy: result.acknowledgeSafe,
    extensionAllowed: result.extendedDue !== null,
    silenceIsRefusal: result.trace.some(({ code }) => code === 'silence'),
    overdue: (lastEventOn(vector) ?? '') > result.effectiveDue,
  };
}

function appealFields(appeal: DeadlineResult, vector: Vector) {
  const told = eventOn(vector, /^appeal_extension/u);
  return {
    appealDue: appeal.due,
    appealExtendedDue: appeal.extendedDue,
    appealExtensionNoticeBy: appeal.extensionNoticeBy,
    appealExtensionAccepted:
      told !== undefined && appeal.extensionNoticeBy !== null && told <= appeal.extensionNoticeBy,
  };
}

function breach(vector: Vector, file: Pick<VectorFile, 'calendars'>): Computed {
  const zone = zoneOf(vector);
  const contractDays = vector.baaNoticeDays ?? vector.contractDays ?? null;
  const input: BreachInput = {
    regimes: regimesNamed(vector.regime, vector.jurisdiction),
    role: roles[vector.role ?? ''] ?? 'controller',
    awareAt: vector.awareAt
      ? new Date(vector.awareAt)
      : DateTime.fromISO(`${vector.received}T12:00`, { zone }).toJSDate(),
    timeZone: zone,
    affected: vector.affected ?? 0,
    affectedInState:
      vector.affectedInState ?? Math.max(0, ...Object.values(vector.affectedByState ?? {})),
    contractDays,
    isSmallAgent: vector.smallAgent ?? false,
    calendar: calendarOfVector(vector, file),
  };
  const result = computeBreachClocks(input);
  const of = (duty: string, from = result) =>
    from.notices.find((notice) => notice.duty === duty && notice.isRequired);
  const small = computeBreachClocks({ ...input, isSmallAgent: true });
  const authority = of('authority');
  const media = result.notices.find(({ duty }) => duty === 'media');
  const instant = (at: Date | null | undefined) =>
    at ? DateTime.fromJSDate(at, { zone }).toISO({ suppressMilliseconds: true }) : null;
  const people = of('people')?.by ?? null;
  return {
    fields: {
      individualsBy: people,
      peopleBy: people,
      authorityBy: authority?.by ?? null,
      secretaryBy: of('secretary')?.by ?? null,
      mediaBy: media?.by ?? null,
      mediaRequired: media?.isRequired ?? false,
      coveredEntityBy: of('covered-entity')?.by ?? null,
      contractBy: result.contractBy,
      effectiveBy: result.principalBy,
      effective: result.principalBy,
      effectiveDue: result.principalBy ?? earliestOf(result.notices.map(({ by }) => by)),
      additionsBy: of('additions')?.by ?? null,
      due: authority?.by ?? people ?? result.principalBy,
      smallAgentDue: of('authority', small)?.by ?? null,
      dueInstant: instant(authority?.at),
    },
    alternates: result.notices.flatMap(({ alternates }) =>
      alternates.map(({ at }) => ({ field: 'dueInstant', value: instant(at) ?? '' })),
    ),
    steps: result.trace.length,
  };
}

function notice(vector: Vector): Computed {
  const days = /(\d+) days?/u.exec(vector.title)?.[1];
  const result = policyNotice(vector.received, days === undefined ? undefined : Number(days));
  return {
    fields: { ...result, safeNoticeBy: result.safeNoticeBy },
    alternates: result.alternates.map(({ field, on }) => ({ field, value: on })),
    steps: result.trace.length,
  };
}

/** A case says its periods only in words: "minimum 7 and maximum 10 years". */
function retention(vector: Vector): Computed {
  const words = inDigits(vector.title.toLowerCase());
  const anchorOn = lastEventOn(vector, /interaction|visit|anchor|end/u) ?? vector.received;
  const unit = (/(day|month|year)s?\b/u.exec(words)?.[1] ?? 'year') as RetentionPeriod['unit'];
  const numbers = [...words.matchAll(/\b(\d+)(?=[\s-]+(?:(?:and|to|or)\b|day|month|year))/gu)].map(
    ([, n]) => ({ n: Number(n), unit }),
  );
  const isRange = 'earliestDelete' in vector.expect || 'latestDelete' in vector.expect;
  const isMinimum = 'keepUntil' in vector.expect || isRange;
  const [shortest] = numbers;
  const longest = numbers.at(-1);
  const result = retentionDates(anchorOn, {
    ...(isMinimum && shortest && { atLeast: isRange ? [shortest] : numbers }),
    ...((isRange || !isMinimum) && longest && { atMost: longest }),
  });
  return {
    fields: { ...result, earliestDelete: result.keepUntil, latestDelete: result.deleteBy },
    alternates: result.alternates.map(({ field, on }) => ({ field, value: on })),
    steps: result.trace.length,
  };
}

const numberWords = 'zero one two three four five six seven eight nine ten eleven twelve'.split(
  ' ',
);
const inDigits = (words: string) =>
  words.replaceAll(/[a-z]+/gu, (word) => {
    const number = numberWords.indexOf(word);
    return number === -1 ? word : String(number);
  });

const zoneOf = ({ timeZone, jurisdiction }: Vector) =>
  timeZone ?? placeNamed(jurisdiction)?.zone ?? 'UTC';

const camel = (text: string) =>
  text.replaceAll(/-([a-z])/gu, (_, letter: string) => letter.toUpperCase());

/** Names that others give to the same date. */
const sameField: readonly (readonly [RegExp, string])[] = [
  [/(floor|earliest|extended|beyond|allow|max).*(look.?back|data)/iu, 'lookBackFloor'],
  [/look.?back.*(floor|earliest|extended|beyond|limit|max)/iu, 'lookBackFloor'],
  [/look.?back|^(data|disclosures?)(From|Since)/iu, 'lookBackFrom'],
  [/^(keep|retain)/iu, 'keepUntil'],
  [/^(delete|purge|erase)/iu, 'deleteBy'],
  [/^(additional|supplement|addition|complement)/iu, 'additionsBy'],
  [/^(anpd|authority|board|dpa|regulator|notify)/iu, 'authorityBy'],
  [/^(data)?(subjects?|people|individuals?|persons?)/iu, 'individualsBy'],
  [/^archive/iu, 'archivesUntil'],
  [/^no.?re.?(prompt|ask)/iu, 'noRepromptBefore'],
  [/^(stop|cease)/iu, 'stopBy'],
  [/^(ack)/iu, 'acknowledgeBy'],
  [/^smallAgent/iu, 'smallAgentDue'],
  [/^(isPaused|paused|pauseOpen|clockPaused|open)$/iu, 'isPaused'],
];

export interface Difference {
  readonly field: string;
  readonly expected: unknown;
  readonly found: unknown;
}

/** Where the engine disagrees with a case. Instants may be written in any zone. */
export function differencesOf({ expect }: Vector, { fields }: Computed): Difference[] {
  return Object.entries(expect).flatMap(([field, expected]) => {
    const known = field in fields ? field : sameField.find(([words]) => words.test(field))?.[1];
    const found = known === undefined ? undefined : fields[known];
    return isSame(expected, found) ? [] : [{ field, expected, found }];
  });
}

function isSame(expected: unknown, found: unknown): boolean {
  if (typeof expected === 'string' && typeof found === 'string' && expected.includes('T')) {
    return Date.parse(expected) === Date.parse(found);
  }
  return expected === found;
}

/** The other readings of a case that the engine does not show. */
export function missingReadings({ alternates = [] }: Vector, computed: Computed): string[] {
  const shown = ({ field, value }: { field: string; value: string }) =>
    computed.alternates.some((other) => other.field === field && isSame(value, other.value)) ||
    isSame(value, computed.fields[field]);
  return alternates
    .filter((alternate) => !shown(alternate))
    .map(({ field, value }) => `${field} ${value}`);
}

/** The zone-local day of an instant, for cases that give one. */
export const receivedOn = (vector: Vector): string =>
  vector.receivedInstant
    ? localDay(new Date(vector.receivedInstant), zoneOf(vector))
    : vector.received;
