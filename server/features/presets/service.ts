import type { Commitments } from '../../../config/commitments.ts';
import { presets } from '../../../config/presets/all.ts';
import type { Preset } from '../../../config/presets/preset.ts';
import { inTransaction } from '../../database/transaction.ts';
import { languageOf } from '../../language.ts';
import { system } from '../audit/service.ts';
import { startInventory, type InventoryContent, type Words } from '../inventory/service.ts';
import {
  createOrganization,
  type NewOrganization,
  type Organization,
} from '../organizations/service.ts';
import {
  admitInstallationAdministrators,
  foundOrganization,
  type Account,
} from '../staff/service.ts';

export const presetIds: readonly string[] = presets.map(({ id }) => id);

export const presetById = (id: string): Preset | null =>
  presets.find((preset) => preset.id === id) ?? null;

/** The promises of a preset that are settings of an organisation. */
export function commitmentsOf(preset: Preset): Commitments {
  const { roles, ageRule, noticePolicy, cookieCategories } = preset;
  return { roles, ageRule, noticePolicy, cookieCategories };
}

/** Where the balancing of a purpose's interests is to be written down. */
export const balancingOf = (purpose: string) => `LIA-${purpose}`;

/** The inventory of a preset, in the words of each language. */
export function inventoryOfPreset(
  { purposes, recipients, categories }: Preset,
  languages: readonly string[],
): InventoryContent {
  const words = (key: string): Words =>
    Object.fromEntries(languages.map((code) => [code, languageOf(code).t(`presets.${key}`)]));
  return {
    purposes: purposes.map(({ id, basis, isDirectMarketing = false }) => ({
      id,
      name: words(`purpose.${id}`),
      basis,
      balancing: basis === 'legitimate-interests' ? balancingOf(id) : '',
      isDirectMarketing,
    })),
    recipients: recipients.map(({ id }) => ({
      id,
      name: words(`recipient.${id}`),
      contractOn: null,
      hasSubcontractorAgreement: false,
      use: {},
    })),
    categories: categories.map((category) => ({
      id: category.id,
      name: words(`category.${category.id}.name`),
      description: words(`category.${category.id}.text`),
      dataClass: category.dataClass ?? 'ordinary',
      isDesignatedRecordSet: category.isDesignatedRecordSet ?? false,
      role: category.role ?? 'controller',
      sources: [...category.sources],
      sourceNames: [],
      purposeIds: [...category.purposes],
      recipientIds: [...category.recipients],
      retention: category.retention,
      transfers: [...(category.transfers ?? [])],
    })),
  };
}

/**
 * Opens an organisation that keeps the promises of a preset from its first day. Its administrator is
 * the account that asks; where none does, whoever administers the installation.
 * @throws Problem conflict for a taken short name.
 */
export async function foundFromPreset(
  founder: Account | null,
  preset: Preset | null,
  given: NewOrganization,
): Promise<Organization> {
  const input = { ...given, ...(preset && commitmentsOf(preset)) };
  return inTransaction(async () => {
    const organization = founder
      ? await foundOrganization(founder, input)
      : await createOrganization(system(null), input);
    const { _id: organizationId, languages } = organization;
    if (!founder) await admitInstallationAdministrators(organizationId);
    if (preset) {
      await startInventory(system(organizationId), inventoryOfPreset(preset, languages));
    }
    return organization;
  });
}
