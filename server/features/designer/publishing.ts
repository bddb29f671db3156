import { consentLaws } from '../../../config/consent.ts';
import { inTransaction } from '../../database/transaction.ts';
import { Problem } from '../../problem.ts';
import {
  currentConfiguration,
  publishContent,
  publishedVersion,
  type ConfigurationContent,
  type ConfigurationRow,
} from '../consent/service.ts';
import { sitesOf, type SiteRow } from '../organizations/service.ts';
import { publishable } from './changes.ts';
import { draftChanged, draftOf, removeDraft, type Designer } from './drafts.ts';
import { freshContent } from './fresh-content.ts';
import type { Fault } from './faults.ts';
import { publishability } from './publishability.ts';
import type { PublishForm, RestoreForm } from './schema.ts';
import { remarksOn } from './remarks.ts';
import { isTracker } from './trackers.ts';

const hostsOf = ({ origins }: Pick<SiteRow, 'origins'>) =>
  origins.map((origin) => new URL(origin).hostname);

/** Hosts of the organisation's other sites: those that may share choices with this one. */
export async function otherHostsOf({ organizationId, _id }: SiteRow): Promise<string[]> {
  const sites = await sitesOf(organizationId);
  const others = sites.filter((site) => !site._id.equals(_id)).flatMap(hostsOf);
  return [...new Set(others)].sort();
}

/** Everything that keeps a content from being published on a site. */
export async function faultsOn(site: SiteRow, content: ConfigurationContent): Promise<Fault[]> {
  return publishability(content, {
    origins: site.origins,
    otherHosts: await otherHostsOf(site),
    isTracker,
    laws: consentLaws,
  });
}

async function refuseFaults(site: SiteRow, content: ConfigurationContent): Promise<void> {
  const faults = await faultsOn(site, content);
  if (faults.length === 0) return;
  const codes = [...new Set(faults.map(({ code }) => code))].join(', ');
  throw new Problem('not-allowed-now', `This cannot be published: ${codes}.`, {
    code: 'not-publishable',
  });
}

/**
 * Publishes the draft as it was seen; the draft is then gone. Null when it says what is in force already.
 * @throws Problem conflict (`draft-changed`, `version-changed`), not-allowed-now (`not-publishable`)
 */
export async function publishDraft(
  designer: Designer,
  site: SiteRow,
  { seen, version, note }: PublishForm,
): Promise<ConfigurationRow | null> {
  return inTransaction(async () => {
    const draft = await draftOf(site);
    if (draft.savedAt === null) return null;
    if (draft.baseVersion !== seen.baseVersion || draft.revision !== seen.revision) {
      throw draftChanged();
    }
    const content = publishable(draft.content);
    await refuseFaults(site, content);
    const row = await publishContent(designer, site, {
      content,
      seen: version,
      note,
      restoredFrom: null,
    });
    await removeDraft(site, seen);
    return row;
  });
}

/** An earlier version as it would be published today: with settings and words that came later. */
export const restorable = (version: ConfigurationRow): ConfigurationContent =>
  publishable(freshContent(version.content));

/**
 * Publishes the content of an earlier version again; the draft stays as it is. Null when it is in force already.
 * @throws Problem not-found, conflict (`version-changed`), not-allowed-now (`not-publishable`)
 */
export async function restoreVersion(
  designer: Designer,
  site: SiteRow,
  version: number,
  { version: seen, note }: RestoreForm,
): Promise<ConfigurationRow | null> {
  return inTransaction(async () => {
    const content = restorable(await publishedVersion(site, version));
    await refuseFaults(site, content);
    return publishContent(designer, site, { content, seen, note, restoredFrom: version });
  });
}

/** The version in force, the draft, what is missing in it, and what is worth a look. */
export async function designOf(site: SiteRow) {
  const [current, draft] = await Promise.all([currentConfiguration(site), draftOf(site)]);
  const content = publishable(draft.content);
  const remarks = remarksOn(content, { isTracker });
  return { current, draft, faults: await faultsOn(site, content), remarks };
}
