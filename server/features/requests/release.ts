import { Problem } from '../../problem.ts';
import { servesAnother } from '../agreements/service.ts';
import type { RequestRow } from './model.ts';

/**
 * Refuses to give out data that are held for somebody else: only their controller may (GDPR
 * Art. 28(3)(a), 45 CFR 164.504(e)(2)). Every way to release data comes past here.
 * @throws Problem not-allowed-now
 */
export function refuseReleaseForAnother({ role }: Pick<RequestRow, 'role'>): void {
  if (!servesAnother(role)) return;
  throw new Problem('not-allowed-now', 'These data are held for somebody else: forward it.', {
    code: 'held-for-another',
  });
}
