import type { Types } from 'mongoose';
import { regimeIds, type RegimeId } from '../../../config/regimes.ts';
import { rightIds, type RightId } from '../../../config/rights.ts';
import { RequestModel } from './model.ts';

export interface Breakdown {
  byRight: { right: RightId; count: number }[];
  /** Only what there is. A request under two laws counts for both; `none` counts those under a promise only. */
  byRegime: { regime: RegimeId | 'none'; count: number }[];
}

const isThere = ({ count }: { count: number }) => count > 0;

/** How the open requests of an organisation divide; no person's data is read. */
export async function openRequestsBreakdown(organizationId: Types.ObjectId): Promise<Breakdown> {
  const kinds = await RequestModel.aggregate<{
    _id: { right: RightId; regimes: RegimeId[] };
    count: number;
  }>([
    { $match: { organizationId, group: 'open' } },
    { $group: { _id: { right: '$right', regimes: '$regimes' }, count: { $sum: 1 } } },
  ]);
  const sumOf = (isMeant: (kind: { right: RightId; regimes: RegimeId[] }) => boolean) =>
    kinds.reduce((sum, { _id, count }) => sum + (isMeant(_id) ? count : 0), 0);
  return {
    byRight: rightIds
      .map((right) => ({ right, count: sumOf((kind) => kind.right === right) }))
      .filter(isThere),
    byRegime: [
      ...regimeIds.map((regime) => ({
        regime,
        count: sumOf(({ regimes }) => regimes.includes(regime)),
      })),
      { regime: 'none' as const, count: sumOf(({ regimes }) => regimes.length === 0) },
    ].filter(isThere),
  };
}
