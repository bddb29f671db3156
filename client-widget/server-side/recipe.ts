import { heldMarkup } from '../markup.ts';
import { placeRules, purposeOf } from '../trackers.ts';
import type { Consent, ConsentSite } from './consent.ts';

/** Made of the npm package `third-party-web` by `scripts/trackers.ts`. */
declare const __HABEAS_TRACKERS__: string;

/** Directives by which a page sends something to another company. */
const DIRECTIVES = {
  'script-src': "'unsafe-inline' 'unsafe-eval' blob:",
  'img-src': 'data: blob:',
  'connect-src': 'data: blob:',
  'frame-src': 'data: blob:',
} as const;
export type Directive = keyof typeof DIRECTIVES;

/** What the page needs whatever is chosen, beside its own origin; `all` stands for each directive. */
export type NeededSources = Partial<Record<Directive | 'all', readonly string[]>>;

/**
 * A content security policy under which a browser asks nobody for what was not allowed, its preload scanner included.
 * Of a partial choice it opens the hosts of allowed services; a tracker that the site does not name stays shut until
 * all is allowed. It is meant to stand beside the site's own policy, which goes on deciding about inline code; two policies together
 * only ever forbid more. Null where everything is allowed.
 */
export function consentPolicy(
  { services, categories, allowed }: ConsentSite,
  { isAllowed }: Pick<Consent, 'isAllowed'>,
  needed: NeededSources = {},
): string | null {
  const purposes = [...categories, ...services.map(({ id }) => id)];
  if (purposes.every(isAllowed)) return null;
  const released = [
    ...allowed,
    ...services.filter(({ id }) => isAllowed(id)).flatMap(({ domains }) => domains),
  ].flatMap((domain) => [domain, `*.${domain}`]);
  return Object.entries(DIRECTIVES)
    .map(([name, schemes]) => {
      const own = [...(needed.all ?? []), ...(needed[name as Directive] ?? [])];
      return [name, "'self'", schemes, ...own, ...released].join(' ');
    })
    .join('; ');
}

/** The page with what it would load from known trackers held back, for the widget to release. */
export function holdTrackers(
  html: string,
  site: Pick<ConsentSite, 'services' | 'allowed'>,
  { isAllowed }: Pick<Consent, 'isAllowed'>,
): string {
  const rules = placeRules(__HABEAS_TRACKERS__, site);
  return heldMarkup(html, (address) => {
    const from = address.startsWith('//') ? `https:${address}` : address;
    const purpose = URL.canParse(from) ? purposeOf(rules, new URL(from)) : undefined;
    return purpose && !isAllowed(purpose) ? purpose : undefined;
  });
}
