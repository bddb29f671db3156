import type { Types } from 'mongoose';
import { letterOf, type LetterCode } from '../../../config/letters.ts';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { languageOf } from '../../language.ts';
import { Problem } from '../../problem.ts';
import { recordAudit, type OrganizationActor } from '../audit/service.ts';
import type { Organization } from '../organizations/service.ts';
import { defaultLetter } from './defaults.ts';
import { LetterVersionModel, type LetterVersionRow } from './model.ts';
import type { LetterEdit, LetterName } from './schema.ts';
import { faultsOf, type Fault, type LetterPart } from './source.ts';
import { valuesOfOrganization } from './values.ts';
import {
  writeLetter,
  type LetterSource,
  type LetterValues,
  type WrittenLetter,
} from './writing.ts';

export { preheaderOf } from './markup.ts';
export { waysToReach } from './values.ts';
export type { LetterValues } from './writing.ts';

/** A letter as it is in force: the organisation's own words, or those of the house. */
export interface CurrentLetter extends LetterSource {
  /** 0 where nobody ever edited it. */
  version: number;
  isOwn: boolean;
}

/** The wording that counts now. */
export async function currentLetter(
  organizationId: Types.ObjectId,
  { code, language }: LetterName,
): Promise<CurrentLetter> {
  const row = await LetterVersionModel.findOne({ organizationId, code, language })
    .sort({ version: -1 })
    .lean();
  const { subject, body } = row?.isOwn ? row : defaultLetter(code, language);
  return { version: row?.version ?? 0, isOwn: row?.isOwn ?? false, subject, body };
}

/**
 * Writes a letter of an organisation in a language, in its own words where it has some. What
 * `values` leaves out stays empty; what every letter says of the organisation is filled in.
 */
export async function renderLetter(
  organization: Organization,
  code: LetterCode,
  language: string,
  values: LetterValues,
): Promise<WrittenLetter> {
  const spoken = languageOf(language);
  const source = await currentLetter(organization._id, { code, language: spoken.code });
  return writeLetter(code, spoken, source, { ...valuesOfOrganization(organization), ...values });
}

export type LetterFault = Fault & { part: LetterPart };

/** What is wrong with a wording, by part; empty when it can be saved. */
export function checkLetter(code: LetterCode, { subject, body }: LetterSource): LetterFault[] {
  const check = (part: LetterPart, source: string) =>
    faultsOf(code, part, source).map((fault) => ({ ...fault, part }));
  return [
    ...(letterOf(code).place === 'mail' ? check('subject', subject) : []),
    ...check('body', body),
  ];
}

/** Adds a version, unless another was added since the given one. */
async function addVersion(
  staff: OrganizationActor,
  { code, language }: LetterName,
  seen: number,
  wording: Pick<LetterVersionRow, 'isOwn' | 'subject' | 'body' | 'restoredFrom'>,
): Promise<number> {
  const { organizationId } = staff;
  const current = await currentLetter(organizationId, { code, language });
  if (current.version !== seen) {
    throw new Problem('conflict', 'The letter was changed meanwhile: look at it again.', {
      code: 'version-changed',
    });
  }
  const version = seen + 1;
  await LetterVersionModel.create({
    organizationId,
    code,
    language,
    version,
    ...wording,
    savedAt: new Date(),
    savedBy: staff.id ?? '',
  });
  const { isOwn, restoredFrom } = wording;
  await recordAudit(
    staff,
    isOwn ? 'letter.saved' : 'letter.reset',
    { kind: 'organization', id: organizationId },
    { letter: code, language, version, restoredFrom },
  );
  return version;
}

// The loser of two savings at once tries again, and then sees the version of the faster one.
const once = <T>(work: () => Promise<T>) => againstDuplicates(() => inTransaction(work));

/**
 * Saves a new version. Null when it says what is said already.
 * @throws Problem invalid (with the line of each fault), conflict (`version-changed`)
 */
export async function saveLetter(
  staff: OrganizationActor,
  name: LetterName,
  { version, subject, body }: LetterEdit,
): Promise<number | null> {
  const faults = checkLetter(name.code, { subject, body });
  if (faults.length > 0) {
    throw new Problem('invalid', 'The letter cannot be written like this.', {
      errors: faults.map(({ part, code, line }) => ({
        pointer: `/${part}`,
        code: `letter.${code}`,
        detail: `line ${line.toString()}: ${code}`,
      })),
    });
  }
  return once(async () => {
    const current = await currentLetter(staff.organizationId, name);
    if (current.subject === subject && current.body === body) return null;
    return addVersion(staff, name, version, { isOwn: true, subject, body, restoredFrom: null });
  });
}

/** Goes back to the words of the house; every version stays. @throws Problem conflict */
export async function resetLetter(
  staff: OrganizationActor,
  name: LetterName,
  seen: number,
): Promise<void> {
  await once(() =>
    addVersion(staff, name, seen, { isOwn: false, subject: '', body: '', restoredFrom: null }),
  );
}

/** Brings an older version back, as a new one. @throws Problem not-found, conflict */
export async function restoreLetter(
  staff: OrganizationActor,
  name: LetterName,
  { version, seen }: { version: number; seen: number },
): Promise<void> {
  await once(async () => {
    const { isOwn, subject, body } = await letterVersion(staff.organizationId, name, version);
    await addVersion(staff, name, seen, { isOwn, subject, body, restoredFrom: version });
  });
}

export type LetterVersion = Omit<LetterVersionRow, 'subject' | 'body'>;

/** The newest versions of a letter, without their words. */
export async function versionsOfLetter(
  organizationId: Types.ObjectId,
  { code, language }: LetterName,
): Promise<LetterVersion[]> {
  return LetterVersionModel.find({ organizationId, code, language }, { subject: 0, body: 0 })
    .sort({ version: -1 })
    .limit(50)
    .lean();
}

/** @throws Problem not-found */
export async function letterVersion(
  organizationId: Types.ObjectId,
  { code, language }: LetterName,
  version: number,
): Promise<LetterVersionRow> {
  const row = await LetterVersionModel.findOne({ organizationId, code, language, version }).lean();
  if (!row) throw new Problem('not-found', 'This letter has no such version.');
  return row;
}

/** The languages in which an organisation words each letter itself. */
export async function ownLetters(
  organizationId: Types.ObjectId,
): Promise<Map<LetterCode, Set<string>>> {
  const rows = await LetterVersionModel.find(
    { organizationId },
    { code: 1, language: 1, isOwn: 1, version: 1 },
  )
    .sort({ code: 1, language: 1, version: -1 })
    .lean();
  const own = new Map<LetterCode, Set<string>>();
  for (const [at, { code, language, isOwn }] of rows.entries()) {
    const before = rows[at - 1];
    // Of each letter and language the highest version comes first.
    const isNewest = before?.code !== code || before.language !== language;
    if (isOwn && isNewest) own.set(code, (own.get(code) ?? new Set()).add(language));
  }
  return own;
}
