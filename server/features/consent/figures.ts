import type { Types } from 'mongoose';
import {
  choiceActions,
  optionalCategoryIds,
  type ChoiceAction,
  type ConsentModel,
  type OptionalCategoryId,
} from '../../../config/consent.ts';
import type { CalendarDay } from '../../deadlines/days.ts';
import { sitesOf } from '../organizations/service.ts';
import { ConsentCountModel, type CountedAction } from './count-model.ts';

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

type Group<Key> = {
  _id: { key: Key; action: CountedAction };
  count: number;
} & Record<OptionalCategoryId, number>;

/**
 * The figures of a site from one day to another, both counted, split by something, in the order of its
 * keys; parts without any are left out. Read from the counts: no record is looked at.
 */
export async function consentFigures<By extends keyof FigureKeys>(
  organizationId: Types.ObjectId,
  siteId: Types.ObjectId,
  { from, to, by }: { from: CalendarDay; to: CalendarDay; by: By },
): Promise<ConsentFigures<FigureKeys[By]>[]> {
  type Key = FigureKeys[By];
  const groups = await ConsentCountModel.aggregate<Group<Key>>([
    { $match: { organizationId, siteId, day: { $gte: from, $lte: to } } },
    {
      $group: {
        _id: { key: `$${by}`, action: '$action' },
        count: { $sum: '$count' },
        ...Object.fromEntries(optionalCategoryIds.map((id) => [id, { $sum: `$granted.${id}` }])),
      },
    },
    { $sort: { '_id.key': 1 } },
  ]);
  const parts = new Map<Key, ConsentFigures<Key>>();
  for (const group of groups) {
    const { key, action } = group._id;
    const part = parts.get(key) ?? emptyFigures(key);
    parts.set(key, part);
    if (action === 'prompt') {
      part.prompts += group.count;
      continue;
    }
    part.choices += group.count;
    part.actions[action] += group.count;
    for (const id of optionalCategoryIds) part.granted[id] += group[id];
  }
  return [...parts.values()];
}

export type ActionCounts = Partial<Record<ChoiceAction, number>>;

/** How often each site of an organisation recorded each action from a day on, by the site's id. */
export async function actionCounts(
  organizationId: Types.ObjectId,
  from: CalendarDay,
): Promise<Map<string, ActionCounts>> {
  const sites = await sitesOf(organizationId);
  const groups = await ConsentCountModel.aggregate<{
    _id: { siteId: Types.ObjectId; action: ChoiceAction };
    count: number;
  }>([
    {
      $match: {
        organizationId,
        siteId: { $in: sites.map(({ _id }) => _id) },
        day: { $gte: from },
        action: { $ne: 'prompt' },
      },
    },
    { $group: { _id: { siteId: '$siteId', action: '$action' }, count: { $sum: '$count' } } },
  ]);
  const counts = new Map<string, ActionCounts>();
  for (const { _id, count } of groups) {
    const site = _id.siteId.toHexString();
    counts.set(site, { ...counts.get(site), [_id.action]: count });
  }
  return counts;
}
