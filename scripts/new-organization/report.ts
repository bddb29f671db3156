import { config } from '../../config/index.ts';
import type { Preset } from '../../config/presets/preset.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { balancingOf } from '../../server/features/presets/service.ts';
import { languageOf } from '../../server/language.ts';

const english = languageOf('en');

function inventoryLines(preset: Preset): string[] {
  const { categories, purposes, recipients } = preset;
  const balanced = purposes.filter(({ basis }) => basis === 'legitimate-interests');
  return [
    `  data inventory   ${categories.length} categories, ${purposes.length} purposes, ${recipients.length} recipients`,
    '',
    'What is left to do in the dashboard:',
    `  - Settings: the contacts that such a privacy notice names (${preset.contacts
      .map((role) => english.t(`layout.contact.${role}`))
      .join(', ')})`,
    '  - Data inventory: the day of each recipient’s contract',
    `  - Data inventory: the balancing of interests (${balanced.map(({ id }) => balancingOf(id)).join(', ')})`,
    '  - Data inventory, Privacy notice: your text, which is then compared with these settings',
  ];
}

/** What was made, and what is left to do. */
export function reportOf(organization: Organization, preset: Preset | null): string {
  const { slug, name, rights, regimes, promiseDays } = organization;
  const words = (key: string, ids: readonly string[], after = '') =>
    ids.map((id) => english.t(`${key}.${id}${after}`)).join(', ');
  return [
    `${name} is ready${preset ? `; it starts as ${preset.id}` : ''}.`,
    '',
    `  privacy centre   ${config.publicUrl}/privacy/${slug}`,
    `  dashboard        ${config.publicUrl}/o/${slug}`,
    `  rights           ${words('requests.right', rights)}`,
    `  laws             ${words('deadlines.regime', regimes, '.short')}`,
    `  answers          ${promiseDays === null ? 'as the law says' : `within ${promiseDays} days`}`,
    ...(preset ? inventoryLines(preset) : []),
  ].join('\n');
}
