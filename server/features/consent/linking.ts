import type { Types } from 'mongoose';
import { optionalCategoryIds } from '../../../config/consent.ts';
import { config } from '../../../config/index.ts';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { acceptAssertion } from '../assertions/service.ts';
import { asVisitor, recordAudit, type OrganizationActor } from '../audit/service.ts';
import {
  addressIndex,
  organizationById,
  siteByKey,
  type SiteRow,
} from '../organizations/service.ts';
import { provenIndexOf } from '../subjects/service.ts';
import { lawFor } from './banner.ts';
import { configurationByHash, currentConfiguration } from './configurations.ts';
import { ConsentLinkModel, type ConsentLinkRow } from './link-model.ts';
import { choiceAt, choicesOfVisitor, newestOf } from './lookups.ts';
import type { Choices, ConsentRecordRow } from './model.ts';
import { checkOrigin } from './receipts.ts';
import type { SentIdentification } from './schema.ts';

const DAY = 86_400_000;
/** Of so many of a person's devices, the ones linked last, the choices are looked at. */
const MOST_DEVICES = 20;
/** How long a browser without any choice stays linked. */
const SILENT_DAYS = 30;

/**
 * The claim `aud` of a token for the widget: one that opens the privacy centre is not accepted here, nor the other
 * way round, because scripts of the page can read this one.
 */
export const linkAudience = ({ siteKey }: Pick<SiteRow, 'siteKey'>): string =>
  `${config.publicUrl}/c/${siteKey}`;

export interface CarriedChoice {
  choices: Choices;
  services: Record<string, boolean>;
  chosenAt: string;
}

/**
 * Binds a browser to the person whom the site's signed token names, and returns what that person chose last in
 * another browser of this site, where that is newer and may be taken over here.
 * @throws AssertionRefused; Problem not-found, forged-form
 */
export async function identifyVisitor(
  siteKey: string,
  { token, visitorId }: SentIdentification,
  { origin, region }: { origin: string | null; region: string | null },
): Promise<CarriedChoice | null> {
  const site = await siteByKey(siteKey);
  checkOrigin(site, origin);
  const organization = await organizationById(site.organizationId);
  const { claims } = await acceptAssertion(organization, token, origin, linkAudience(site));
  const personIndex = await addressIndex(organization, claims.email);
  const now = new Date();
  const own = (await choiceAt(site, visitorId, now))?.record ?? null;
  if (!(await linkBrowser(site, visitorId, personIndex, own !== null))) return null;
  const newest = await newestElsewhere(site, personIndex, visitorId, now);
  if (!newest || (own && own.inForceAt >= newest.inForceAt)) return null;
  return (await mayBeTakenOver(site, newest, region, now))
    ? {
        choices: newest.choices,
        services: newest.services,
        chosenAt: newest.inForceAt.toISOString(),
      }
    : null;
}

/** Whether the browser is this person's from now on; false where it is somebody else's. */
async function linkBrowser(
  { organizationId, _id: siteId }: SiteRow,
  visitorId: string,
  personIndex: string,
  hasChosen: boolean,
): Promise<boolean> {
  const one = { organizationId, siteId, visitorId };
  const link = async () => {
    const known = await ConsentLinkModel.findOne(one).lean();
    if (known) {
      const isOwn = known.personIndex === personIndex;
      if (isOwn && hasChosen && known.forgetAt)
        await ConsentLinkModel.updateOne(one, { forgetAt: null });
      return isOwn;
    }
    const linkedAt = new Date();
    const forgetAt = hasChosen ? null : new Date(linkedAt.getTime() + SILENT_DAYS * DAY);
    await ConsentLinkModel.create({ ...one, personIndex, linkedAt, forgetAt });
    // Names neither: an entry that did would tie them together for good.
    const target = { kind: 'site', id: siteId };
    await recordAudit(asVisitor(organizationId), 'consent.browser-linked', target);
    return true;
  };
  return againstDuplicates(() => inTransaction(link));
}

/** The other browsers of this site that are linked to a person. */
async function otherBrowsers(
  { organizationId, _id: siteId }: SiteRow,
  personIndex: string,
  visitorId: string,
): Promise<ConsentLinkRow[]> {
  const links = await ConsentLinkModel.find({ organizationId, personIndex })
    .sort({ linkedAt: -1 })
    .limit(MOST_DEVICES)
    .lean();
  return links.filter((link) => link.siteId.equals(siteId) && link.visitorId !== visitorId);
}

async function newestElsewhere(
  site: SiteRow,
  personIndex: string,
  visitorId: string,
  now: Date,
): Promise<ConsentRecordRow | null> {
  const others = await otherBrowsers(site, personIndex, visitorId);
  const found = await Promise.all(others.map((link) => choiceAt(site, link.visitorId, now)));
  return newestOf(found);
}

/**
 * Whether a browser can have got a choice from another one of its person: both are linked to them, and all that is
 * allowed here was allowed there. A signal of this browser may have refused more.
 */
export async function mayBeLinked(
  site: SiteRow,
  { visitorId, choices }: { visitorId: string; choices: Choices },
): Promise<boolean> {
  const { organizationId, _id: siteId } = site;
  const own = await ConsentLinkModel.findOne({ organizationId, siteId, visitorId }).lean();
  if (!own) return false;
  const others = await otherBrowsers(site, own.personIndex, visitorId);
  const made = await Promise.all(others.map((link) => choicesOfVisitor(site, link.visitorId)));
  return made
    .flat()
    .some((one) => optionalCategoryIds.every((id) => one.choices[id] || !choices[id]));
}

/** A choice serves for the same purposes, while it is young; and not having objected is no consent under opt-in. */
async function mayBeTakenOver(
  site: SiteRow,
  { configurationHash, inForceAt, model, choices }: ConsentRecordRow,
  region: string | null,
  now: Date,
): Promise<boolean> {
  const [current, shown] = await Promise.all([
    currentConfiguration(site),
    configurationByHash(site, configurationHash),
  ]);
  const { content, purposesHash } = current;
  const isYoung = now.getTime() - inForceAt.getTime() < content.renewAfterDays * DAY;
  const isConsent = content.categories.some(({ id }) => id !== 'necessary' && choices[id]);
  const wantsConsent = lawFor(content, region).model === 'opt-in';
  return (
    isYoung &&
    shown?.purposesHash === purposesHash &&
    !(wantsConsent && isConsent && model !== 'opt-in')
  );
}

/**
 * Forgets whose the browsers of a person are, in the caller's transaction, and returns how many there were. The
 * records stay, as proof that names no one (GDPR Art. 7(1), 17(3)(e)).
 */
export async function unlinkPerson(
  actor: OrganizationActor,
  subjectId: Types.ObjectId,
): Promise<number> {
  const { organizationId } = actor;
  const personIndex = await provenIndexOf(organizationId, subjectId);
  if (personIndex === null) return 0;
  const { deletedCount } = await ConsentLinkModel.deleteMany({ organizationId, personIndex });
  if (deletedCount > 0) {
    const target = { kind: 'subject', id: subjectId };
    await recordAudit(actor, 'consent.browsers-unlinked', target, { browsers: deletedCount });
  }
  return deletedCount;
}
