import { setTimeout as wait } from 'node:timers/promises';
import type { Types } from 'mongoose';
import type { Organization } from '../../server/features/organizations/service.ts';
import { stageFiles } from '../../server/features/files/service.ts';
import { confirmDeletion } from '../../server/features/requests/confirmation.ts';
import { addAnswerItem } from '../../server/features/requests/answer-items.ts';
import { fileAppeal } from '../../server/features/requests/appeals.ts';
import { forwardingChoices, forwardRequest } from '../../server/features/requests/forwarding.ts';
import { writeToPerson } from '../../server/features/requests/messages.ts';
import { RequestModel } from '../../server/features/requests/model.ts';
import {
  assignRequest,
  completeRequest,
  extendRequest,
  refuseRequest,
} from '../../server/features/requests/moves.ts';
import { addNote } from '../../server/features/requests/notes.ts';
import {
  askForCode,
  askForPackageCode,
  disownByLink,
  enterByLink,
  fetchAnswer,
  personOf,
  requestForPerson,
  withdrawRequest,
  writeAsPerson,
  type Person,
} from '../../server/features/requests/portal.ts';
import {
  askPersonForDocument,
  checkDeletion,
  identityForStaff,
  recordStaffEvidence,
} from '../../server/features/requests/proof-staff.ts';
import { documentAsk, staffEvidence } from '../../server/features/requests/proof-schema.ts';
import { openRequest } from '../../server/features/requests/reading.ts';
import {
  completion,
  extensionNotice,
  forwarding,
  messageToPerson,
  newMessage,
  newNote,
  refusal,
  typedItem,
} from '../../server/features/requests/schema.ts';
import { changeTags } from '../../server/features/requests/tags.ts';
import type { StaffMember } from '../../server/features/staff/service.ts';
import { Problem } from '../../server/problem.ts';
import { newClientKey } from '../../server/wire.ts';
import { checked } from './checked.ts';
import { bringIn, permitAgent } from './filing.ts';
import { gather } from './gathering.ts';
import { linkInMail, packageCodeInMail } from './mailroom.ts';
import type { Office } from './office.ts';
import type { Act, Story } from './story.ts';

/** In hours: how long the link of the first mail works. */
const HALF_AN_HOUR = 0.5;
const PATIENCE = 2_000;
const TRIES = 2;

/** A request of the demo while its story is played. */
export interface PlayedRequest {
  id: Types.ObjectId;
  reference: string;
  office: Office;
  organization: Organization;
  assignee: StaffMember;
  /** Of what an agent asked for. */
  mandateId: Types.ObjectId | null;
}

/** The person comes to the office, where that is needed; a colleague looks at a grave deletion too. */
async function meet({ officer, administrator }: Office, id: Types.ObjectId, proof: string) {
  const standing = await identityForStaff(officer, id);
  if (!standing.isProved) {
    const evidence = checked(staffEvidence, {
      formKey: newClientKey(),
      kind: 'in-person',
      note: proof,
    });
    await recordStaffEvidence(officer, id, evidence);
  }
  if (standing.needsSecondCheck) await checkDeletion(administrator, id);
}

/** Brings the request of a story in. */
export async function fileRequest(office: Office, story: Story): Promise<PlayedRequest> {
  const { organization, organizationId } = office.administrator;
  const { reference, mandateId = null } = await bringIn(office, story);
  const row = await RequestModel.findOne({ organizationId, reference }, { _id: 1 }).orFail().lean();
  return { id: row._id, reference, office, organization, assignee: office.officer, mandateId };
}

async function linkOf({ organization, id }: PlayedRequest, link: 'confirm' | 'not-me') {
  const token = await linkInMail(organization._id, id, link);
  if (token === null) throw new Error('A mail of the demo is missing.');
  return token;
}

/** Asks for a code and waits for its mail: the ask is answered behind the back of who asked. */
async function freshMail({ organization, reference, id }: PlayedRequest): Promise<void> {
  const before = await linkInMail(organization._id, id, 'confirm');
  await askForCode(organization, reference);
  for (let tries = 0; tries < PATIENCE; tries++) {
    await wait(1);
    if ((await linkInMail(organization._id, id, 'confirm')) !== before) return;
  }
  throw new Error('A code of the demo did not arrive.');
}

/**
 * Opens the portal with the link of the newest mail. The database forgets what has ended by its own
 * clock, and all this lies in the past: so a link or visit may be gone, and a fresh mail is needed.
 */
async function enterPortal(request: PlayedRequest, tries = TRIES): Promise<Person> {
  const { organization } = request;
  try {
    const { token } = await enterByLink(organization, await linkOf(request, 'confirm'));
    const person = await personOf(organization, token);
    if (person) return person;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
  if (tries === 0) throw new Error('A portal of the demo does not open.');
  await freshMail(request);
  return enterPortal(request, tries - 1);
}

/** Asks for a code and enters with its mail. */
async function returnToPortal(request: PlayedRequest): Promise<Person> {
  await freshMail(request);
  return enterPortal(request);
}

/** Downloads the answer with a code, which the database may have forgotten like a visit. */
async function downloadAnswer(request: PlayedRequest, tries = TRIES): Promise<void> {
  const person = await returnToPortal(request);
  await askForPackageCode(person);
  const code = await packageCodeInMail(request.organization._id, request.id);
  try {
    await fetchAnswer(person, code ?? '');
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'wrong-code' || tries === 0) throw error;
    await downloadAnswer(request, tries - 1);
  }
}

type ActOf<K extends Act['kind']> = Extract<Act, { kind: K }>;

const plays: { [K in Act['kind']]: (request: PlayedRequest, act: ActOf<K>) => Promise<void> } = {
  verify: async (request, { after }) => {
    const isFirstMail = after < HALF_AN_HOUR;
    const person = await (isFirstMail ? enterPortal : returnToPortal)(request);
    const { awaitsConfirmation, version } = await requestForPerson(person);
    if (awaitsConfirmation) await confirmDeletion(person, { version });
  },
  disown: async (request, { silence }) => {
    const disown = async () =>
      disownByLink(request.organization, await linkOf(request, 'not-me'), { silence });
    await disown().catch(async (error: unknown) => {
      // Forgotten as well, perhaps.
      if (!(error instanceof Problem)) throw error;
      await freshMail(request);
      await disown();
    });
  },
  reply: async (request, { text }) => {
    await writeAsPerson(await returnToPortal(request), checked(newMessage, { text }));
  },
  withdraw: async (request) => {
    const person = await returnToPortal(request);
    const { version } = await requestForPerson(person);
    await withdrawRequest(person, { version });
  },
  fetch: (request) => downloadAnswer(request),
  assign: async (request, { toAgent }) => {
    const { office, id } = request;
    const { version } = await openRequest(office.officer, id);
    request.assignee = office.workers[toAgent] ?? office.officer;
    const assigneeId = request.assignee.account.id;
    await assignRequest(office.officer, id, { version, assigneeId });
  },
  note: async ({ assignee, id }, { text }) => {
    await addNote(assignee, id, checked(newNote, { note: text }));
  },
  message: async ({ assignee, id }, { text }) => {
    await openRequest(assignee, id);
    await writeToPerson(assignee, id, checked(newMessage, { text }));
  },
  extend: async ({ office, id }, { reason, text }) => {
    const { version } = await openRequest(office.officer, id);
    await extendRequest(office.officer, id, checked(extensionNotice, { version, reason, text }));
  },
  refuse: async ({ office, id }, { ground, text }) => {
    const { version } = await openRequest(office.officer, id);
    await refuseRequest(office.officer, id, checked(refusal, { version, ground, text }));
  },
  complete: async ({ office, id }, { text, files, proof, how }) => {
    await meet(office, id, proof);
    const { version } = await openRequest(office.officer, id);
    const staged = await stageFiles(office.officer.organizationId, files);
    const answer = checked(completion, { version, text, ...how });
    await completeRequest(office.officer, id, answer, staged);
  },
  forward: async ({ office: { officer }, id }) => {
    const { version, role } = await openRequest(officer, id);
    const [agreement] = await forwardingChoices(officer, role);
    const agreementId = agreement?._id.toHexString();
    await forwardRequest(officer, id, checked(forwarding, { version, agreementId }));
  },
  ask: async ({ assignee, id }, { text }) => {
    await writeToPerson(assignee, id, checked(messageToPerson, { text, asks: true }));
  },
  document: async ({ office, id }, { text }) => {
    await askPersonForDocument(office.officer, id, checked(documentAsk, { reason: text }).reason);
  },
  keep: async ({ office, id }, { fields }) => {
    await addAnswerItem(office.officer, id, {
      ...checked(typedItem, { fields }),
      kind: 'kept',
    });
  },
  gather: async ({ office, id }, { files }) => {
    await gather(office.officer, id, files);
  },
  tag: async ({ assignee, id }, { tags }) => {
    await changeTags(assignee, id, { add: tags, remove: [] });
  },
  permit: async ({ office, mandateId }) => {
    if (mandateId) await permitAgent(office, mandateId);
  },
  appeal: async (request, { text }) => {
    await fileAppeal(await returnToPortal(request), checked(newMessage, { text }));
  },
};

/** Does what the story says next. */
export function play<K extends Act['kind']>(request: PlayedRequest, act: ActOf<K>): Promise<void> {
  return (plays[act.kind] as (r: PlayedRequest, a: ActOf<K>) => Promise<void>)(request, act);
}
