import { defaultLevels } from '../../config/identity.ts';
import type { ControllerRole } from '../../config/rights.ts';
import type { Preset } from '../../config/presets/preset.ts';
import { servingRoles } from '../../server/features/agreements/model.ts';
import { agreementEdit } from '../../server/features/agreements/schema.ts';
import { addAgreement } from '../../server/features/agreements/service.ts';
import { rulesEdit } from '../../server/features/identity/rules-schema.ts';
import { publishIdentityRules } from '../../server/features/identity/rules.ts';
import { addInboundAddress, inboundAddress } from '../../server/features/inbox/addresses.ts';
import { keepMessage } from '../../server/features/inbox/keeping.ts';
import { startInventory } from '../../server/features/inventory/service.ts';
import { currentLetter, saveLetter } from '../../server/features/letters/service.ts';
import { letterEdit } from '../../server/features/letters/schema.ts';
import { policyEdit } from '../../server/features/policies/schema.ts';
import { storePolicy } from '../../server/features/policies/service.ts';
import { commitmentsOf, inventoryOfPreset } from '../../server/features/presets/service.ts';
import { saveView } from '../../server/features/requests/saved-views.ts';
import { newView } from '../../server/features/requests/queue-schema.ts';
import { addressAndTopic } from '../../server/features/suppressions/schema.ts';
import { suppressByStaff } from '../../server/features/suppressions/service.ts';
import { checked } from './checked.ts';
import type { Office } from './office.ts';
import { inboxAddress, type DemoOrganization } from './organizations.ts';
import { customersOf, letterEnding, mailFor, noticeOf, opposedAddress } from './texts/rooms.ts';

/** Who serves health services where HIPAA does not reach is a processor. */
const partIn =
  ({ regimes }: DemoOrganization) =>
  (role: ControllerRole): ControllerRole =>
    role === 'businessAssociate' && !regimes.includes('hipaa') ? 'processor' : role;

/** What an organisation promises: its preset, in the terms of the laws that bind it. */
export function promisesOf(organization: DemoOrganization) {
  const { preset, addedRights } = organization;
  const commitments = commitmentsOf(preset);
  return {
    ...commitments,
    roles: [...new Set(commitments.roles.map(partIn(organization)))],
    rights: [...preset.rights, ...addedRights],
    promiseDays: preset.promiseDays,
  };
}

function inventoryFor(organization: DemoOrganization, preset: Preset) {
  const inventory = inventoryOfPreset(preset, organization.languages);
  const part = partIn(organization);
  return {
    ...inventory,
    recipients: inventory.recipients.map((recipient) => ({
      ...recipient,
      contractOn: '2024-02-01',
      hasSubcontractorAgreement: true,
    })),
    categories: inventory.categories.map((category) => ({
      ...category,
      role: part(category.role),
    })),
  };
}

/** Fills what an organisation sets up before the first request comes in. */
export async function furnish({ organization, administrator, officer }: Office): Promise<void> {
  const [language] = organization.languages;
  await startInventory(administrator, inventoryFor(organization, organization.preset));
  const parts = servingRoles.filter((role) => promisesOf(organization).roles.includes(role));
  for (const [at, customer] of customersOf(organization).entries()) {
    const terms = { startsOn: '2024-04-01', forwardDays: 3 + at, breachNoticeDays: 10 };
    const role = parts[at % parts.length];
    const edit = { version: 0, ...customer, ...terms, role, ending: 'return-or-destroy' };
    await addAgreement(administrator, checked(agreementEdit, edit));
  }
  const text = noticeOf(organization);
  const days = { publishedOn: '2026-02-02', effectiveOn: '2026-03-04' };
  await storePolicy(administrator, checked(policyEdit, { version: 0, text, ...days }));
  const letter = { code: 'acknowledged', language } as const;
  const { subject, body } = await currentLetter(administrator.organizationId, letter);
  const edited = { version: 0, subject, body: `${body}\n\n${letterEnding[language]}` };
  await saveLetter(officer, letter, checked(letterEdit, edited));
  const reason = 'Health records go to nobody whom we have not made sure of.';
  const documents = { access: reason, portability: reason };
  const rules = { version: 0, levels: defaultLevels, declaration: true, documents };
  await publishIdentityRules(administrator, checked(rulesEdit, rules));
  await addInboundAddress(administrator, inboxAddress(organization));
}

/** What came in and was kept lately: a mail that nobody has read yet, a view, an opt-out by phone. */
export const latelyInRooms: readonly ((office: Office) => Promise<unknown>)[] = [
  async ({ organization }) => {
    const to = inboxAddress(organization);
    const address = await inboundAddress(to);
    if (!address) throw new Error('An address of the demo is not there.');
    const { from, raw } = mailFor(organization, to);
    await keepMessage(address, Buffer.from(raw), { from, to });
  },
  ({ officer }) =>
    saveView(officer, checked(newView, { name: 'Due this week', shared: 'yes', due: 'soon' })),
  ({ officer, organization }) => {
    const given = { address: opposedAddress(organization), topic: 'marketing' };
    return suppressByStaff(officer, checked(addressAndTopic, given));
  },
];
