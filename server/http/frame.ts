import { contactRoles } from '../../config/commitments.ts';
import { mayDo, type Permission } from '../../config/permissions.ts';
import { centrePath } from '../centre.ts';
import type { Organization } from '../features/organizations/service.ts';
import type { Account, StaffMember } from '../features/staff/service.ts';
import { languageLinks, type Language } from '../language.ts';

/** The dashboard's rooms: one row adds one. */
const rooms: { path: string; text: string; icon: string; permission: Permission }[] = [
  { path: '', text: 'overview', icon: 'chart', permission: 'overview:read' },
  { path: '/requests', text: 'requests', icon: 'inbox', permission: 'requests:read' },
  { path: '/inbox', text: 'inbox', icon: 'download', permission: 'requests:work' },
  { path: '/deadlines', text: 'deadlines', icon: 'calendar', permission: 'deadlines:read' },
  { path: '/consent', text: 'consent', icon: 'cookie', permission: 'consent:read' },
  { path: '/inventory', text: 'inventory', icon: 'list', permission: 'inventory:read' },
  {
    path: '/suppressions',
    text: 'suppressions',
    icon: 'hand',
    permission: 'suppressions:read',
  },
  { path: '/letters', text: 'letters', icon: 'pencil', permission: 'letters:read' },
  { path: '/mail', text: 'mail', icon: 'mail', permission: 'requests:read' },
  { path: '/audit', text: 'audit', icon: 'history', permission: 'audit:read' },
  { path: '/staff', text: 'staff', icon: 'users', permission: 'staff:read' },
  { path: '/settings', text: 'settings', icon: 'settings', permission: 'organization:read' },
];

const initialsOf = (name: string) =>
  name
    .split(/\s+/u)
    .filter(Boolean)
    .map((word) => String.fromCodePoint(word.codePointAt(0) ?? 0x20))
    .filter((_, at, all) => at === 0 || at === all.length - 1)
    .join('')
    .toUpperCase();

const accountFrame = ({ name, email }: Account) => ({
  name,
  email,
  initials: initialsOf(name),
  accountUrl: '/staff/account',
  signOutUrl: '/staff/sign-out',
});

/** What the dashboard's layout shows around a page. */
export function staffFrame(staff: StaffMember, path: string, language: Language) {
  const home = `/o/${staff.organization.slug}`;
  return {
    organization: { name: staff.organization.name, slug: staff.organization.slug },
    organizations: staff.account.memberships.map(({ slug, name }) => ({
      name,
      href: `/o/${slug}`,
      current: slug === staff.organization.slug,
    })),
    nav: rooms
      .filter(({ permission }) => mayDo(staff.role, permission))
      .map((room) => {
        const href = `${home}${room.path}`;
        const current =
          room.path === '' ? path === href : path === href || path.startsWith(`${href}/`);
        return { href, label: language.t(`layout.nav.${room.text}`), icon: room.icon, current };
      }),
    staff: accountFrame(staff.account),
  };
}

/** What the plain layout shows to somebody who is signed in. */
export const signedInFrame = (account: Account) => ({ staff: accountFrame(account) });

/** What the privacy centre's layout shows around a page. */
export function publicFrame(organization: Organization, path: string, language: Language) {
  return {
    organization: {
      name: organization.name,
      slug: organization.slug,
      homeUrl: centrePath(organization),
      contacts: contactRoles
        .map((role) => ({ role, ...organization.contacts[role] }))
        .filter(({ email, phone, post }) => email !== '' || phone !== '' || post !== '')
        .map(({ role, email, phone, post }) => ({
          role: language.t(`layout.contact.${role}`),
          email,
          phone,
          address: post,
        })),
    },
    languages: languageLinks(organization.languages, path, language),
  };
}
