import type { Types } from 'mongoose';
import { regimeIds, type RegimeId } from '../../../config/regimes.ts';
import { rightIds, type RightId } from '../../../config/rights.ts';
import { countRequests } from './counting.ts';
import { facet } from './facets.ts';

export interface Breakdown {
  byRight: { right: RightId; count: number }[];
  /** A request under two laws counts for both; `none` counts those under a promise only. */
  byRegime: { regime: RegimeId | 'none'; count: number }[];
}

/** How the open requests of an organisation divide; no person's data is read. */
export async function openRequestsBreakdown(organizationId: Types.ObjectId): Promise<Breakdown> {
  const countOf = (facets: string) => countRequests({ organizationId, group: 'open', facets });
  const [byRight, byRegime] = await Promise.all([
    Promise.all(
      rightIds.map(async (right) => ({ right, count: await countOf(facet('right', right)) })),
    ),
    Promise.all(
      [...regimeIds, 'none' as const].map(async (regime) => ({
        regime,
        count: await countOf(facet('regime', regime)),
      })),
    ),
  ]);
  return { byRight, byRegime };
}
