import thirdPartyWeb from 'third-party-web/nostats-subset.js';

/** Kinds of companies whose code follows visitors, as `third-party-web` sorts them. */
const FOLLOWING = new Set(['ad', 'analytics', 'marketing', 'social', 'tag-manager']);

/** Whether a host belongs to a company that is known for following visitors. */
export function isTracker(host: string): boolean {
  const company = thirdPartyWeb.getEntity(`https://${host}/`);
  return company !== undefined && FOLLOWING.has(company.category);
}

/** The domain that somebody registered, as far as the list tells it from those under which everybody does. */
export const rootDomainOf = (host: string): string =>
  thirdPartyWeb.getRootDomain(`https://${host}/`);
