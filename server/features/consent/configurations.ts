import type { CategoryId } from '../../../config/consent.ts';
import { isDuplicateKey } from '../../database/duplicate-key.ts';
import { afterCommit, currentSession, inTransaction } from '../../database/transaction.ts';
import { Problem } from '../../problem.ts';
import { ShortMemory } from '../../short-memory.ts';
import { recordAudit, system, type Actor } from '../audit/service.ts';
import { organizationById, type SiteRow } from '../organizations/service.ts';
import { canonicalJson, purposesHashOf, sha256 } from './content.ts';
import { defaultContent } from './default-configuration.ts';
import { ConfigurationModel, type ConfigurationContent, type ConfigurationRow } from './model.ts';

/** What is hashed: site and version are part of it, so a hash names exactly one publication. */
export const hashOf = (siteKey: string, version: number, content: ConfigurationContent) =>
  sha256(canonicalJson({ siteKey, version, content }));

/** Purposes that the organisation published before owners were named keep their mark, so that nobody is asked for it. */
async function markOfPurposes(
  { organizationId }: SiteRow,
  content: ConfigurationContent,
): Promise<string> {
  const purposesHash = purposesHashOf(content);
  const isKnown = await ConfigurationModel.exists({ organizationId, purposesHash });
  return isKnown ? purposesHash : purposesHashOf(content, organizationId);
}

async function insertVersion(
  actor: Actor,
  site: SiteRow,
  version: number,
  { content, note, restoredFrom }: Omit<Publication, 'seen'>,
): Promise<ConfigurationRow> {
  return inTransaction(async () => {
    const row = await ConfigurationModel.create({
      organizationId: site.organizationId,
      siteId: site._id,
      version,
      hash: hashOf(site.siteKey, version, content),
      purposesHash: await markOfPurposes(site, content),
      content,
      note,
      publishedAt: new Date(),
      publishedBy: actor.kind === 'staff' ? actor.id : null,
    });
    await recordAudit(
      actor,
      'consent.configuration-published',
      { kind: 'site', id: site._id },
      { version, hash: row.hash, restoredFrom },
    );
    afterCommit(() => {
      served.forget();
    });
    return row.toObject();
  });
}

// Versions never change, so what was read once stays true.
const published = new Map<string, ConfigurationRow>();
/** Each has two: its number and its hash. */
const MOST_KEPT = 1_000;

/** Which version every visitor gets; this node sees a publication at once. */
const served = new ShortMemory<number | null>({ seconds: 5, most: 5_000 });

/** A version by its number or hash. */
async function publishedAs(
  { _id: siteId, organizationId }: SiteRow,
  name: { version: number } | { hash: string },
): Promise<ConfigurationRow | null> {
  const keyOf = (one: number | string) => `${siteId.toHexString()}:${one}`;
  const known = published.get(keyOf('hash' in name ? name.hash : name.version));
  if (known) return known;
  const row = await ConfigurationModel.findOne({ organizationId, siteId, ...name }).lean();
  // What a running transaction sees may yet be undone.
  if (row && !currentSession()) {
    if (published.size >= MOST_KEPT) published.clear();
    for (const one of [row.version, row.hash]) published.set(keyOf(one), row);
  }
  return row;
}

/** The number alone: a content holds every word in every language. */
async function latestNumber({ _id: siteId, organizationId }: SiteRow): Promise<number | null> {
  const newest = await ConfigurationModel.findOne({ organizationId, siteId }, { version: 1 })
    .sort({ version: -1 })
    .lean();
  return newest?.version ?? null;
}

async function latestVersion(site: SiteRow): Promise<ConfigurationRow | null> {
  const version = await latestNumber(site);
  return version === null ? null : publishedAs(site, { version });
}

/**
 * Publishes what a new site starts with, save for the given changes. Where the site has a version
 * already, that one stays.
 */
export async function publishDefaultConfiguration(
  actor: Actor,
  site: SiteRow,
  changes: Partial<ConfigurationContent> = {},
): Promise<ConfigurationRow> {
  const found = await latestVersion(site);
  if (found) return found;
  const organization = await organizationById(site.organizationId);
  const content = { ...defaultContent(organization), ...changes };
  try {
    return await insertVersion(actor, site, 1, { content, note: '', restoredFrom: null });
  } catch (error) {
    // Two first visitors at once: the version of the faster one counts for both.
    const first = isDuplicateKey(error) ? await latestVersion(site) : null;
    if (!first) throw error;
    return first;
  }
}

/** The version in force; a site that has none yet gets its default now. */
export async function currentConfiguration(site: SiteRow): Promise<ConfigurationRow> {
  return (
    (await latestVersion(site)) ?? publishDefaultConfiguration(system(site.organizationId), site)
  );
}

/**
 * The version that visitors get, mostly without waiting for the database: a publication on another node counts here
 * within seconds, or a minute where hardly anybody asks.
 */
export async function servedConfiguration(site: SiteRow): Promise<ConfigurationRow> {
  const version = await served.recall(site._id.toHexString(), () => latestNumber(site));
  return (
    (version === null ? null : await publishedAs(site, { version })) ?? currentConfiguration(site)
  );
}

/** The version that a hash names, or null when this site never published it. */
export const configurationByHash = (
  site: SiteRow,
  hash: string,
): Promise<ConfigurationRow | null> => publishedAs(site, { hash });

/** The version that a visitor's browser names. @throws Problem invalid when this site never published it */
export async function publishedConfiguration(
  site: SiteRow,
  hash: string,
): Promise<ConfigurationRow> {
  const configuration = await configurationByHash(site, hash);
  if (configuration) return configuration;
  const detail = 'This site never published such a configuration.';
  const errors = [{ pointer: '/configurationHash', code: 'any.only', detail }];
  throw new Problem('invalid', 'See errors.', { errors });
}

/** Its published number names it as well. @throws Problem not-found */
export async function publishedVersion(site: SiteRow, version: number): Promise<ConfigurationRow> {
  return found(await publishedAs(site, { version }));
}

/** Every version of a site, newest first, without its content. */
export async function versionsOf({
  _id: siteId,
  organizationId,
}: SiteRow): Promise<Omit<ConfigurationRow, 'content'>[]> {
  return ConfigurationModel.find({ organizationId, siteId }, { content: 0 })
    .sort({ version: -1 })
    .lean();
}

/** Which categories each of these versions asked about; what was never published asked about none. */
export async function categoriesOffered(
  { _id: siteId, organizationId }: SiteRow,
  versions: readonly number[],
): Promise<Map<number, ReadonlySet<CategoryId>>> {
  const rows = await ConfigurationModel.find(
    { organizationId, siteId, version: { $in: [...versions] } },
    { version: 1, 'content.categories': 1 },
  ).lean<Pick<ConfigurationRow, 'version' | 'content'>[]>();
  return new Map(
    rows.map(({ version, content }) => [version, new Set(content.categories.map(({ id }) => id))]),
  );
}

function found(row: ConfigurationRow | null): ConfigurationRow {
  if (!row) throw new Problem('not-found', 'This site has no such version.');
  return row;
}

/** What is published, and over which version. */
export interface Publication {
  content: ConfigurationContent;
  /** The version that was in force when the publisher looked. */
  seen: number;
  note: string;
  /** The version whose content is taken up again. */
  restoredFrom: number | null;
}

/**
 * Publishes a content as the next version. Null when it is in force already.
 * @throws Problem conflict (`version-changed`) when another version was published meanwhile.
 */
export async function publishContent(
  actor: Actor,
  site: SiteRow,
  { content, seen, note, restoredFrom }: Publication,
): Promise<ConfigurationRow | null> {
  const current = await currentConfiguration(site);
  // Also the second post of a double click: what it asks for is in force already.
  if (canonicalJson(content) === canonicalJson(current.content)) return null;
  const changed = new Problem('conflict', 'Another version was published meanwhile.', {
    code: 'version-changed',
  });
  if (current.version !== seen) throw changed;
  try {
    return await insertVersion(actor, site, seen + 1, { content, note, restoredFrom });
  } catch (error) {
    throw isDuplicateKey(error) ? changed : error;
  }
}
