import { randomUUID } from 'node:crypto';
import { system } from '../../server/features/audit/service.ts';
import { setMatchEndpoint } from '../../server/features/identity/endpoint.ts';
import { raisePortalSession } from '../../server/features/identity/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { addAnswerItem } from '../../server/features/requests/answer-items.ts';
import {
  completeRequest,
  extendRequest,
  refuseRequest,
} from '../../server/features/requests/moves.ts';
import type { RequestRow } from '../../server/features/requests/model.ts';
import { writeToPerson } from '../../server/features/requests/messages.ts';
import { unsubscribeLinkFor } from '../../server/features/suppressions/service.ts';
import { makeFirstLink } from '../../server/features/staff/links.ts';
import type { StaffMember } from '../../server/features/staff/service.ts';
import { aDeclaringSite } from './consent.ts';
import { aHost, anAssertion, sendAssertion } from './assertions.ts';
import { agentLinkIn, anAgentRequest } from './agents.ts';
import { Client } from './client.ts';
import {
  aForwardedRequest,
  aPatientsRequest,
  aServingOrganization,
  forwardedLink,
} from './forwarding.ts';
import { aStagedFile } from './files.ts';
import { inPortal } from './portal.ts';
import { aWaitingDocument } from './proofs.ts';
import { aMember, anUnverifiedRequest, aRequest, aRequestByMail, linkSentTo } from './requests.ts';
import {
  anAccount,
  clientOf,
  linkMailedTo,
  PASSWORD,
  setUpSecondFactor,
  signedIn,
} from './staff.ts';

/** A page as one visitor sees it. */
export interface Visit {
  path: string;
  /** Whose cookies the browser has; nobody's when left out. */
  client?: Client;
}
type Visitor = (organization: Organization) => Promise<Visit[]>;

const text = 'Some words for the record.';

const anybody =
  (...paths: string[]): Visitor =>
  () =>
    Promise.resolve(paths.map((path) => ({ path })));

/** Opened by the one administrator of the installation. */
const administrator =
  (path: string): Visitor =>
  async (organization) => {
    const person = await anAccount([[organization, 'administrator']], {
      isInstallationAdministrator: true,
    });
    return [{ path, client: await signedIn(person) }];
  };

const privacyCentre =
  (...rests: string[]): Visitor =>
  ({ slug }) =>
    Promise.resolve(rests.map((rest) => ({ path: `/privacy/${slug}${rest}` })));

const mailedLink =
  (page: 'confirm' | 'not-me'): Visitor =>
  async (organization) => {
    const email = `${page}@person.test`;
    await anUnverifiedRequest(organization, { email });
    return [{ path: `/privacy/${organization.slug}/${page}/${await linkSentTo(email, page)}` }];
  };

const agentVisit =
  (page: 'agent' | 'permission'): Visitor =>
  async (organization) => {
    const { email, agentEmail } = await anAgentRequest(organization, { asksForDelivery: true });
    return [{ path: await agentLinkIn(page === 'agent' ? agentEmail : email, page) }];
  };

type Move = (officer: StaffMember, row: RequestRow) => Promise<unknown>;

/** What may have happened to a request before somebody looks at it. */
const moves: Move[] = [
  () => Promise.resolve(),
  (officer, { _id }) => writeToPerson(officer, _id, { formKey: randomUUID(), text }),
  (officer, { _id, version }) =>
    extendRequest(officer, _id, { version, reason: 'complexity', text }),
  (officer, { _id, version }) =>
    refuseRequest(officer, _id, { version, ground: 'excessive', text }),
  async (officer, { _id, version }) => {
    const fields = { category: 'Invoices', reason: 'other-exemption' };
    await addAnswerItem(officer, _id, { kind: 'kept', formKey: randomUUID(), fields });
    await completeRequest(officer, _id, { version: version + 1, kind: 'partial', text }, []);
  },
  async (officer, { _id, version }) =>
    completeRequest(officer, _id, { version, text }, await aStagedFile(officer.organization)),
];

/** A verified request after every kind of move. */
export async function movedRequests(organization: Organization) {
  const officer = await aMember(organization);
  const moved = [];
  for (const move of moves) {
    const { row, email } = await aRequest(organization);
    await move(officer, row);
    moved.push({ row, email });
  }
  return moved;
}

const portal: Visitor = async (organization) => {
  const { reference } = await anUnverifiedRequest(organization);
  const visits: Visit[] = [{ path: `/privacy/${organization.slug}/requests/${reference}` }];
  const waiting = await aRequestByMail(organization, { right: 'deletion' });
  for (const { row, email } of [...(await movedRequests(organization)), waiting]) {
    const { client, page } = await inPortal(organization, row.reference, email);
    visits.push({ path: page, client });
  }
  return visits;
};

/** A browser in which somebody came signed in, some minutes after they had done so there. */
async function signedInPerson(organization: Organization, minutesAgo: number): Promise<Client> {
  const { email } = await aRequest(organization);
  const host = await aHost(organization, { issuer: randomUUID() });
  const client = new Client();
  const said = {
    email,
    profile: { 'Customer since': '2019' },
    auth_time: Math.floor(Date.now() / 1000) - 60 * minutesAgo,
  };
  await sendAssertion(client, organization, await anAssertion(host, said));
  return client;
}

const signedInCentre: Visitor = async (organization) => {
  const home = `/privacy/${organization.slug}`;
  return [
    { path: `${home}/signed-in` },
    { path: `${home}/signed-in`, client: await signedInPerson(organization, 1) },
    {
      path: `${home}/request?right=access&country=DE`,
      client: await signedInPerson(organization, 15),
    },
  ];
};

const forwarded: Visitor = async () => {
  const organization = await aServingOrganization();
  const { row } = await aForwardedRequest(organization, 'visited@clinic.test');
  const client = await clientOf(organization, 'administrator');
  const desk = `/o/${organization.slug}/requests`;
  const { row: waiting } = await aPatientsRequest(organization);
  return [
    { path: await forwardedLink('visited@clinic.test') },
    { path: `/privacy/${organization.slug}/forwarded/nothing` },
    { path: `/privacy/${organization.slug}` },
    {
      path: `/privacy/${organization.slug}/request?right=access&country=DE&relation=patient`,
    },
    { path: `${desk}/${row._id.toHexString()}`, client },
    { path: `${desk}/${waiting._id.toHexString()}`, client },
  ];
};

const secondStep: Visitor = async () => {
  const person = await anAccount();
  await setUpSecondFactor(await signedIn(person));
  const half = new Client();
  await half.submit('/staff/sign-in', { email: person.email, password: PASSWORD });
  return [{ path: '/staff/sign-in/code', client: half }];
};

const secondFactor: Visitor = async () => {
  const [without, having] = [await signedIn(await anAccount()), await signedIn(await anAccount())];
  await setUpSecondFactor(having);
  return [without, having].map((client) => ({ path: '/staff/account/second-factor', client }));
};

const reset: Visitor = async () => {
  const { email } = await anAccount();
  await new Client().submit('/staff/forgot', { email });
  return [{ path: await linkMailedTo(email) }];
};

const invitation: Visitor = async (organization) => {
  const client = await clientOf(organization, 'administrator');
  const page = `/o/${organization.slug}/staff`;
  const email = 'invited@mail.test';
  await client.submit(page, { email, role: 'agent' }, `${page}/invitations`);
  const path = await linkMailedTo(email);
  return [{ path }, { path, client: await signedIn(await anAccount()) }];
};

const home: Visitor = async (organization) => [
  { path: '/staff', client: await signedIn(await anAccount()) },
  ...(await administrator('/staff')(organization)),
];

/** All that can be asked of a person: points, a declaration and a document; then what is in dispute. */
const proofs: Visitor = async (organization) => {
  const actor = system(organization._id);
  const points = ['customer-number', 'postcode', 'birth-day'] as const;
  const url = 'https://match.example.org/habeas';
  await setMatchEndpoint(actor, { url, sends: 'hashes', points: [...points] });
  const { row, email } = await aWaitingDocument(organization, { dataClass: 'phi' });
  const correction = await aRequestByMail(organization, { right: 'correction', dataClass: 'phi' });
  const visits: Visit[] = [];
  for (const one of [{ row, email }, correction]) {
    const { client, page } = await inPortal(organization, one.row.reference, one.email);
    visits.push({ path: `${page}/identity`, client });
  }
  return visits;
};

const ownRequests: Visitor = async (organization) => {
  const { row, email } = await aRequest(organization);
  const { client } = await inPortal(organization, row.reference, email);
  const token = client.cookies().find(({ name }) => name.endsWith('person'))?.value ?? '';
  await raisePortalSession(organization._id, token, 2);
  return [{ path: `/privacy/${organization.slug}/requests`, client }];
};

/** Who visits the pages that belong to no organisation's staff. A new page needs a row here. */
export const visitors: Record<string, Visitor> = {
  '/': anybody('/'),
  '/problems/:name': anybody('/problems/not-found', '/nowhere'),
  '/staff/sign-in': anybody('/staff/sign-in'),
  '/staff/sign-in/code': secondStep,
  '/staff/first/:token': async () => [{ path: `/staff/first/${await makeFirstLink(60)}` }],
  '/staff': home,
  '/staff/forgot': anybody('/staff/forgot'),
  '/staff/forgot/sent': anybody('/staff/forgot/sent'),
  '/staff/reset/:token': reset,
  '/staff/account': administrator('/staff/account'),
  '/staff/account/second-factor': secondFactor,
  '/staff/invitation/:token': invitation,
  '/staff/organizations': administrator('/staff/organizations'),
  '/staff/organizations/new': async (organization) => {
    const [visit] = await administrator('/staff/organizations/new')(organization);
    return [visit!, { ...visit!, path: `${visit!.path}?preset=case-sharing` }];
  },
  '/c/:siteKey/cookies': async (organization) => {
    const { siteKey } = await aDeclaringSite(organization);
    return [{ path: `/c/${siteKey}/cookies` }];
  },
  '/privacy/:organization': privacyCentre(''),
  '/privacy/:organization/request': privacyCentre(
    '/request?right=nonsense',
    '/request?right=access&country=DE',
    '/request?right=deletion&country=US&state=CA',
  ),
  '/privacy/:organization/signed-in': signedInCentre,
  '/privacy/:organization/signed-in/delete': async (organization) => [
    {
      path: `/privacy/${organization.slug}/signed-in/delete`,
      client: await signedInPerson(organization, 1),
    },
  ],
  '/privacy/:organization/confirm/:token': mailedLink('confirm'),
  '/privacy/:organization/not-me/:token': mailedLink('not-me'),
  '/privacy/:organization/unsubscribe/:token': async (organization) => {
    const link = { address: 'ada@mail.test', topic: 'newsletter' } as const;
    const { url } = await unsubscribeLinkFor(organization, link);
    const { pathname } = new URL(url);
    return [{ path: pathname }, { path: `${pathname}x` }];
  },
  '/privacy/:organization/requests/:reference': portal,
  '/privacy/:organization/requests/:reference/identity': proofs,
  '/privacy/:organization/requests': ownRequests,
  '/privacy/:organization/agent': privacyCentre('/agent', '/agent?right=correction&country=DE'),
  '/privacy/:organization/agent/sent': privacyCentre('/agent/sent'),
  '/privacy/:organization/agent/:token': agentVisit('agent'),
  '/privacy/:organization/permission/:token': agentVisit('permission'),
  '/privacy/:organization/forwarded/:token': forwarded,
};
