import companies from 'third-party-web';
import { correctedHosts, knownCookies } from '../../config/known-cookies.ts';
import type { CategoryId } from '../../config/consent.ts';
import type { Declaration, TraceCategory } from './report.ts';

const fits = (name: string, pattern: string) =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

export const isBelow = (host: string, domain: string): boolean =>
  host === domain || host.endsWith(`.${domain}`);

/** What the categories of the common list of companies are in ours; the others say nothing of tracking. */
const companyCategories: Readonly<Record<string, CategoryId>> = {
  ad: 'marketing',
  social: 'marketing',
  marketing: 'marketing',
  video: 'marketing',
  analytics: 'analytics',
  'tag-manager': 'analytics',
  'customer-success': 'preferences',
};

export interface Class {
  category: TraceCategory;
  company: string | null;
}

/** Whose host it is and what it is for, as far as the lists say. */
export function classOfHost(host: string): Class {
  const entity = companies.getEntity(`https://${host}/`);
  const corrected = Object.entries(correctedHosts).find(([domain]) => isBelow(host, domain))?.[1];
  return {
    category: corrected ?? companyCategories[entity?.category ?? ''] ?? 'unknown',
    company: entity?.name ?? null,
  };
}

/** What a cookie or another entry is for: by its name, else by whose host keeps it. */
export function classOfEntry(name: string, host: string, isThirdParty: boolean): Class {
  const known = knownCookies.find((one) => fits(name, one.name));
  if (known) return { category: known.category, company: known.service };
  return isThirdParty ? classOfHost(host) : { category: 'unknown', company: null };
}

/** Whether two hosts belong to one site, that is to one registrable domain. */
export function isSameSite(host: string, other: string): boolean {
  return host === other || siteOf(host) === siteOf(other);
}

const siteOf = (host: string) =>
  /^[\d.]+$|:|^localhost$/u.test(host) ? host : companies.getRootDomain(`https://${host}/`);

/** The category under which a site declares an entry; undefined when it does not. */
export const declaredEntry = ({ cookies }: Declaration, name: string): CategoryId | undefined =>
  cookies.find((one) => fits(name, one.name))?.category;

export const declaredHost = ({ hosts }: Declaration, host: string): CategoryId | undefined =>
  hosts.find((one) => isBelow(host, one.host))?.category;
