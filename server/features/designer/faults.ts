import type { ConsentLaw } from '../../../config/consent.ts';

/** One thing that keeps a configuration from being published. */
export interface Fault {
  /** The sentence `designer.fault.<code>`. */
  code: string;
  /** Codes that the sentence names: of a language, a model, a category, a law; or what staff wrote themselves. */
  about: Partial<Record<About, string>>;
  /** Where it is put right: a page of the designer, and the field on it. */
  at: { page: string; field: string };
}
export type About =
  | 'language'
  | 'model'
  | 'category'
  | 'law'
  | 'text'
  | 'service'
  | 'host'
  | 'place'
  | 'entry'
  | 'days'
  | 'count';

/** What a configuration is judged by, beside itself. */
export interface Circumstances {
  /** Origins of the site. */
  origins: readonly string[];
  /** Hosts of the organisation's other sites. */
  otherHosts: readonly string[];
  /** Whether a host is known to belong to a tracker. */
  isTracker: (host: string) => boolean;
  /** What the laws themselves ask for. */
  laws: readonly ConsentLaw[];
}
