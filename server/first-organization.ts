import type { Types } from 'mongoose';
import { config } from '../config/index.ts';
import { regimeIds, rightIds } from '../config/regimes.ts';
import { defaults } from '../config/defaults.ts';
import { system } from './features/audit/service.ts';
import { publishDefaultConfiguration } from './features/consent/service.ts';
import {
  addSite,
  allOrganizations,
  createOrganization,
  sitesOf,
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
  let [first] = await allOrganizations();
  first ??= await createOrganization(system(null), {
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
  if (config.demoPort === null) return { demoWidgetSrc: null };
  const origin = demoOrigin();
  const sites = await sitesOf(first._id);
  const site =
    sites.find(({ origins }) => origins.includes(origin)) ?? (await addDemoSite(first._id, origin));
  return { demoWidgetSrc: `${config.publicUrl}/c/${site.siteKey}.js` };
}

async function addDemoSite(organizationId: Types.ObjectId, origin: string): Promise<SiteRow> {
  const actor = system(organizationId);
  const site = await addSite(actor, organizationId, { name: 'Demo website', origins: [origin] });
  await publishDefaultConfiguration(actor, site, { cookies: demoCookies });
  return site;
}
