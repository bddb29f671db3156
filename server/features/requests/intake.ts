import { Types } from 'mongoose';
import type { MarketingTopic } from '../../../config/message-topics.ts';
import type { ChannelId, IdentityLevel } from '../../../config/rights.ts';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import { createDataKey } from '../../security/data-keys.ts';
import { fingerprint } from '../../security/tokens.ts';
import { agreementNamed, roleFor, servesAnother, type Agreement } from '../agreements/service.ts';
import { asVisitor, recordAudit, type OrganizationActor } from '../audit/service.ts';
import {
  addressPrint,
  issueChallenge,
  isBulk,
  openIdentityCase,
  proofOf,
  takeAllowance,
  takeStrangersTurn,
} from '../identity/service.ts';
import type { Organization } from '../organizations/service.ts';
import { createProvisionalSubject, proveSubject } from '../subjects/service.ts';
import { maskCardNumbers } from './card-numbers.ts';
import { clockOf, urgentDay } from './clock.ts';
import { sealContents } from './contents.ts';
import { localDay } from '../../deadlines/days.ts';
import { facetsOf } from './facets.ts';
import { fulfilAtOnce, topicStoppedBy } from './at-once.ts';
import { queueCodeMail, tellStaff } from './mails.ts';
import { RequestModel, type RequestRow } from './model.ts';
import { previewRequest } from './preview.ts';
import { welcomePerson } from './proof.ts';
import { newReference } from './reference.ts';
import { nextTimerAt } from './reminders.ts';
import type { NewRequest } from './schema.ts';
import { searchFacets } from './search.ts';
import { groupOf } from './states.ts';

/** The tag of a request about data of a customer whom no agreement names. */
const NO_AGREEMENT = 'no-agreement';

/** The agreement under which the data that somebody asks about are held; null for our own. */
async function agreementFor(
  { _id, roles, timeZone }: Organization,
  { dataClass, relation = 'own', customer = '' }: NewRequest,
  receivedAt: Date,
): Promise<Agreement | null> {
  if (customer === '' || !servesAnother(roleFor({ roles }, dataClass, relation))) return null;
  return agreementNamed(_id, customer, localDay(receivedAt, timeZone));
}

/** How a request came in. */
export interface Filing {
  actor: OrganizationActor;
  channel: ChannelId;
  language: string;
  /** When it reached any official channel; now, unless staff enter what came earlier. */
  receivedAt: Date;
  /** How surely the person is known already; null sends them a code. */
  proof: { level: Exclude<IdentityLevel, 0>; method: string } | null;
  enteredBy?: Types.ObjectId;
  agentId?: Types.ObjectId;
  /** Who has to permit the agent; whoever files it writes to the agent and the person. */
  permissionBy?: 'person' | 'staff';
  appealOf?: Types.ObjectId;
  /** When the person said a second time that their data shall be deleted. */
  confirmedAt?: Date;
  tags?: readonly string[];
  /** Too many codes go out just now: this request waits for one without a mail. */
  isWithoutCode?: boolean;
}

/**
 * The key of a form, which counts only for whom and what it was filled in for: under the key of
 * somebody else, or for another person, a post is a request of its own and tells nothing of theirs.
 */
function keyWithin(
  { formKey, right, name, email, phone, post }: NewRequest,
  { actor, channel, appealOf }: Filing,
): string {
  const asker = [channel, actor.kind, actor.id, appealOf?.toHexString()];
  const about = [right, name, email, phone, post];
  return `${formKey}.${fingerprint('request-form', JSON.stringify([formKey, asker, about]))}`;
}

async function storeRequest(
  organization: Organization,
  input: NewRequest,
  filing: Filing,
  { formKey, topic }: { formKey: string; topic: MarketingTopic | null },
): Promise<RequestRow> {
  const {
    actor,
    channel,
    language,
    receivedAt,
    proof,
    enteredBy,
    agentId,
    permissionBy = null,
    appealOf,
    confirmedAt,
    tags = [],
  } = filing;
  const organizationId = organization._id;
  const now = new Date();
  const agreement = await agreementFor(organization, input, receivedAt);
  const contractDays = agreement?.forwardDays ?? null;
  const asked = previewRequest(organization, input, receivedAt, channel, contractDays);
  const preview = { ...asked, needsProof: asked.needsProof && topic === null };
  const state = preview.needsProof && !proof ? 'unverified' : 'new';
  // Who need not say a name is known by the address.
  const name = maskCardNumbers(input.name === '' ? input.email : input.name);
  const { email, phone = '', post = '' } = input;
  const provisional = await createProvisionalSubject(organizationId, {
    name,
    email,
    ...(phone !== '' && { phone }),
    ...(post !== '' && { post }),
  });
  const subjectId = proof ? await proveSubject(actor, organization, provisional) : provisional;
  const key = await createDataKey(organizationId, 'request');
  const id = new Types.ObjectId();
  const { level: requiredLevel } = await openIdentityCase(
    actor,
    {
      requestId: id,
      right: input.right,
      dataClass: input.dataClass,
      // Whoever answers asks who somebody is; passing a request on needs no more than the mailbox.
      needsProof: preview.needsProof && !servesAnother(preview.role),
    },
    proof ? [proofOf(proof)] : [],
  );
  const { timeZone, promiseDays, promiseYields, calendar, closingDays } = organization;
  const clock = clockOf({ deadlines: preview.deadlines, timeZone, state });
  const { right, dataClass } = input;
  // Somebody has to find out whose data these are, and on what terms they are held.
  const isUnknown = servesAnother(preview.role) && !agreement;
  const allTags = [...tags, ...(isUnknown ? [NO_AGREEMENT] : [])];
  const row = await RequestModel.create({
    _id: id,
    organizationId,
    reference: newReference(),
    formKey,
    subjectId,
    keyId: key.id,
    sealed: sealContents(key, id, {
      name,
      residence: { country: input.country, state: input.state },
      details: maskCardNumbers(input.details),
      answers: Object.fromEntries(
        Object.entries({
          ...input.answers,
          ...(input.customer && { customer: input.customer }),
        }).map(([question, answer]) => [question, maskCardNumbers(answer)]),
      ),
    }),
    right,
    dataClass,
    ...preview,
    agreementId: agreement?._id ?? null,
    tags: allTags,
    facets: [
      ...facetsOf({
        ...preview,
        right,
        state,
        language,
        channel,
        timeZone,
        assigneeId: null,
        closedAt: null,
        tags: allTags,
      }),
      ...(await searchFacets(organization, { name, email })),
    ],
    requiredLevel,
    provenLevel: proof?.level ?? 0,
    verifiedAt: proof ? now : null,
    language,
    channel,
    enteredBy: enteredBy ?? null,
    agentId: agentId ?? null,
    needsPermission: permissionBy !== null,
    permissionBy,
    appealOf: appealOf ?? null,
    confirmedAt: confirmedAt ?? null,
    receivedAt,
    timeZone,
    promiseDays,
    promiseYields,
    calendar,
    closingDays,
    state,
    group: groupOf(state),
    urgentOn: urgentDay(input.right, preview.deadlines),
    attendedAt: now,
    nextActionAt: nextTimerAt(clock, now),
  });
  return row.toObject();
}

/** Sends code and links for a request if it has an address that may still get mail. True when it is queued. */
export async function sendCode(
  organization: Organization,
  row: RequestRow,
  to: { name: string; email: string },
): Promise<boolean> {
  if (to.email === '') return false;
  const print = addressPrint(to.email);
  if (!(await takeAllowance(print, { isProven: row.verifiedAt !== null }))) return false;
  const secrets = await issueChallenge({
    organizationId: organization._id,
    requestId: row._id,
    purpose: row.verifiedAt ? 'open-portal' : 'verify-request',
    addressPrint: print,
  });
  await queueCodeMail(organization, row, to, secrets);
  return true;
}

export interface Submitted {
  id: Types.ObjectId;
  reference: string;
  needsProof: boolean;
  /** What was asked for is done already. */
  isDone: boolean;
  /** The same form had been sent before; nothing was stored or mailed again. */
  replayed: boolean;
}

/** Writes to the person, and to staff once there is something to do. */
async function announce(
  organization: Organization,
  row: RequestRow,
  email: string,
  { proof, permissionBy, isWithoutCode = false }: Filing,
): Promise<void> {
  const { _id, organizationId } = row;
  const write = () =>
    proof
      ? welcomePerson(organization, row)
      : !isWithoutCode && sendCode(organization, row, { name: '', email });
  if (permissionBy === undefined && (await write())) {
    await RequestModel.updateOne({ _id, organizationId }, { acknowledgedAt: new Date() });
  }
  if (row.state === 'new') await tellStaff(organization, row, 'new');
}

/** `fileRequest` as a part of the caller's transaction, which runs again after a duplicate key. */
export async function fileInTransaction(
  organization: Organization,
  input: NewRequest,
  filing: Filing,
): Promise<Submitted> {
  const organizationId = organization._id;
  const topic = await topicStoppedBy(organization, input);
  const formKey = keyWithin(input, filing);
  const known = await RequestModel.findOne({ organizationId, formKey }).lean();
  if (known) {
    const { _id: id, reference, needsProof } = known;
    return { id, reference, needsProof, isDone: topic !== null, replayed: true };
  }
  const row = await storeRequest(organization, input, filing, { formKey, topic });
  const target = { kind: 'request', id: row._id };
  await recordAudit(filing.actor, 'request.received', target, {
    right: row.right,
    channel: row.channel,
    regimes: row.regimes.join(' '),
    due: row.deadlines.effectiveDue,
    proof: filing.proof?.method ?? null,
    part: row.role === 'controller' ? null : row.role,
  });
  if (row.tags.includes(NO_AGREEMENT)) {
    await recordAudit(filing.actor, 'request.agreement-missing', target);
  }
  if (topic !== null) {
    await fulfilAtOnce(filing.actor, organization, row, { topic, address: input.email });
  }
  // A signal is answered in the same change: nobody is asked anything, and nobody is written to.
  else if (filing.channel !== 'gpc') await announce(organization, row, input.email, filing);
  const { _id: id, reference, needsProof } = row;
  return { id, reference, needsProof, isDone: topic !== null, replayed: false };
}

/**
 * Takes a request in, whatever way it came. Its clock runs from receipt, whether or not its sender
 * is proved later. Card numbers are masked before anything is stored. Subject, keys, request,
 * challenge and mails are one change. @throws Problem invalid for a right that is not offered.
 */
export function fileRequest(
  organization: Organization,
  input: NewRequest,
  filing: Filing,
): Promise<Submitted> {
  return againstDuplicates(() =>
    inTransaction(() => fileInTransaction(organization, input, filing)),
  );
}

/**
 * Takes in what a visitor sent with the web form. Where too many requests come from one network they
 * are marked for the lane of bulk; where too many codes go out, this one gets none. Neither changes
 * what the visitor is told. @throws Problem invalid for a right that is not offered.
 */
export async function submitRequest(
  organization: Organization,
  input: NewRequest,
  language: string,
  network?: string,
): Promise<Submitted> {
  const { _id: organizationId } = organization;
  const isOfBulk = network !== undefined && (await isBulk(organizationId, network));
  const mayMail = network === undefined || (await takeStrangersTurn(organizationId));
  return fileRequest(organization, input, {
    actor: asVisitor(organizationId),
    channel: 'web',
    language,
    receivedAt: new Date(),
    proof: null,
    tags: isOfBulk ? ['bulk'] : [],
    isWithoutCode: !mayMail,
  });
}
