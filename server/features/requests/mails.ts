import type { Types } from 'mongoose';
import { defaults } from '../../../config/defaults.ts';
import { mailFor, type LetterCode } from '../../../config/letters.ts';
import { mayDo } from '../../../config/permissions.ts';
import { languageOf, type Language } from '../../language.ts';
import { queueMail, type Recipient } from '../../mail/outbox.ts';
import { centreUrl } from '../../centre.ts';
import type { Secrets } from '../identity/service.ts';
import { preheaderOf, renderLetter, type LetterValues } from '../letters/service.ts';
import type { Organization } from '../organizations/service.ts';
import { membersOf, type Member } from '../staff/service.ts';
import { subjectById } from '../subjects/service.ts';
import { letterFacts } from './letter-facts.ts';
import { awaitsConfirmation } from './awaiting.ts';
import { confirmUrl, ownQueueUrl, portalUrl, staffUrl, stopUrl } from './links.ts';
import type { RequestRow } from './model.ts';
import { workersAmong } from './workers.ts';

/** What the staff are told; the names of timers are among them. */
export const staffNews = [
  'new',
  'assigned',
  'message',
  'withdrawn',
  'confirmed',
  'identity-proved',
  'identity-reopened',
  'document-waits',
  'half',
  'three-quarters',
  'seven-days',
  'three-days',
  'one-day',
  'due',
  'overdue',
] as const;
export type StaffNews = (typeof staffNews)[number];

/** Mails of a request are sealed under its key: erasing the request erases them. */
const about = ({ _id, keyId, organizationId }: RequestRow) => ({
  keyId,
  organizationId,
  about: { kind: 'request', id: _id },
});

const sender = (organization: Organization) => ({
  name: organization.name,
  homeUrl: centreUrl(organization),
});

/** Where mails to the person go; null once they are erased, and for who gave no address. */
export async function personOfRequest(row: RequestRow): Promise<Recipient | null> {
  const subject = await subjectById(row.organizationId, row.subjectId);
  return subject && subject.email !== '' ? { name: subject.name, email: subject.email } : null;
}

const factNames = ['reference', 'right', 'receivedOn', 'answerBy'] as const;

/** What a mail may say of a request: nothing that the person wrote, and no name. */
export function mailFacts(
  { t, day }: Language,
  { reference, right, deadlines }: RequestRow,
  names: readonly (typeof factNames)[number][] = factNames,
) {
  const texts = {
    reference,
    right: t(`request-mail.right.${right}`),
    receivedOn: day(deadlines.receivedOn),
    answerBy: day(deadlines.effectiveDue),
  };
  return names.map((name) => ({ term: t(`request-mail.fact.${name}`), text: texts[name] }));
}

/** A code as people read it out. */
const inGroups = (code: string) => `${code.slice(0, 4)} ${code.slice(4)}`;

/**
 * Queues the mail with code and links, in the caller's transaction. An address is written to
 * before it is proved: the mail therefore repeats nothing that was typed in the form.
 */
export async function queueCodeMail(
  organization: Organization,
  row: RequestRow,
  to: Recipient,
  secrets: Secrets,
): Promise<void> {
  const isFirst = row.verifiedAt === null;
  await queueMail({
    ...about(row),
    template: isFirst ? 'request-confirm' : 'request-code',
    language: row.language,
    to: isFirst ? { ...to, name: '' } : to,
    model: {
      organization: sender(organization),
      reference: row.reference,
      code: inGroups(secrets.code),
      codeMinutes: defaults.identity.codeMinutes,
      linkMinutes: defaults.identity.linkMinutes,
      needsProof: row.needsProof,
      confirmUrl: confirmUrl(organization, secrets.linkToken),
      stopUrl: stopUrl(organization, secrets.stopToken),
      portalUrl: portalUrl(organization, row.reference),
      facts: mailFacts(languageOf(row.language), row),
    },
  });
}

/** Queues the mail with a code for one download of the answer, in the caller's transaction. */
export async function queuePackageCode(
  organization: Organization,
  row: RequestRow,
  to: Recipient,
  code: string,
): Promise<void> {
  await queueMail({
    ...about(row),
    template: 'request-package-code',
    language: row.language,
    to,
    model: {
      organization: sender(organization),
      reference: row.reference,
      code: inGroups(code),
      codeMinutes: defaults.identity.codeMinutes,
    },
  });
}

/**
 * Mails a letter of the catalogue (`config/letters.ts`) about a request, in the caller's
 * transaction; one that is read in the portal is announced there. `values` fill what only this
 * letter says, and never hold personal data: addresses are written to before they are proved. `to`
 * is for letters to somebody else than the person.
 */
export async function tellPerson(
  organization: Organization,
  row: RequestRow,
  news: LetterCode,
  { to, ...values }: LetterValues & { to?: Recipient } = {},
): Promise<boolean> {
  const reader = to ?? (await personOfRequest(row));
  if (!reader) return false;
  const code = mailFor(news);
  const { subject, blocks } = await renderLetter(organization, code, row.language, {
    ...(await letterFacts(organization, row)),
    ...(code === 'reminder' && { endsOn: row.deadlines.expiresOn }),
    ...(code === 'expired' && { link: centreUrl(organization) }),
    ...values,
  });
  await queueMail({
    ...about(row),
    template: 'request-news',
    language: row.language,
    to: to ?? (row.verifiedAt ? reader : { ...reader, name: '' }),
    model: {
      organization: sender(organization),
      subject,
      preheader: preheaderOf(blocks),
      blocks,
      reference: row.reference,
    },
  });
  return true;
}

/** The letter that says that a request is here, and what it waits for. */
export function arrivalLetter(row: RequestRow): LetterCode {
  const { right } = row;
  if (right === 'complaint') return 'complaint-acknowledged';
  if (right === 'appeal') return 'appeal-received';
  if (right === 'child-report' || right === 'security-report') return 'report-received';
  return awaitsConfirmation(row) ? 'deletion-confirm' : 'acknowledged';
}

/** Who is told of a request's news: its assignee, else those who may decide, else those who may work. */
async function audience(row: RequestRow, news: StaffNews): Promise<Member[]> {
  const members = await membersOf(row.organizationId);
  const workers = workersAmong(members);
  const deciders = workers.filter(({ role }) => mayDo(role, 'requests:decide'));
  // Questions about health records and suspected breaches are for the privacy officer's role.
  if (news === 'new' && (row.dataClass === 'phi' || row.right === 'security-report')) {
    const officers = workers.filter(({ role }) => role === 'privacy-officer');
    return [officers, deciders, workers].find(({ length }) => length > 0) ?? [];
  }
  if (news === 'new') return workers;
  const assignee = workers.filter(({ accountId }) => row.assigneeId?.equals(accountId));
  if (news === 'overdue') return [...new Set([...assignee, ...deciders])];
  return [assignee, deciders, workers].find(({ length }) => length > 0) ?? [];
}

/** The mailbox that is told beside the staff; empty for none. */
function officeToTell({ contacts }: Organization, { right }: RequestRow, news: StaffNews): string {
  if (news === 'overdue') return contacts.privacyOffice.email;
  return news === 'new' && right === 'security-report' ? contacts.security.email : '';
}

/** Tells staff, in the caller's transaction; an overdue request goes to the privacy office too. */
export async function tellStaff(
  organization: Organization,
  row: RequestRow,
  news: StaffNews,
): Promise<void> {
  const people: (Recipient & { language: string })[] = await audience(row, news);
  const office = officeToTell(organization, row, news);
  const isKnown = people.some(({ email }) => email.toLowerCase() === office.toLowerCase());
  if (office !== '' && !isKnown) {
    const language = organization.languages[0] ?? 'en';
    people.push({ name: organization.name, email: office, language });
  }
  for (const { name, email, language: code } of people) {
    const language = languageOf(code);
    const params = {
      organization: organization.name,
      reference: row.reference,
      day: language.day(row.deadlines.effectiveDue),
    };
    await queueMail({
      ...about(row),
      template: 'request-staff',
      language: code,
      to: { name, email },
      model: {
        organization: { name: organization.name },
        subject: language.t(`request-mail.staff.${news}.subject`, params),
        heading: language.t(`request-mail.staff.${news}.heading`, params),
        text: language.t(`request-mail.staff.${news}.text`, params),
        href: staffUrl(organization, row._id),
        facts: mailFacts(language, row, ['reference', 'right', 'answerBy']),
      },
    });
  }
}

/** Tells a colleague, in the caller's transaction, that several requests are theirs now. */
export async function tellOfMany(
  organization: Organization,
  accountId: Types.ObjectId,
  count: number,
): Promise<void> {
  const members = await membersOf(organization._id);
  const member = members.find((one) => one.accountId.equals(accountId));
  if (!member) return;
  const { t } = languageOf(member.language);
  const params = { count, organization: organization.name };
  await queueMail({
    keyId: member.keyId,
    organizationId: organization._id,
    template: 'request-staff',
    language: member.language,
    to: { name: member.name, email: member.email },
    model: {
      organization: { name: organization.name },
      subject: t('desk.mail.assigned.subject', params),
      heading: t('desk.mail.assigned.heading', params),
      text: t('desk.mail.assigned.text', params),
      href: ownQueueUrl(organization),
      facts: [],
    },
  });
}
