import type { ConsentLaw } from '../../../config/consent.ts';
import { completeContent } from './content.ts';
import type { ConfigurationContent, ConfigurationRow } from './model.ts';

/** Enough of the hash to tell the purposes of one site apart; the choice cookie travels with every request. */
export const purposesMark = (purposesHash: string): string => purposesHash.slice(0, 10);

/** Versions published before the laws named a pause had this one. */
export const refusalDaysOf = (content: ConfigurationContent, law: ConsentLaw): number =>
  (law as Partial<ConsentLaw>).refusalDays ?? content.renewAfterDays;

export const optionalServices = ({ services }: ConfigurationContent) =>
  services.filter(({ category }) => category !== 'necessary');

export const optionalCategories = ({ categories }: ConfigurationContent) =>
  categories.map(({ id }) => id).filter((id) => id !== 'necessary');

export const guardedServices = (content: ConfigurationContent) =>
  optionalServices(content).map(({ id, category, domains }) => ({ id, category, domains }));

/** Hosts that need no choice: those let through, and of services that are necessary. */
export const allowedHosts = ({ allowed, services }: ConfigurationContent) => [
  ...allowed,
  ...services.filter(({ category }) => category === 'necessary').flatMap(({ domains }) => domains),
];

/** `ConsentSite` of `client-widget/server-side/consent.ts`: what the site's own server decides by. */
export function siteRules({ purposesHash, content: stored }: ConfigurationRow, law: ConsentLaw) {
  const content = completeContent(stored);
  return {
    model: law.model,
    regime: law.regime,
    honoursGpc: law.honoursGpc,
    categories: optionalCategories(content),
    services: guardedServices(content),
    allowed: allowedHosts(content),
    purposesHash: purposesMark(purposesHash),
    renewAfterDays: content.renewAfterDays,
    refusalDays: refusalDaysOf(content, law),
  };
}
