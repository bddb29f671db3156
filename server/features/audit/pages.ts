import Joi from 'joi';
import type { Types } from 'mongoose';
import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import type { Language } from '../../language.ts';
import { objectId } from '../../wire.ts';
import { apiKeyNames } from '../api-keys/service.ts';
import { memberNames } from '../staff/service.ts';
import { auditEntries, type AuditRow } from './service.ts';

const PAGE = 50;

interface Before {
  before?: Types.ObjectId;
}

const isId = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{24}$/u.test(value);

/** Everything in an entry that may be the id of somebody on the staff. */
const idsOf = ({ actorKind, actorId, facts }: AuditRow) => [
  ...(actorKind === 'staff' && isId(actorId) ? [actorId] : []),
  ...Object.values(facts).filter(isId),
];

/** Where the words for the codes of a fact are: key before and after the code. */
const CODES: Readonly<Record<string, [before: string, after: string]>> = {
  right: ['requests.right.', ''],
  regimes: ['deadlines.regime.', '.short'],
  channel: ['requests.channel.', ''],
  from: ['requests.state.', ''],
  to: ['requests.state.', ''],
  ground: ['requests.ground.', ''],
  reason: ['requests.extensionReason.', ''],
  lateReason: ['entry.lateReason.', ''],
  role: ['staff.role.', '.name'],
  scopes: ['api-keys.scope.', '.name'],
  kind: ['audit.kind.', ''],
  purpose: ['audit.purpose.', ''],
  topic: ['suppressions.topic.', ''],
  cause: ['suppressions.cause.', ''],
  lookUp: ['suppressions.reason.', ''],
  list: ['inventory.', '.title'],
  part: ['inventory.role.', ''],
  change: ['audit.change.', ''],
};

/** A code, id or day in words; as it is stored where there are none. */
function wordOf(
  { t, has, day }: Language,
  [fact, value]: [string, string],
  names: Map<string, string>,
): string {
  const [before, after] = CODES[fact] ?? ['', ''];
  const key = `${before}${value}${after}`;
  if (before !== '' && has(key)) return t(key);
  if (/^\d{4}-\d{2}-\d{2}$/u.test(value)) return day(value);
  return value === 'true' ? t('audit.yes') : (names.get(value) ?? value);
}

function factsText(
  language: Language,
  facts: AuditRow['facts'],
  names: Map<string, string>,
): string {
  return Object.entries(facts)
    .filter(([, value]) => value !== null && value !== '')
    .map(([fact, value]) => {
      const key = `audit.fact.${fact}`;
      const words = String(value)
        .split(',')
        .map((one) => wordOf(language, [fact, one], names));
      const name = language.has(key) ? language.t(key) : fact;
      return language.t('audit.trail.fact', { name, value: words.join(', ') });
    })
    .join(' · ');
}

function rowOf(
  language: Language,
  entry: AuditRow,
  { home, timeZone, names }: { home: string; timeZone: string; names: Map<string, string> },
) {
  const { t, has, moment } = language;
  const actionKey = `audit.action.${entry.action.replace('.', '-')}`;
  const targetKey = `audit.target.${entry.targetKind}`;
  const isNamed = entry.actorKind === 'staff' || entry.actorKind === 'machine';
  const name = isNamed ? names.get(entry.actorId ?? '') : undefined;
  return {
    cells: [
      {
        text: has(actionKey) ? t(actionKey) : entry.action,
        sub: factsText(language, entry.facts, names),
      },
      { text: name ?? t(`audit.actor.${entry.actorKind}`) },
      {
        text: has(targetKey) ? t(targetKey) : entry.targetKind,
        ...(entry.targetKind === 'request' && { href: `${home}/requests/${entry.targetId}` }),
      },
      { text: moment(entry.at, timeZone), at: entry.at.toISOString() },
    ],
  };
}

async function showTrail({
  staff,
  language,
  query,
}: StaffCall<unknown, Before, unknown>): Promise<Answer> {
  const { organizationId, organization } = staff;
  const home = `/o/${organization.slug}`;
  const found = await auditEntries(organizationId, { before: query.before, limit: PAGE + 1 });
  const shown = found.slice(0, PAGE);
  const machines = shown.filter(({ actorKind }) => actorKind === 'machine');
  const machineIds = machines.map(({ actorId }) => actorId).filter(isId);
  const names = new Map([
    ...(await memberNames(organizationId, shown.flatMap(idsOf))),
    ...(await apiKeyNames(organizationId, machineIds)),
  ]);
  const around = { home, timeZone: organization.timeZone, names };
  const last = shown.at(-1);
  return {
    page: 'audit/trail',
    model: {
      columns: ['what', 'who', 'subject', 'when'].map((name) => ({
        label: language.t(`audit.trail.${name}`),
      })),
      rows: shown.map((entry) => rowOf(language, entry, around)),
      newestUrl: query.before && `${home}/audit`,
      olderUrl:
        last && found.length > PAGE ? `${home}/audit?before=${last._id.toHexString()}` : null,
    },
  };
}

/** The audit trail as people read it. */
export const auditPages: Door[] = [
  staffPage<Record<string, never>, Before>('audit:read', {
    method: 'get',
    path: '/o/:organization/audit',
    query: Joi.object<Before>({ before: objectId }),
    act: showTrail,
  }),
];
