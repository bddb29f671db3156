import type { Types } from 'mongoose';
import { rightCatalogue } from '../../../config/right-catalogue.ts';
import { inTransaction } from '../../database/transaction.ts';
import { localDay } from '../../deadlines/days.ts';
import { languageOf } from '../../language.ts';
import { Problem } from '../../problem.ts';
import { loadDataKey } from '../../security/data-keys.ts';
import { recordAudit, system } from '../audit/service.ts';
import {
  addressPrint,
  challengeByCode,
  issueChallenge,
  spendChallenge,
  takeAllowance,
} from '../identity/service.ts';
import { describeCategory, inventoryOf } from '../inventory/service.ts';
import { organizationById, type Organization } from '../organizations/service.ts';
import {
  addItem,
  fetchPackage,
  packageOf,
  releasePackage,
  removeItem,
  reviewItem,
  sweepPackages,
  type NewItem,
  type Package,
  type PackageItem,
  type PackageFrame,
  type PackageSection,
  type Removal,
  type Review,
} from '../packages/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { openContents } from './contents.ts';
import { personOfRequest, queuePackageCode, tellPerson } from './mails.ts';
import type { RequestRow } from './model.ts';
import { consentSections } from './linked-consent.ts';
import { liveRequest, movedOn } from './live-request.ts';
import type { Person } from './person.ts';
import { refuseUnlessProved } from './proof.ts';
import { refuseReleaseForAnother } from './release.ts';
import { regulatorsFor } from './regulators.ts';
import { groupOf } from './states.ts';

/** The categories of data that an organisation holds or an answer gives, as a person reads about them. */
async function packageSections(
  organizationId: Types.ObjectId,
  gathered: Package | null,
  languageCode: string,
): Promise<PackageSection[]> {
  const language = languageOf(languageCode);
  const inventory = await inventoryOf(organizationId);
  const own = inventory.categories.map((category) => {
    const { purposes, ...words } = describeCategory(language, inventory, category);
    return {
      ...words,
      id: category.id,
      purposes: purposes.map(({ name, basis }) => `${name} (${basis})`),
    };
  });
  return [...own, ...consentSections(language, gathered)];
}

async function frameOf(organization: Organization, row: RequestRow): Promise<PackageFrame> {
  const language = languageOf(row.language);
  const { name, residence } = openContents(await loadDataKey(row.keyId), row);
  const { privacyOffice, dataProtectionOfficer } = organization.contacts;
  return {
    language: row.language,
    reference: row.reference,
    right: language.t(`request-mail.right.${row.right}`),
    name,
    organization: {
      name: organization.name,
      contacts: [privacyOffice, dataProtectionOfficer].flatMap(({ email, phone, post }) =>
        [email, phone, post].filter((line) => line !== ''),
      ),
    },
    sections: await packageSections(
      row.organizationId,
      await packageOf(row.organizationId, row._id),
      row.language,
    ),
    regulators: regulatorsFor(residence, row.regimes).map(({ name: authority, website }) => ({
      name: authority,
      url: website,
    })),
    notices: ['disagree', 'fair'].map((notice) => language.t(`package.notice.${notice}`)),
  };
}

/**
 * Hands over what was gathered for a request, in the transaction of its answer. Gives the end of its
 * life; null where there is nothing to fetch.
 */
export async function releaseAnswer(staff: StaffMember, row: RequestRow): Promise<Date | null> {
  refuseReleaseForAnother(row);
  return releasePackage(staff, row._id, await frameOf(staff.organization, row));
}

/** Tells the person that the answer is there, and until when data can be fetched that they asked to see. */
export async function tellOfAnswer(
  organization: Organization,
  row: RequestRow,
  endsAt: Date | null,
): Promise<void> {
  const isOfData = rightCatalogue[row.right].group === 'see';
  if (!endsAt || !isOfData) await tellPerson(organization, row, 'answered');
  else {
    const endsOn = localDay(endsAt, row.timeZone);
    await tellPerson(organization, row, 'package-ready', { endsOn });
  }
}

/** Destroys packages whose life has ended, and reminds in time of those that nobody fetched. */
export const attendToPackages = (): Promise<number> =>
  sweepPackages(async ({ organizationId, requestId: id }, endsAt) => {
    const row = await liveRequest(organizationId, id);
    const endsOn = localDay(endsAt, row.timeZone);
    const organization = await organizationById(organizationId);
    if (!(await tellPerson(organization, row, 'package-expires', { endsOn }))) return;
    await recordAudit(system(organizationId), 'package.reminded', { kind: 'request', id });
  });

async function openOne({ organizationId }: StaffMember, id: Types.ObjectId): Promise<RequestRow> {
  const row = await liveRequest(organizationId, id);
  if (groupOf(row.state) === 'closed') throw movedOn('The request is closed.');
  refuseReleaseForAnother(row);
  return row;
}

/** What is gathered for a request, and where it may belong; looking at it is recorded. */
export async function packageForStaff(
  staff: StaffMember,
  id: Types.ObjectId,
): Promise<{ row: RequestRow; gathered: Package | null; sections: PackageSection[] }> {
  const row = await liveRequest(staff.organizationId, id);
  await inTransaction(() => recordAudit(staff, 'package.read', { kind: 'request', id }));
  const gathered = await packageOf(staff.organizationId, id);
  const { language } = staff.account;
  const sections = await packageSections(staff.organizationId, gathered, language);
  return { row, gathered, sections };
}

/** What an item holds, as a file that staff may open. */
export const fileOfItem = ({ fileId, name, size }: PackageItem) => ({
  id: fileId.toHexString(),
  name,
  size,
});

/** @throws Problem not-found, not-allowed-now, invalid, too-large */
export async function addToPackage(
  staff: StaffMember,
  id: Types.ObjectId,
  item: NewItem,
  staged: Types.ObjectId,
): Promise<void> {
  const { regimes } = await openOne(staff, id);
  await addItem(staff, id, item, staged, {
    isCcpa: regimes.includes('ccpa'),
    // Somebody may close the request while the file is read.
    alongside: () => openOne(staff, id),
  });
}

/** @throws Problem not-found, not-allowed-now */
export async function removeFromPackage(
  staff: StaffMember,
  id: Types.ObjectId,
  { item }: Removal,
): Promise<void> {
  await inTransaction(async () => {
    await openOne(staff, id);
    await removeItem(staff, id, item);
  });
}

/** @throws Problem not-found, not-allowed-now */
export async function reviewInPackage(
  staff: StaffMember,
  id: Types.ObjectId,
  review: Review,
): Promise<void> {
  await inTransaction(async () => {
    await openOne(staff, id);
    await reviewItem(staff, id, review);
  });
}

/**
 * Sends a person who is inside a fresh code for one download, if their address may get mail. The
 * answer is guarded by more than the visit, for a browser left open is no proof.
 */
export async function askForPackageCode(person: Person): Promise<void> {
  const { organizationId, requestId, organization } = person;
  const row = await liveRequest(organizationId, requestId);
  const to = await personOfRequest(row);
  if (!to) return;
  await inTransaction(async () => {
    const print = addressPrint(to.email);
    if (!(await takeAllowance(print, { isProven: true }))) return;
    const { code } = await issueChallenge({
      organizationId,
      requestId,
      purpose: 'fetch-package',
      addressPrint: print,
    });
    await queuePackageCode(organization, row, to, code);
  });
}

/**
 * The archive of an answer for a code, which serves once.
 * @throws Problem wrong-credentials (`wrong-code`), gone, not-allowed-now while more proof is asked
 */
export async function fetchAnswer(person: Person, code: string) {
  const { organizationId, requestId } = person;
  refuseUnlessProved(await liveRequest(organizationId, requestId));
  const purposes = ['fetch-package'] as const;
  const challenge = await challengeByCode(organizationId, requestId, { code, purposes });
  const isSpent = challenge && (await inTransaction(() => spendChallenge(challenge)));
  if (!isSpent) {
    throw new Problem('wrong-credentials', 'The code does not match, or has ended.', {
      code: 'wrong-code',
    });
  }
  return fetchPackage(person, requestId);
}
