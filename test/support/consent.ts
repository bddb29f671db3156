import { randomUUID } from 'node:crypto';
import {
  currentConfiguration,
  publishDefaultConfiguration,
  recordChoice,
  type SentChoice,
} from '../../server/features/consent/service.ts';
import { system } from '../../server/features/audit/service.ts';
import { ConsentLinkModel } from '../../server/features/consent/link-model.ts';
import type { ConsentService } from '../../server/features/consent/model.ts';
import {
  addressIndex,
  type Organization,
  type SiteRow,
} from '../../server/features/organizations/service.ts';
import { aSite } from './organizations.ts';
import { Client, type Reply } from './client.ts';

export const SITE_ORIGIN = 'https://www.example.org';

type WireChoice = Omit<SentChoice, 'chosenAt'> & { chosenAt: string };

export const granted = (given: boolean) => ({
  necessary: true,
  preferences: given,
  analytics: given,
  marketing: given,
});

/** What the widget of a site would send for a visitor who accepts everything, or what a test wants otherwise. */
export async function aChoice(site: SiteRow, given: Partial<WireChoice> = {}): Promise<WireChoice> {
  const { hash } = await currentConfiguration(site);
  return {
    clientKey: randomUUID(),
    visitorId: randomUUID(),
    configurationHash: hash,
    action: 'accept-all',
    choices: granted(true),
    services: {},
    model: 'opt-in',
    regime: 'gdpr',
    language: 'en',
    signals: { gpc: false, dnt: false, tcf: null, gpp: null },
    page: `${SITE_ORIGIN}/shop/`,
    chosenAt: new Date().toISOString(),
    previousKey: null,
    ...given,
  };
}

/** Sends a choice as the widget does: JSON as plain text, with the page's origin. */
export function sendChoice(
  site: Pick<SiteRow, 'siteKey'>,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  return new Client().send('POST', `/c/${site.siteKey}/choices`, body, {
    'content-type': 'text/plain;charset=UTF-8',
    origin: SITE_ORIGIN,
    ...headers,
  });
}

/** What a site says of a tool that counts visits. */
export const countingService = {
  id: 'counter',
  name: 'Garden Counter',
  category: 'analytics',
  provider: 'Counting Company Ltd',
  purpose: { en: 'Counts visits.', de: 'Zählt Besuche.' },
  domains: ['count.example'],
  cookies: [
    { name: '_count*', kind: 'cookie', days: 390, purpose: { en: 'Tells visits apart.' } },
    { name: 'count', kind: 'local', days: null, purpose: {} },
  ],
  transfers: ['US'],
  policyUrl: 'https://count.example/privacy',
} satisfies ConsentService;

/** A site whose configuration declares a service. */
export async function aDeclaringSite(organization: Organization): Promise<SiteRow> {
  const site = await aSite(organization);
  await publishDefaultConfiguration(system(organization._id), site, {
    services: [countingService],
  });
  return site;
}

/** A choice made in a browser in which whoever has this address was signed in. */
export async function aLinkedChoice(
  organization: Organization,
  site: SiteRow,
  email: string,
  given: Partial<WireChoice> = {},
): Promise<WireChoice> {
  const choice = await aChoice(site, given);
  const delivery = { origin: SITE_ORIGIN, region: null, userAgent: '' };
  const { visitorId, chosenAt } = choice;
  await recordChoice(site.siteKey, { ...choice, chosenAt: new Date(chosenAt) }, delivery);
  const link = { organizationId: organization._id, siteId: site._id, visitorId };
  const personIndex = await addressIndex(organization, email);
  await ConsentLinkModel.create({ ...link, personIndex, linkedAt: new Date() });
  return choice;
}
