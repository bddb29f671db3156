import { system } from '../../server/features/audit/service.ts';
import type { Category, Purpose, Recipient } from '../../server/features/inventory/service.ts';
import { inventoryOf, putItem } from '../../server/features/inventory/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';

type New<T> = Omit<T, 'id'>;

export const aPurpose = (given: Partial<New<Purpose>> = {}): New<Purpose> => ({
  name: { en: 'Billing', de: 'Abrechnung' },
  basis: 'contract',
  balancing: '',
  isDirectMarketing: false,
  ...given,
});

export const aRecipient = (given: Partial<New<Recipient>> = {}): New<Recipient> => ({
  name: { en: 'Hosting provider' },
  contractOn: '2025-03-01',
  hasSubcontractorAgreement: true,
  use: { en: 'Storing data' },
  ...given,
});

export const aCategory = (given: Partial<New<Category>> = {}): New<Category> => ({
  name: { en: 'Invoices' },
  description: { en: 'What was billed, and when it was paid.' },
  dataClass: 'ordinary',
  isDesignatedRecordSet: false,
  role: 'controller',
  sources: ['person', 'other'],
  sourceNames: ['A credit agency'],
  purposeIds: [],
  recipientIds: [],
  retention: { anchor: 'document-date', atLeastMonths: 84, atMostMonths: null },
  transfers: [{ country: 'US', mechanism: 'standard-clauses' }],
  ...given,
});

async function added(
  { _id: organizationId }: Organization,
  kind: 'categories' | 'purposes' | 'recipients',
  item: New<Category> | New<Purpose> | New<Recipient>,
): Promise<string> {
  const actor = system(organizationId);
  const { version } = await inventoryOf(organizationId);
  await putItem(actor, kind, 'new', { version, ...item });
  const items: readonly { id: string }[] = (await inventoryOf(organizationId))[kind];
  return items.at(-1)?.id ?? '';
}

/** A new item of an inventory; gives its id. A category gets a purpose of its own. */
export async function anItem(
  organization: Organization,
  kind: 'categories' | 'purposes' | 'recipients',
): Promise<string> {
  if (kind === 'recipients') return added(organization, kind, aRecipient());
  const purpose = await added(organization, 'purposes', aPurpose());
  return kind === 'purposes'
    ? purpose
    : added(organization, kind, aCategory({ purposeIds: [purpose] }));
}
