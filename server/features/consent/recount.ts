import { optionalCategoryIds, type OptionalCategoryId } from '../../../config/consent.ts';
import { inTransaction } from '../../database/transaction.ts';
import { localDay, type CalendarDay } from '../../deadlines/days.ts';
import { allOrganizations, sitesOf, timeZoneOf, type SiteRow } from '../organizations/service.ts';
import { ConsentCountModel, ConsentTallyModel, type Counted } from './count-model.ts';
import { additionsOf, addTo, addToCounts, type Sums } from './counts.ts';
import { dayBounds } from './days.ts';
import { ConsentRecordModel } from './model.ts';

type Kind = Omit<Counted, 'count' | 'granted'>;

/**
 * Counts the records of one day anew. What is recorded meanwhile is counted once, too: it and this are
 * transactions, of which one waits for the other where they touch the same count.
 */
export async function recountDay(
  { organizationId, _id: siteId }: SiteRow,
  day: CalendarDay,
): Promise<void> {
  const { from, until } = dayBounds({ from: day, to: day }, await timeZoneOf(organizationId));
  const ofSite = { organizationId, siteId };
  await inTransaction(async () => {
    const groups = await ConsentRecordModel.aggregate<
      { _id: Kind; count: number } & Record<OptionalCategoryId, number>
    >([
      { $match: { ...ofSite, recordedAt: { $gte: from, $lt: until } } },
      {
        $group: {
          _id: {
            version: '$configurationVersion',
            region: '$region',
            device: '$device',
            language: '$language',
            model: '$model',
            action: '$action',
          },
          count: { $sum: 1 },
          ...Object.fromEntries(
            optionalCategoryIds.map((id) => [id, { $sum: { $cond: [`$choices.${id}`, 1, 0] } }]),
          ),
        },
      },
    ]);
    const tallies = await ConsentTallyModel.find({ ...ofSite, day }).lean();
    await ConsentTallyModel.deleteMany({ ...ofSite, day });
    // Prompts leave no records that they could be counted from again.
    await ConsentCountModel.deleteMany({ ...ofSite, day, action: { $ne: 'prompt' } });
    const sums: Sums = new Map();
    for (const one of tallies.flatMap(additionsOf)) if (one.action === 'prompt') addTo(sums, one);
    for (const { _id: kind, count, preferences, analytics, marketing } of groups) {
      addTo(sums, {
        ...ofSite,
        day,
        ...kind,
        count,
        granted: { preferences, analytics, marketing },
      });
    }
    await addToCounts(sums);
  });
}

/**
 * Counts what was recorded before there were counts, the newest day first: so it may be ended anywhere
 * and begun again.
 */
export async function countOlderRecords(): Promise<void> {
  for (const { _id } of await allOrganizations()) {
    for (const site of await sitesOf(_id)) await countOlder(site);
  }
}

async function countOlder(site: SiteRow): Promise<void> {
  const { organizationId, _id: siteId } = site;
  const timeZone = await timeZoneOf(organizationId);
  const first = await ConsentCountModel.findOne({
    organizationId,
    siteId,
    action: { $ne: 'prompt' },
  })
    .sort({ day: 1 })
    .lean();
  let counted = first?.day ?? null;
  const newestUncounted = async () => {
    const bounds = counted === null ? null : dayBounds({ from: counted }, timeZone).from;
    return ConsentRecordModel.findOne(
      { organizationId, siteId, ...(bounds && { recordedAt: { $lt: bounds } }) },
      { recordedAt: 1 },
    )
      .sort({ recordedAt: -1, _id: -1 })
      .lean();
  };
  for (let row = await newestUncounted(); row; row = await newestUncounted()) {
    // A part of the first counted day may be older than the counts.
    if (counted !== null && counted === first?.day) await recountDay(site, counted);
    counted = localDay(row.recordedAt, timeZone);
    await recountDay(site, counted);
  }
}
