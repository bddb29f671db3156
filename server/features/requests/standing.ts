import type { RequestRow } from './model.ts';
import type { RequestState } from './states.ts';

/** Where a request stands after a change. */
export interface Standing {
  id: string;
  reference: string;
  state: RequestState;
  version: number;
}

/** What changes whenever anything about a request does. */
export const standingStamp = ({ version, state }: Pick<RequestRow, 'version' | 'state'>): string =>
  `${String(version)} ${state}`;

export const standingOf = ({ _id, reference, state, version }: RequestRow): Standing => ({
  id: _id.toHexString(),
  reference,
  state,
  version,
});
