import type { SiteRow } from '../features/organizations/service.ts';
import type { StaffMember } from '../features/staff/service.ts';
import type { Language } from '../language.ts';

/** The pages of one website in the consent room: one row adds one. */
const tabs = [
  { name: 'records', path: '', text: 'consent.site.records' },
  { name: 'insight', path: '/insight', text: 'insight.tab' },
  { name: 'design', path: '/design', text: 'designer.tab' },
  { name: 'versions', path: '/versions', text: 'designer.versions.tab' },
  { name: 'installation', path: '/installation', text: 'designer.installation.tab' },
  { name: 'scans', path: '/scans', text: 'scans.tab' },
] as const;

export type SiteTab = (typeof tabs)[number]['name'];

export const consentHome = ({ organization }: StaffMember) => `/o/${organization.slug}/consent`;

/** Heading and tabs that the pages of one website share. */
export function siteFrame(
  staff: StaffMember,
  { _id, name, origins }: SiteRow,
  current: SiteTab,
  { t }: Language,
) {
  const home = consentHome(staff);
  const siteUrl = `${home}/sites/${_id.toHexString()}`;
  return {
    title: name,
    siteUrl,
    subtitle: origins.map((origin) => origin.replace(/^https?:\/\//u, '')).join(', '),
    back: { href: home, label: t('consent.overview.title') },
    tabs: tabs.map(({ name: tab, path, text }) => ({
      href: `${siteUrl}${path}`,
      label: t(text),
      current: tab === current,
    })),
  };
}
