import { randomBytes } from 'node:crypto';
import { Types } from 'mongoose';
import { createDataKey } from '../../../server/security/data-keys.ts';
import type { DataKey } from '../../../server/security/encryption.ts';
import { addDays, localDay } from '../../../server/deadlines/days.ts';
import type { Organization } from '../../../server/features/organizations/service.ts';
import { openContents, sealContents } from '../../../server/features/requests/contents.ts';
import { facetsOf } from '../../../server/features/requests/facets.ts';
import { RequestModel, type RequestRow } from '../../../server/features/requests/model.ts';
import { newReference } from '../../../server/features/requests/reference.ts';
import { searchFacets } from '../../../server/features/requests/search.ts';
import { groupOf, type RequestState } from '../../../server/features/requests/states.ts';

const BATCH = 1000;
const RIGHTS = ['access', 'deletion', 'correction', 'objection', 'portability'] as const;
const LANGUAGES = ['en', 'de', 'fr', 'es'];
const CHANNELS = ['web', 'email', 'phone', 'api'] as const;
const STATES: readonly RequestState[] = [
  'new',
  'in-progress',
  'unverified',
  'completed',
  'refused',
];
const NAMES = 500;
/**
 * What of these first ones is looked for, the later ones do not have: the same page is found among
 * ever more requests.
 */
const FIRST = 1000;
/** Names of the first ones, and none of the others: each is that of some fifty open requests. */
const FIRST_NAMES = 10;

export interface Pattern {
  organization: Organization;
  /** A request that was filed, by which the others are made. */
  row: RequestRow;
  key: DataKey;
  keys: DataKey[];
  /** The words of names, as the search keeps them. */
  names: { name: string; facets: string[] }[];
}

/** One of the names that the first requests have, as it is typed into the search. */
export const firstName = (n: number): string => {
  const at = n % FIRST_NAMES;
  return `person${at} family${at * 7}`;
};

/** What all synthetic requests have in common. */
export async function patternOf(
  organization: Organization,
  row: RequestRow,
  key: DataKey,
): Promise<Pattern> {
  const keys: DataKey[] = [];
  for (let at = 0; at < NAMES; at += 1) {
    keys.push(await createDataKey(organization._id, 'request'));
  }
  const names = [];
  for (let at = 0; at < NAMES; at += 1) {
    const name = `Person${at} Family${(at * 7) % NAMES}`;
    names.push({ name, facets: await searchFacets(organization, { name, email: '' }) });
  }
  return { organization, row, key, keys, names };
}

const references = new Set<string>();

/** A reference that none of the others has: among a million, two of chance are alike. */
function freshReference(): string {
  const reference = newReference();
  if (references.has(reference)) return freshReference();
  references.add(reference);
  return reference;
}

/** The nth request, with every field and facet that the product gives one. */
function syntheticRow({ row, key, keys, names }: Pattern, n: number): RequestRow {
  const _id = new Types.ObjectId();
  const isFirst = n < FIRST;
  // Not the same step as that of the states: each name has requests in every state.
  const nth = isFirst
    ? Math.floor(n / STATES.length) % FIRST_NAMES
    : FIRST_NAMES + ((n * 31) % (names.length - FIRST_NAMES));
  const { name, facets: words } = names[nth] ?? { name: '', facets: [] };
  const rowKey = keys[n % keys.length] ?? key;
  const state = STATES[n % STATES.length] ?? 'new';
  const group = groupOf(state);
  const today = localDay(new Date(), row.timeZone);
  const due = addDays(today, (n % 60) - 5);
  const closedOn = addDays(today, -(n % 700));
  const closedAt = group === 'closed' ? new Date(`${closedOn}T12:00:00Z`) : null;
  const plain: RequestRow = {
    ...row,
    _id,
    reference: freshReference(),
    formKey: _id.toHexString(),
    keyId: rowKey.id,
    sealed: sealContents(rowKey, _id, { ...openContents(key, row), name }),
    right: RIGHTS[n % RIGHTS.length] ?? 'access',
    language: LANGUAGES[(n * 3) % LANGUAGES.length] ?? 'en',
    channel: CHANNELS[(n * 7) % CHANNELS.length] ?? 'web',
    tags: isFirst && n % 10 === 0 ? ['rare'] : n % 3 === 0 ? ['common'] : [],
    state,
    group,
    closedAt,
    deadlines: { ...row.deadlines, effectiveDue: due, alarmOn: due },
    urgentOn: group === 'closed' ? closedOn : due,
    nextActionAt: group === 'closed' ? null : new Date(Date.now() + 86_400_000 * (1 + (n % 30))),
  };
  const address = `word:${randomBytes(12).toString('base64url')}`;
  return { ...plain, facets: [...facetsOf(plain), ...words, address] };
}

/** Fills the queue up to `count` requests, or with requests that are changed first. */
export async function fillQueue(
  pattern: Pattern,
  from: number,
  count: number,
  change: (row: RequestRow, n: number) => RequestRow = (row) => row,
): Promise<void> {
  for (let start = from; start < count; start += BATCH) {
    const size = Math.min(BATCH, count - start);
    const rows = Array.from({ length: size }, (_, at) =>
      change(syntheticRow(pattern, start + at), start + at),
    );
    await RequestModel.collection.insertMany(rows);
  }
}
