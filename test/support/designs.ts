import { system } from '../../server/features/audit/service.ts';
import {
  currentConfiguration,
  publishContent,
  type ConfigurationContent,
  type ConfigurationRow,
} from '../../server/features/consent/service.ts';
import { draftOf, saveDraft } from '../../server/features/designer/service.ts';
import type { SiteRow } from '../../server/features/organizations/service.ts';
import { aChoice, sendChoice } from './consent.ts';
import type { Sample, Sampler } from './sample.ts';
import { aSite } from './organizations.ts';

/** What the forms of a site's draft carry along, as it stands now. */
export async function seenNow(site: SiteRow): Promise<string> {
  const { baseVersion, revision } = await draftOf(site);
  return `${baseVersion}-${revision}`;
}

/** Publishes the version in force with some changes, as if staff had designed it. */
export async function aVersion(
  site: SiteRow,
  changes: Partial<ConfigurationContent> = { countsPrompts: true },
): Promise<ConfigurationRow> {
  const { version, content } = await currentConfiguration(site);
  const row = await publishContent(system(site.organizationId), site, {
    content: { ...content, ...changes },
    seen: version,
    note: 'For a test.',
    restoredFrom: null,
  });
  if (!row) throw new Error('These changes change nothing.');
  return row;
}

/** A part of a site's design, and what its form sends. */
export const design =
  (params: Sample['params'] = {}, body?: Sample['body']): Sampler =>
  async (organization) => {
    const site = await aSite(organization);
    return {
      params: { site: site._id.toHexString(), ...params },
      ...(body && { body: { seen: await seenNow(site), ...body } }),
    };
  };

/** A site with a draft of its own. */
export const draftedSite: Sampler = async (organization) => {
  const site = await aSite(organization);
  const designer = { ...system(organization._id), organizationId: organization._id };
  const change = { part: 'technical', seen: { baseVersion: 1, revision: 0 } };
  await saveDraft(designer, site, change, (content) => ({ ...content, countsPrompts: true }));
  return { params: { site: site._id.toHexString() }, body: { seen: await seenNow(site) } };
};

/** A site whose first version is no longer in force. */
export const earlierVersion =
  (body?: Sample['body']): Sampler =>
  async (organization) => {
    const site = await aSite(organization);
    await currentConfiguration(site);
    await aVersion(site);
    return {
      params: { site: site._id.toHexString(), version: '1' },
      ...(body && { body }),
    };
  };

/** A site on which somebody chose today. */
export const chosenOnce: Sampler = async (organization) => {
  const site = await aSite(organization);
  const { status } = await sendChoice(site, await aChoice(site));
  if (status !== 201) throw new Error('The choice was not recorded.');
  return { params: { site: site._id.toHexString() } };
};

export const aTypedService = {
  name: 'Acme Statistics',
  category: 'analytics',
  provider: 'Acme Ltd',
  'purpose[en]': 'Counts visits.',
  'purpose[de]': 'Zählt Besuche.',
  domains: 'stats.acme.test',
  cookies: '_acme cookie 30',
  transfers: 'US',
  policyUrl: '',
};

export const typedLaw = {
  regimeMode: 'by-region',
  policyUrl: 'https://www.example.org/privacy',
  cookieDays: '180',
  renewAfterDays: '180',
  minimumAge: '',
};
