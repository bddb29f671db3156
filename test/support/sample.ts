import type { Organization } from '../../server/features/organizations/service.ts';

export interface Sample {
  /** Values of the address, beside the organisation. */
  params?: Record<string, string>;
  /** What follows the address, with its question mark. */
  query?: string;
  /** The values name the same thing in every organisation. */
  isEverywhere?: true;
  /** What is sent: a form's fields, or a JSON body. */
  body?: Record<string, string | string[]>;
  /** The content of a file that goes with a form. */
  file?: string;
}

export type Sampler = (organization: Organization) => Promise<Sample>;
