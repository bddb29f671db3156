import { parseArgs } from 'node:util';
import { defaults } from '../../config/defaults.ts';
import type { Preset } from '../../config/presets/preset.ts';
import { regimeIds } from '../../config/regimes.ts';
import { rightIds } from '../../config/rights.ts';
import {
  newOrganization,
  type NewOrganization,
} from '../../server/features/organizations/service.ts';
import { presetById, presetIds } from '../../server/features/presets/service.ts';

export const USAGE = `Usage: npm run new-organization -- --preset <kind> --slug <short name> --name <name> [options]
  --preset     ${[...presetIds, 'blank'].join(', ')}
  --slug       stands in every address, and stays: small letters, digits and hyphens
  --name       as people know it
  --languages  codes with commas between, the default first (en)
  --time-zone  in which deadlines are counted, such as Europe/Berlin (this machine's)
  --email      address of the privacy office`;

/** What was asked for cannot be done; the message says why. */
export class WrongOrder extends Error {}

export interface Order {
  /** Null for a blank one. */
  preset: Preset | null;
  input: NewOrganization;
}

const wordsOf = (option: string) => ({ type: 'string', default: option }) as const;

function valuesOf(given: string[]) {
  try {
    return parseArgs({
      args: given,
      options: {
        preset: { type: 'string' },
        slug: { type: 'string' },
        name: { type: 'string' },
        languages: wordsOf(''),
        'time-zone': wordsOf(Intl.DateTimeFormat().resolvedOptions().timeZone),
        email: wordsOf(''),
      },
    }).values;
  } catch (error) {
    throw new WrongOrder(error instanceof Error ? error.message : String(error));
  }
}

function presetNamed(name: string | undefined): Preset | null {
  if (name === 'blank') return null;
  const preset = name === undefined ? null : presetById(name);
  if (preset) return preset;
  throw new WrongOrder(
    name === undefined
      ? '--preset is missing.'
      : `--preset: ${name} is not one of ${[...presetIds, 'blank'].join(', ')}.`,
  );
}

/** What each member of an organisation is called on the command line. */
const OPTIONS: Readonly<Record<string, string>> = {
  slug: '--slug',
  name: '--name',
  languages: '--languages',
  timeZone: '--time-zone',
  contacts: '--email',
};

/** @throws WrongOrder with a sentence per option that cannot be used. */
export function readOrder(given: string[]): Order {
  const { preset: kind, slug, name, languages, email, 'time-zone': timeZone } = valuesOf(given);
  const preset = presetNamed(kind);
  const codes = languages.split(',').filter((code) => code !== '');
  const checked = newOrganization.validate(
    {
      slug,
      name,
      timeZone,
      languages: codes.length > 0 ? codes : (preset?.languages ?? ['en']),
      regimes: preset?.regimes ?? regimeIds,
      rights: preset?.rights ?? rightIds,
      promiseDays: preset ? preset.promiseDays : defaults.promiseDays,
      contacts: { privacyOffice: { email } },
    },
    { abortEarly: false },
  );
  if (!checked.error) return { preset, input: checked.value };
  const sentences = checked.error.details.map(({ path: [member = ''], type }) => {
    const option = OPTIONS[member.toString()] ?? member.toString();
    return type === 'any.required' ? `${option} is missing.` : `${option} cannot be used.`;
  });
  throw new WrongOrder([...new Set(sentences)].join(' '));
}
