import Joi from 'joi';
import { calendarDay, prose } from '../../wire.ts';

export interface PolicyEdit {
  /** The version that the editor saw; 0 for none. */
  version: number;
  text: string;
  publishedOn: string | null;
  effectiveOn: string | null;
}

const day = calendarDay.empty('').allow(null).default(null);

export const policyEdit = Joi.object<PolicyEdit>({
  version: Joi.number().integer().min(0).required(),
  text: prose(100_000).min(40).required(),
  publishedOn: day,
  effectiveOn: day.custom((value: string | null, helpers) => {
    const [around] = helpers.state.ancestors as [{ publishedOn?: string | null }];
    return value !== null && value < (around.publishedOn ?? '')
      ? helpers.error('any.invalid')
      : value;
  }),
});

export interface VersionQuery {
  version?: number;
}
export const versionQuery = Joi.object<VersionQuery>({ version: Joi.number().integer().min(1) });
