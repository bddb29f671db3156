import type { StaffMember } from '../features/staff/service.ts';
import type { Language } from '../language.ts';

/** The pages of the data inventory's room: one row adds one. */
const tabs = [
  { name: 'categories', path: '', text: 'inventory.categories.title' },
  { name: 'purposes', path: '/purposes', text: 'inventory.purposes.title' },
  { name: 'recipients', path: '/recipients', text: 'inventory.recipients.title' },
  { name: 'agreements', path: '/agreements', text: 'agreements.title' },
  { name: 'policy', path: '/policy', text: 'policies.title' },
] as const;

export type InventoryTab = (typeof tabs)[number]['name'];

export const inventoryHome = ({ organization }: StaffMember) => `/o/${organization.slug}/inventory`;

export const inventoryTabs = (staff: StaffMember, { t }: Language, current: InventoryTab) =>
  tabs.map(({ name, path, text }) => ({
    href: `${inventoryHome(staff)}${path}`,
    label: t(text),
    current: name === current,
  }));
