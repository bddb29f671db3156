import Joi from 'joi';
import { highestLevel, lowestLevel, pointIds, type PointId } from '../../../config/identity.ts';
import type { LevelTable } from '../../../config/identity.ts';
import { rightIds, type RightId } from '../../../config/rights.ts';
import { line } from '../../wire.ts';

export interface RulesEdit {
  /** The version that the editor saw. */
  version: number;
  levels: LevelTable;
  declaration: boolean;
  documents: { right: RightId; reason: string }[];
}

const levelOf = (right: RightId) =>
  Joi.number().integer().min(lowestLevel(right)).max(highestLevel(right));

/** The right of a level that may not be lower for sensitive data than for ordinary data. */
const levelsOf = (right: RightId) =>
  Joi.object({
    ordinary: levelOf(right).required(),
    sensitive: levelOf(right).min(Joi.ref('ordinary')).required(),
  });

/** Opt-outs and reports are not in the form: they stay at 0, whatever somebody sends. */
const levels = Joi.object<LevelTable>(
  Object.fromEntries(
    rightIds.map((right) => [
      right,
      highestLevel(right) === 0
        ? levelsOf(right).default({ ordinary: 0, sensitive: 0 })
        : levelsOf(right).required(),
    ]),
  ),
).required();

/** Documents are turned on right by right, each with a reason of 20 signs at least. */
const documents = Joi.object<Record<string, string>>(
  Object.fromEntries(
    rightIds
      .filter((right) => highestLevel(right) > 0)
      .map((right) => [right, line(500).min(20).empty('')]),
  ),
)
  .default({})
  .custom((reasons: Record<string, string>) =>
    Object.entries(reasons).map(([right, reason]) => ({ right, reason })),
  );

export const rulesEdit = Joi.object<RulesEdit>({
  version: Joi.number().integer().min(0).required(),
  levels,
  declaration: Joi.boolean().truthy('yes').default(false),
  documents,
});

export interface EndpointEdit {
  url: string;
  sends: 'values' | 'hashes';
  points: PointId[];
}

export const endpointEdit = Joi.object<EndpointEdit>({
  url: line(500)
    .uri({ scheme: ['https', 'http'] })
    .required(),
  sends: Joi.string().valid('hashes', 'values').required(),
  points: Joi.array()
    .items(Joi.string().valid(...pointIds))
    .single()
    .unique()
    .min(3)
    .max(6)
    .required(),
});
