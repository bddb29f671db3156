import { mayDo, type Permission } from '../../config/permissions.ts';
import type { StaffMember } from '../features/staff/service.ts';
import type { Language } from '../language.ts';

/** The pages of an organisation's settings: one row adds one. */
const tabs = [
  { name: 'organization', path: '', text: 'organizations.settings.tab' },
  { name: 'sites', path: '/sites', text: 'organizations.sites.title' },
  {
    name: 'issuers',
    path: '/sign-in',
    text: 'assertions.list.tab',
    permission: 'channels:read',
  },
  {
    name: 'agent-network',
    path: '/agent-network',
    text: 'agent-network.list.tab',
    permission: 'channels:read',
  },
  { name: 'api-keys', path: '/api-keys', text: 'api-keys.list.tab', permission: 'channels:read' },
  { name: 'identity', path: '/identity', text: 'identity.settings.tab' },
] as const satisfies { name: string; path: string; text: string; permission?: Permission }[];

export type SettingsTab = (typeof tabs)[number]['name'];

/** The settings that somebody may see, as tabs. */
export const settingsTabs = (staff: StaffMember, language: Language, current: SettingsTab) =>
  tabs
    .filter((tab) => !('permission' in tab) || mayDo(staff.role, tab.permission))
    .map(({ name, path, text }) => ({
      href: `/o/${staff.organization.slug}/settings${path}`,
      label: language.t(text),
      current: name === current,
    }));
