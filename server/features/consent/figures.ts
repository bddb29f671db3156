import type { Types } from 'mongoose';
import {
  choiceActions,
  optionalCategoryIds,
  type ChoiceAction,
  type ConsentModel,
  type OptionalCategoryId,
} from '../../../config/consent.ts';
import { inTransaction } from '../../database/transaction.ts';
import type { CalendarDay } from '../../deadlines/days.ts';
import { sitesOf } from '../organizations/service.ts';
import { ConsentCountModel } from './count-model.ts';
import { uncountedOf, type Addition } from './counts.ts';

/** What figures can be split by, and what tells their parts apart. */
export interface FigureKeys {
  day: CalendarDay;
  version: number;
  /** Null where it was not known. */
  region: string | null;
  device: string;
  language: string;
  model: ConsentModel;
}

/** What was counted of one part. */
export interface ConsentFigures<Key> {
  key: Key;
  /** Banners shown, where the site counts them; else 0. */
  prompts: number;
  /** All choices, however they came about. */
  choices: number;
  actions: Record<ChoiceAction, number>;
  /** How many of the choices allowed each purpose. */
  granted: Record<OptionalCategoryId, number>;
}

const zeros = <K extends string>(keys: readonly K[]) =>
  Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;

const emptyFigures = <Key>(key: Key): ConsentFigures<Key> => ({
  key,
  prompts: 0,
  choices: 0,
  actions: zeros(choiceActions),
  granted: zeros(optionalCategoryIds),
});

/** What was counted of some sites in some days, and what is not in the counts yet. */
async function countedOf(
  organizationId: Types.ObjectId,
  siteIds: readonly Types.ObjectId[],
  day: { $gte: CalendarDay; $lte?: CalendarDay },
): Promise<Addition[]> {
  const { $gte: from, $lte: to = '9999-12-31' } = day;
  // As of one moment: what is taken into the counts meanwhile would be missed, or seen twice.
  return inTransaction(async () => {
    const found: Addition[] = await ConsentCountModel.find({
      organizationId,
      siteId: { $in: [...siteIds] },
      day,
    }).lean();
    for (const siteId of siteIds) {
      const uncounted = await uncountedOf({ organizationId, siteId });
      found.push(...uncounted.filter((one) => one.day >= from && one.day <= to));
    }
    return found;
  });
}

/** What is not known comes first. */
const inOrder = (
  { key: a }: ConsentFigures<string | number | null>,
  { key: b }: ConsentFigures<string | number | null>,
) => {
  if (a === b) return 0;
  return a === null || (b !== null && a < b) ? -1 : 1;
};

/**
 * The figures of a site from one day to another, both counted, split by something, in the order of its
 * keys; parts without any are left out. Read from the counts, and for the last minutes from the records.
 */
export async function consentFigures<By extends keyof FigureKeys>(
  organizationId: Types.ObjectId,
  siteId: Types.ObjectId,
  { from, to, by }: { from: CalendarDay; to: CalendarDay; by: By },
): Promise<ConsentFigures<FigureKeys[By]>[]> {
  type Key = FigureKeys[By];
  const parts = new Map<Key, ConsentFigures<Key>>();
  for (const counted of await countedOf(organizationId, [siteId], { $gte: from, $lte: to })) {
    const { action, count, granted } = counted;
    const key = counted[by];
    const part = parts.get(key) ?? emptyFigures(key);
    parts.set(key, part);
    if (action === 'prompt') {
      part.prompts += count;
      continue;
    }
    part.choices += count;
    part.actions[action] += count;
    for (const id of optionalCategoryIds) part.granted[id] += granted[id];
  }
  return [...parts.values()].sort(inOrder);
}

export type ActionCounts = Partial<Record<ChoiceAction, number>>;

/** How often each site of an organisation recorded each action from a day on, by the site's id. */
export async function actionCounts(
  organizationId: Types.ObjectId,
  from: CalendarDay,
): Promise<Map<string, ActionCounts>> {
  const sites = await sitesOf(organizationId);
  const siteIds = sites.map(({ _id }) => _id);
  const counts = new Map<string, ActionCounts>();
  for (const { siteId, action, count } of await countedOf(organizationId, siteIds, {
    $gte: from,
  })) {
    if (action === 'prompt') continue;
    const site = siteId.toHexString();
    const ofSite = counts.get(site) ?? {};
    counts.set(site, { ...ofSite, [action]: (ofSite[action] ?? 0) + count });
  }
  return counts;
}
