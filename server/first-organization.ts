import { config } from '../config/index.ts';
import { regimeIds } from '../config/regimes.ts';
import { rightIds } from '../config/rights.ts';
import { defaults } from '../config/defaults.ts';
import { onOneNode } from './database/one-node.ts';
import { system } from './features/audit/service.ts';
import { publishDefaultConfiguration } from './features/consent/service.ts';
import {
  addSite,
  allOrganizations,
  createOrganization,
  sitesOf,
  type OrganizationName,
  type SiteRow,
} from './features/organizations/service.ts';

/** What the fake trackers of the demo website set; withdrawn consent removes it. */
const demoCookies = {
  preferences: ['fern_branch'],
  analytics: ['_fern_visits'],
  marketing: ['_fern_ads'],
};

const nobody = { email: '', phone: '', post: '' };

/** Where the demo site lives: the same host, on a port (so an origin) of its own. */
export function demoOrigin(): string {
  const url = new URL(config.publicUrl);
  url.port = String(config.demoPort);
  return url.origin;
}

/**
 * Gives a new installation one organisation to look around in, and the demo website its site.
 * Returns the address of the widget for the demo site, or null when no demo site is served.
 */
export async function openFirstOrganization(): Promise<{ demoWidgetSrc: string | null }> {
  const [first = await onOneNode(firstOrganization)] = await allOrganizations();
  if (config.demoPort === null) return { demoWidgetSrc: null };
  const site = (await demoSiteOf(first)) ?? (await onOneNode(() => addedDemoSite(first)));
  return { demoWidgetSrc: `${config.publicUrl}/c/${site.siteKey}.js` };
}

// Nodes that start at the same time all find nothing: the first one opens, the others look again.

async function firstOrganization(): Promise<OrganizationName> {
  const [first] = await allOrganizations();
  if (first) return first;
  return createOrganization(system(null), {
    slug: 'first',
    name: 'Your organisation',
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    languages: [...defaults.languages],
    regimes: [...regimeIds],
    rights: [...rightIds],
    promiseDays: defaults.promiseDays,
    requiresSecondFactor: false,
    policyUrl: null,
    contacts: { privacyOffice: nobody, dataProtectionOfficer: nobody, security: nobody },
  });
}

async function demoSiteOf({ _id }: OrganizationName): Promise<SiteRow | undefined> {
  const origin = demoOrigin();
  return (await sitesOf(_id)).find(({ origins }) => origins.includes(origin));
}

async function addedDemoSite(first: OrganizationName): Promise<SiteRow> {
  const found = await demoSiteOf(first);
  if (found) return found;
  const actor = system(first._id);
  const settings = { name: 'Demo website', origins: [demoOrigin()] };
  const site = await addSite(actor, first._id, settings);
  await publishDefaultConfiguration(actor, site, { cookies: demoCookies });
  return site;
}
