import type { GuardConfig, WidgetService } from './types.ts';

/** What is loaded from some places waits for a purpose: a category, or a service of the site. */
export type Rule = readonly [places: RegExp, purpose: string];

type Site = Pick<GuardConfig, 'allowed'> & { services: Pick<WidgetService, 'id' | 'domains'>[] };

/**
 * What is known of places, what the site says first. `known` has those of each category with a space between: hosts,
 * with all below them, as patterns in which `.com` may be left out; `/word` is the first part of a path.
 */
export function placeRules(known: string, { services, allowed = [] }: Site): Rule[] {
  const rule = (places: string, purpose: string): Rule => [
    RegExp(`(^|\\.)(${places || 0})(.com)?(/|$)`),
    purpose,
  ];
  return [
    rule(allowed.join('|'), 'necessary'),
    ...services.map(({ domains, id }) => rule(domains.join('|'), id)),
    ...known
      .split(' ')
      .map((places, at) => rule(places, ['preferences', 'analytics', 'marketing'][at] ?? '')),
  ];
}

/** The purpose of an address, if its place is known. */
export function purposeOf(
  rules: readonly Rule[],
  { hostname, pathname }: Pick<URL, 'hostname' | 'pathname'>,
): string | undefined {
  const place = hostname + String(/^\/\w*/.exec(pathname));
  return rules.find(([places]) => places.test(place))?.[1];
}
