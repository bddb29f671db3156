import type { Types } from 'mongoose';
import { defaults } from '../../../config/defaults.ts';
import { inTransaction } from '../../database/transaction.ts';
import { localDay } from '../../deadlines/days.ts';
import { languageOf } from '../../language.ts';
import { queueMail } from '../../mail/outbox.ts';
import { invalidField, Problem } from '../../problem.ts';
import { loadDataKeys } from '../../security/data-keys.ts';
import { fingerprint, newToken } from '../../security/tokens.ts';
import {
  agreementById,
  agreementsOf,
  isInForce,
  servesAnother,
  type Agreement,
} from '../agreements/service.ts';
import { asVisitor, recordAudit } from '../audit/service.ts';
import type { Organization } from '../organizations/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { openContents, outcomeOf } from './contents.ts';
import { ForwardingModel, type ForwardingRow } from './forwarding-model.ts';
import { forwardedUrl } from './links.ts';
import { portalLetter } from './letter-facts.ts';
import { mailFacts, tellPerson } from './mails.ts';
import { RequestModel, type RequestRow } from './model.ts';
import { liveRequest, movedOn } from './live-request.ts';
import { standingOf, type Standing } from './standing.ts';
import { moveRequest } from './moving.ts';
import type { Forwarding } from './schema.ts';
import { sharedView } from './shared-view.ts';

const DAY_MS = 86_400_000;
const printOf = (token: string) => fingerprint('forwarding', token);

/** Makes a fresh link, ends older ones and mails it, in the caller's transaction. None of it names the person. */
async function mailLink(
  organization: Organization,
  row: RequestRow,
  agreement: Agreement,
): Promise<void> {
  const { organizationId, _id: requestId } = row;
  const now = new Date();
  await ForwardingModel.updateMany(
    { organizationId, requestId, openedAt: null },
    { expiresAt: now },
  );
  const token = newToken();
  const expiresAt = new Date(now.getTime() + defaults.forwarding.linkDays * DAY_MS);
  await ForwardingModel.create({
    organizationId,
    requestId,
    agreementId: agreement._id,
    tokenPrint: printOf(token),
    sentAt: now,
    expiresAt,
  });
  const code = organization.languages[0] ?? 'en';
  const language = languageOf(code);
  await queueMail({
    organizationId,
    keyId: row.keyId,
    about: { kind: 'request', id: requestId },
    template: 'request-forwarded',
    language: code,
    to: { name: agreement.contactName || agreement.name, email: agreement.email },
    model: {
      organization: { name: organization.name },
      reference: row.reference,
      href: forwardedUrl(organization, token),
      until: language.day(localDay(expiresAt, organization.timeZone)),
      facts: mailFacts(language, row, ['reference', 'right', 'receivedOn']),
    },
  });
}

/** The agreements under which a request may be forwarded today, by name. */
export async function forwardingChoices(
  { organizationId, organization }: StaffMember,
  role: RequestRow['role'],
): Promise<Agreement[]> {
  const today = localDay(new Date(), organization.timeZone);
  return (await agreementsOf(organizationId)).filter(
    (agreement) => agreement.role === role && isInForce(agreement, today),
  );
}

/**
 * Passes a request on to the controller for whom the data are held: it gets a link that shows the
 * request once, and the person is told who answers.
 * @throws Problem invalid for an agreement that does not fit, not-allowed-now for our own data
 */
export async function forwardRequest(
  staff: StaffMember,
  id: Types.ObjectId,
  { version, agreementId }: Forwarding,
): Promise<Standing> {
  const { organization, organizationId } = staff;
  const choices = await agreementsOf(organizationId);
  return inTransaction(async () => {
    const row = await liveRequest(organizationId, id);
    if (!servesAnother(row.role)) {
      throw new Problem('not-allowed-now', 'These data are our own to answer for.', {
        code: 'held-for-ourselves',
      });
    }
    const today = localDay(new Date(), organization.timeZone);
    const agreement = choices.find(({ _id }) => _id.equals(agreementId));
    if (agreement?.role !== row.role || !isInForce(agreement, today)) {
      throw invalidField('agreementId', 'any.only', 'agreementId covers no such request today');
    }
    const controller = agreement.name;
    const text = await portalLetter(organization, row, 'forwarding', { controller });
    const moved = await moveRequest(staff, id, {
      name: 'forward',
      version,
      change: { agreementId, outcome: await outcomeOf(row, text, { kind: 'forwarded' }) },
      facts: { agreement: agreementId.toHexString() },
    });
    await mailLink(organization, moved, agreement);
    await tellPerson(organization, moved, 'forwarding');
    return standingOf(moved);
  });
}

/** Sends a fresh link for a request that was forwarded; older ones end. @throws Problem not-allowed-now */
export async function renewForwarding(staff: StaffMember, id: Types.ObjectId): Promise<void> {
  const { organization, organizationId } = staff;
  await inTransaction(async () => {
    const row = await liveRequest(organizationId, id);
    if (row.state !== 'forwarded' || !row.agreementId) {
      throw movedOn('This request was not forwarded.');
    }
    await mailLink(organization, row, await agreementById(organizationId, row.agreementId));
    await recordAudit(staff, 'request.forwarding-renewed', { kind: 'request', id });
  });
}

/** The link of a request that was sent last; null while it was not forwarded. */
export async function forwardingOf(
  organizationId: Types.ObjectId,
  requestId: Types.ObjectId,
): Promise<ForwardingRow | null> {
  return ForwardingModel.findOne({ organizationId, requestId }).sort({ _id: -1 }).lean();
}

const linkFilter = ({ _id: organizationId }: Organization, token: string) => ({
  organizationId,
  tokenPrint: printOf(token),
  openedAt: null,
  expiresAt: { $gt: new Date() },
});

/** Whether a link still shows something. Looking changes nothing, so mail scanners may. */
export async function isForwardingOpen(
  organization: Organization,
  token: string,
): Promise<boolean> {
  return (await ForwardingModel.exists(linkFilter(organization, token))) !== null;
}

export type ForwardedView = Awaited<ReturnType<typeof openForwarded>>;

/** Shows a forwarded request to the controller, once. @throws Problem gone */
export async function openForwarded(organization: Organization, token: string) {
  const organizationId = organization._id;
  return inTransaction(async () => {
    const gone = new Problem('gone', 'This link was used before, or it is too old.', {
      code: 'link-ended',
    });
    const link = await ForwardingModel.findOneAndUpdate(linkFilter(organization, token), {
      openedAt: new Date(),
    }).lean();
    const row =
      link &&
      (await RequestModel.findOne({ _id: link.requestId, organizationId, erasedAt: null }).lean());
    const key = row && (await loadDataKeys([row.keyId])).get(row.keyId.toHexString());
    if (!row || !key) throw gone;
    const facts = { agreement: link.agreementId.toHexString() };
    await recordAudit(
      asVisitor(organizationId),
      'request.forwarding-opened',
      { kind: 'request', id: row._id },
      facts,
    );
    const { answers } = openContents(key, row);
    return { ...(await sharedView(row, key)), answers };
  });
}
