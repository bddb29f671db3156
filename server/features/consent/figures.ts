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
import { ConsentCountModel, ConsentTallyModel, type CountedAction } from './count-model.ts';

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

/** What was counted of some sites, and what waits for it, in groups that may stand twice. */
async function groupsOf<Key>(
  where: { organizationId: Types.ObjectId; siteId: object; day: object },
  by: keyof FigureKeys | 'siteId',
): Promise<Group<Key>[]> {
  const groupedIn = (place: string, key: string) => ({
    $group: {
      _id: { key, action: `$${place}action` },
      count: { $sum: `$${place}count` },
      ...Object.fromEntries(
        optionalCategoryIds.map((id) => [id, { $sum: `$${place}granted.${id}` }]),
      ),
    },
  });
  const isOfTally = by === 'day' || by === 'siteId';
  const [counted, waiting] = await Promise.all([
    ConsentCountModel.aggregate<Group<Key>>([{ $match: where }, groupedIn('', `$${by}`)]),
    ConsentTallyModel.aggregate<Group<Key>>([
      { $match: where },
      { $unwind: '$counted' },
      groupedIn('counted.', isOfTally ? `$${by}` : `$counted.${by}`),
    ]),
  ]);
  return [...counted, ...waiting];
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
 * keys; parts without any are left out. Read from the counts: no record is looked at.
 */
export async function consentFigures<By extends keyof FigureKeys>(
  organizationId: Types.ObjectId,
  siteId: Types.ObjectId,
  { from, to, by }: { from: CalendarDay; to: CalendarDay; by: By },
): Promise<ConsentFigures<FigureKeys[By]>[]> {
  type Key = FigureKeys[By];
  const day = { $gte: from, $lte: to };
  const groups = await groupsOf<Key>({ organizationId, siteId, day }, by);
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
  return [...parts.values()].sort(inOrder);
}

export type ActionCounts = Partial<Record<ChoiceAction, number>>;

/** How often each site of an organisation recorded each action from a day on, by the site's id. */
export async function actionCounts(
  organizationId: Types.ObjectId,
  from: CalendarDay,
): Promise<Map<string, ActionCounts>> {
  const siteId = { $in: (await sitesOf(organizationId)).map(({ _id }) => _id) };
  const day = { $gte: from };
  const groups = await groupsOf<Types.ObjectId>({ organizationId, siteId, day }, 'siteId');
  const counts = new Map<string, ActionCounts>();
  for (const { _id, count } of groups) {
    if (_id.action === 'prompt') continue;
    const site = _id.key.toHexString();
    const ofSite = counts.get(site) ?? {};
    counts.set(site, { ...ofSite, [_id.action]: (ofSite[_id.action] ?? 0) + count });
  }
  return counts;
}
