import type { Types } from 'mongoose';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { Problem } from '../../problem.ts';
import { recordAudit, type Actor } from '../audit/service.ts';
import {
  canonicalJson,
  currentConfiguration,
  publishedVersion,
  type ConfigurationContent,
} from '../consent/service.ts';
import type { SiteRow } from '../organizations/service.ts';
import { freshContent } from './fresh-content.ts';
import { ConsentDraftModel, type ConsentDraftRow } from './model.ts';

type DraftRow = ConsentDraftRow<ConfigurationContent>;

export type Designer = Actor & { organizationId: Types.ObjectId };

/** How a draft stood when somebody looked at it. */
export interface Seen {
  baseVersion: number;
  revision: number;
}

export type Draft = Pick<DraftRow, 'baseVersion' | 'revision' | 'content' | 'touched'> & {
  /** Null while nothing was saved since the version in force. */
  savedAt: Date | null;
  savedBy: string | null;
};

/** Stands for every part of a draft that was replaced as a whole. */
const WHOLE = '*';

const of = ({ organizationId, _id: siteId }: SiteRow) => ({ organizationId, siteId });

/** The draft of a site, or what one would start from: the version in force. */
export async function draftOf(site: SiteRow): Promise<Draft> {
  const row = await ConsentDraftModel.findOne(of(site)).lean<DraftRow>();
  if (row) return row;
  const { version, content } = await currentConfiguration(site);
  return {
    baseVersion: version,
    revision: 0,
    content: freshContent(content),
    touched: {},
    savedAt: null,
    savedBy: null,
  };
}

export const draftChanged = () =>
  new Problem('conflict', 'Somebody else saved this meanwhile.', { code: 'draft-changed' });

const wasTouched = ({ baseVersion, touched }: Draft, part: string, seen: Seen) =>
  baseVersion !== seen.baseVersion ||
  Math.max(touched[part] ?? 0, touched[WHOLE] ?? 0) > seen.revision;

async function writeDraft(
  designer: Designer,
  site: SiteRow,
  { revision: before }: Pick<Draft, 'revision'>,
  next: Pick<DraftRow, 'baseVersion' | 'content' | 'touched'>,
): Promise<void> {
  const saved = {
    ...next,
    revision: before + 1,
    savedAt: new Date(),
    savedBy: designer.id,
  };
  if (before === 0) await ConsentDraftModel.create({ ...of(site), ...saved });
  else {
    const { matchedCount } = await ConsentDraftModel.updateOne(
      { ...of(site), revision: before },
      saved,
    );
    if (matchedCount === 0) throw draftChanged();
  }
}

// The loser of two first savings at once runs again, and then meets the draft of the faster one.
const once = <T>(work: () => Promise<T>) => againstDuplicates(() => inTransaction(work));

/**
 * Saves one part of a draft; whoever saves another part at the same time is not in the way. False when that would
 * change nothing. @throws Problem conflict (`draft-changed`) when this part was saved since it was seen.
 */
export async function saveDraft(
  designer: Designer,
  site: SiteRow,
  { part, seen }: { part: string; seen: Seen },
  change: (content: ConfigurationContent) => ConfigurationContent,
): Promise<boolean> {
  return once(async () => {
    const draft = await draftOf(site);
    const content = change(draft.content);
    // Also the second post of a double click.
    if (canonicalJson(content) === canonicalJson(draft.content)) return false;
    if (wasTouched(draft, part, seen)) throw draftChanged();
    const revision = draft.revision + 1;
    await writeDraft(designer, site, draft, {
      baseVersion: draft.baseVersion,
      content,
      touched: { ...draft.touched, [part]: revision },
    });
    const target = { kind: 'site', id: site._id };
    await recordAudit(designer, 'consent.draft-saved', target, { part, revision });
    return true;
  });
}

/** Makes an earlier version the draft, in place of what was there. @throws Problem conflict, not-found */
export async function takeVersionAsDraft(
  designer: Designer,
  site: SiteRow,
  version: number,
  seen: Seen,
): Promise<void> {
  await once(async () => {
    const draft = await draftOf(site);
    if (draft.baseVersion !== seen.baseVersion || draft.revision !== seen.revision) {
      throw draftChanged();
    }
    const { content } = await publishedVersion(site, version);
    const revision = draft.revision + 1;
    await writeDraft(designer, site, draft, {
      baseVersion: (await currentConfiguration(site)).version,
      content: freshContent(content),
      touched: { [WHOLE]: revision },
    });
    const target = { kind: 'site', id: site._id };
    await recordAudit(designer, 'consent.draft-replaced', target, { version, revision });
  });
}

/** Drops what was prepared. @throws Problem conflict (`draft-changed`) */
export async function discardDraft(designer: Designer, site: SiteRow, seen: Seen): Promise<void> {
  await inTransaction(async () => {
    await removeDraft(site, seen);
    const target = { kind: 'site', id: site._id };
    await recordAudit(designer, 'consent.draft-discarded', target, { revision: seen.revision });
  });
}

/** Takes a draft away, in the caller's transaction. @throws Problem conflict (`draft-changed`) */
export async function removeDraft(site: SiteRow, { baseVersion, revision }: Seen): Promise<void> {
  const { deletedCount } = await ConsentDraftModel.deleteOne({
    ...of(site),
    baseVersion,
    revision,
  });
  if (deletedCount === 0) throw draftChanged();
}
