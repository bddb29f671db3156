import type { GuardConfig, OptionalCategoryId, ServiceChoices } from './types.ts';

/** Whether a category may run now, or a service that may have been decided apart from it. */
export type IsAllowed = (category: OptionalCategoryId, serviceId?: string) => boolean;

/** Holds something back, and lets it go. */
export interface Guard {
  /** Called after each change of what is allowed. */
  update: () => void;
}

/** Records that the visitor allows these services from now on. */
export type Allow = (services: ServiceChoices) => void;

/** Holds back known trackers that nobody marked. */
export function createGuard(_config: GuardConfig, _isAllowed: IsAllowed, _allow: Allow): Guard {
  return { update: () => undefined };
}
