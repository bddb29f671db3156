import { randomBytes } from 'node:crypto';
import { config } from '../../config/index.ts';
import type { Role } from '../../config/permissions.ts';
import { publishDefaultConfiguration } from '../../server/features/consent/service.ts';
import {
  newOrganization,
  newSite,
  organizationSettings,
  type OrganizationSettings,
} from '../../server/features/organizations/schema.ts';
import {
  addSite,
  changeOrganization,
  changeSite,
  sitesOf,
  type SiteRow,
} from '../../server/features/organizations/service.ts';
import { becomeFirstAdministrator } from '../../server/features/staff/first-administrator.ts';
import { invitationsOf, inviteStaff } from '../../server/features/staff/invitations.ts';
import { joinWithNewAccount } from '../../server/features/staff/joining.ts';
import {
  accountOf,
  foundOrganization,
  memberOf,
  offerFirstAdministrator,
  type Account,
  type StaffMember,
} from '../../server/features/staff/service.ts';
import { demoOrigin } from '../../server/first-organization.ts';
import { checked } from './checked.ts';
import { linkInMail } from './mailroom.ts';
import type { Office } from './office.ts';
import {
  chief,
  officeAddress,
  staffAddress,
  type DemoOrganization,
  type DemoSite,
} from './organizations.ts';
import { furnish, promisesOf } from './rooms.ts';

const USER_AGENT = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Firefox/145.0';

/** One password for all accounts of the demo, new in each run: easy to type, hard to guess. */
export function newDemoPassword(): string {
  return (randomBytes(10).toString('hex').match(/.{5}/gu) ?? []).join('-');
}

function settingsOf(organization: DemoOrganization): OrganizationSettings {
  const { name, timeZone, languages, regimes, domain, phone, post } = organization;
  const email = officeAddress(organization);
  return checked(organizationSettings, {
    name,
    timeZone,
    languages,
    regimes,
    ...promisesOf(organization),
    requiresSecondFactor: false,
    policyUrl: `https://www.${domain}/privacy`,
    contacts: {
      privacyOffice: { email, phone, post },
      dataProtectionOfficer: { email: `dpo@${domain}`, phone, post },
      hipaaOfficer: { email: `health-privacy@${domain}`, phone, post: '' },
      security: { email: `security@${domain}`, phone, post: '' },
    },
  });
}

/** Makes the first account, which administers all organisations. */
export async function admitChief(password: string): Promise<Account> {
  const token = (await offerFirstAdministrator())?.split('/').at(-1) ?? '';
  const person = { ...chief, password };
  const visit = { language: 'en', userAgent: USER_AGENT };
  return signedIn(await becomeFirstAdministrator(token, person, visit));
}

async function signedIn(sessionToken: string): Promise<Account> {
  const account = await accountOf(sessionToken);
  if (!account) throw new Error('The session of a demo account is not there.');
  return account;
}

/** Opens an organisation, or makes the untouched first one into it. */
async function openOrganization(account: Account, demo: DemoOrganization): Promise<StaffMember> {
  const [untouched] = account.memberships;
  if (untouched && demo.slug === 'fernhill') {
    const { organizationId, slug } = untouched;
    const actor = { kind: 'staff', id: account.id.toHexString(), organizationId } as const;
    await changeOrganization(actor, organizationId, settingsOf(demo));
    return memberOf(account, slug);
  }
  const input = checked(newOrganization, { slug: demo.slug, ...settingsOf(demo) });
  const { _id, slug, name } = await foundOrganization(account, input);
  const membership = { organizationId: _id, slug, name, role: 'administrator' as const };
  return memberOf({ ...account, memberships: [membership] }, slug);
}

/** Invites somebody and lets them take the invitation from their mail. */
async function admit(
  administrator: StaffMember,
  person: { name: string; email: string; role: Role; language: string },
  password: string,
): Promise<StaffMember> {
  const { organizationId, organization } = administrator;
  const { name, email, role, language } = person;
  await inviteStaff(administrator, { email, role });
  const invitation = (await invitationsOf(organizationId)).find((each) => each.email === email);
  const token = invitation && (await linkInMail(organizationId, invitation.id, 'invitation'));
  const visit = { language, userAgent: USER_AGENT };
  const joined = await joinWithNewAccount(token ?? '', { name, password }, visit);
  return memberOf(await signedIn(joined.sessionToken), organization.slug);
}

async function openSite(administrator: StaffMember, site: DemoSite): Promise<SiteRow> {
  const { organizationId } = administrator;
  const own = site.isDemoWebsite && config.demoPort !== null ? [demoOrigin()] : [];
  const wanted = checked(newSite, { name: site.name, origins: [site.origin, ...own] });
  const sites = await sitesOf(organizationId);
  const found = sites.find(({ origins }) => origins.some((each) => own.includes(each)));
  if (!found) {
    const added = await addSite(administrator, organizationId, wanted);
    await publishDefaultConfiguration(administrator, added);
    return added;
  }
  await changeSite(administrator, organizationId, found._id, wanted);
  return { ...found, ...wanted };
}

/** Opens one organisation of the demo with its staff and sites. */
export async function openOffice(
  account: Account,
  organization: DemoOrganization,
  password: string,
): Promise<Office> {
  const administrator = await openOrganization(account, organization);
  const staff: StaffMember[] = [];
  for (const [name, role, language] of organization.staff) {
    const email = staffAddress(organization, name);
    staff.push(await admit(administrator, { name, email, role, language }, password));
  }
  const sites = [];
  for (const site of organization.sites) {
    sites.push({ site, row: await openSite(administrator, site) });
  }
  const officer = staff.find(({ role }) => role === 'privacy-officer');
  if (!officer) throw new Error('An office needs a privacy officer.');
  const workers = staff.filter(({ role }) => role === 'privacy-officer' || role === 'agent');
  const office = { organization, administrator, officer, workers, everybody: staff, sites };
  await furnish(office);
  return office;
}
