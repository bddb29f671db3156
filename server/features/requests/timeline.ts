import type { Language } from '../../language.ts';
import type { ActorKind, AuditRow } from '../audit/service.ts';
import type { StaffNote } from './notes.ts';

interface Message {
  kind: 'person' | 'staff';
  at: Date;
  authorId: string | null;
  text: string;
}

/** Who did something, as the history names them. */
type NameOf = (actor: { kind: ActorKind; id: string | null }) => string;

const icons: Record<string, string> = {
  received: 'inbox',
  verified: 'check',
  assigned: 'user',
  extended: 'calendar',
  paused: 'pause',
  resumed: 'clock',
  'rules-adopted': 'calendar',
  refused: 'hand',
  completed: 'check',
  forwarded: 'send',
  withdrawn: 'previous',
  expired: 'clock',
  disowned: 'flag',
  'package-released': 'send',
  'package-fetched': 'download',
  'package-deleted': 'trash',
};

/** What happened to a request, what was written and what staff noted, in one line of time. */
export function historyItems(
  language: Language,
  timeZone: string,
  {
    events,
    messages,
    notes,
  }: {
    events: readonly AuditRow[];
    messages: readonly Message[];
    notes: readonly StaffNote[];
  },
  nameOf: NameOf,
) {
  const told = events.flatMap((event) => eventItem(language, event, nameOf));
  const written = messages.map((message) => messageItem(language, message, nameOf));
  const noted = notes.map((note) => noteItem(language, note, nameOf));
  return [...told, ...written, ...noted]
    .sort((a, b) => a.time.getTime() - b.time.getTime())
    .map(({ time, ...item }) => ({
      ...item,
      at: time.toISOString(),
      when: language.moment(time, timeZone),
    }));
}

function eventItem({ t, has, day }: Language, event: AuditRow, nameOf: NameOf) {
  const name = event.action.replace(/^request\./u, '').replace('.', '-');
  const key = `requests.event.${name}`;
  // Looks at the request and its messages are in the audit trail, or speak for themselves.
  if (!has(key)) return [];
  const { assignee, ground, reason, due } = event.facts;
  const isGivenBack = name === 'assigned' && assignee === null;
  return [
    {
      kind: 'event',
      time: event.at,
      icon: icons[name] ?? 'dot',
      title: t(isGivenBack ? `${key}Back` : key, {
        who: nameOf({ kind: event.actorKind, id: event.actorId }),
        to: typeof assignee === 'string' ? nameOf({ kind: 'staff', id: assignee }) : '',
        ground: typeof ground === 'string' ? t(`requests.ground.${ground}`) : '',
        reason: typeof reason === 'string' ? t(`requests.extensionReason.${reason}`) : '',
        until: typeof due === 'string' ? day(due) : '',
      }),
    },
  ];
}

function messageItem({ t }: Language, { kind, at, authorId, text }: Message, nameOf: NameOf) {
  const actor = { kind: kind === 'person' ? 'subject' : 'staff', id: authorId } as const;
  return {
    kind: { person: 'message', staff: 'own' }[kind],
    time: at,
    author: nameOf(actor),
    label: {
      person: t('requests.request.fromPerson'),
      staff: t('requests.request.toPerson'),
    }[kind],
    body: text,
  };
}

function noteItem({ t }: Language, { at, noteBy, note }: StaffNote, nameOf: NameOf) {
  return {
    kind: 'note',
    time: at,
    author: nameOf({ kind: 'staff', id: noteBy }),
    label: t('requests.request.noteLabel'),
    body: note,
  };
}

/** Files with readable sizes. */
export function fileItems(
  language: Language,
  files: readonly { id: string; name: string; size: number }[],
  hrefOf: (id: string) => string,
) {
  return files.map(({ id, name, size }) => ({
    href: hrefOf(id),
    name,
    size: sizeText(language, size),
  }));
}

/** A size in the unit that suits it, such as `1.4 MB`. */
export function sizeText({ code }: Language, bytes: number): string {
  const steps = [
    { unit: 'byte', from: 0, size: 1 },
    { unit: 'kilobyte', from: 1000, size: 1024 },
    { unit: 'megabyte', from: 1_000_000, size: 1024 ** 2 },
    { unit: 'gigabyte', from: 1_000_000_000, size: 1024 ** 3 },
  ];
  const { unit = 'byte', size = 1 } = steps.findLast(({ from }) => bytes >= from) ?? {};
  const options: Intl.NumberFormatOptions = {
    style: 'unit',
    unit,
    unitDisplay: unit === 'byte' ? 'long' : 'short',
    maximumFractionDigits: size > 1024 ? 1 : 0,
  };
  return new Intl.NumberFormat(code, options).format(bytes / size);
}
