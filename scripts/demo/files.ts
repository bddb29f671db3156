import type { NewFile } from '../../server/features/files/service.ts';
import type { Chance } from './chance.ts';
import { mailboxOf } from './organizations.ts';
import type { DemoPerson } from './people.ts';
import type { DemoRight } from './texts/phrases.ts';

interface Entry {
  on: string;
  what: string;
  by: string;
}

const events = {
  clinical: [
    'Consultation, blood pressure 124/81, advice given',
    'Laboratory: ferritin low, repeat in six weeks',
    'Letter to the family doctor about the migraine',
    'Vaccination, batch noted in the record',
    'Appointment moved by telephone',
  ],
  business: [
    'Call about the broken export, callback promised',
    'Invoice sent to the private address by mistake',
    'Password reset after a failed sign-in',
    'Data interface for orders switched to version 4',
    'Contact details changed by the customer',
  ],
};

function history(chance: Chance, isClinical: boolean): Entry[] {
  const what = events[isClinical ? 'clinical' : 'business'];
  return Array.from({ length: chance.between(4, 9) }, (_, at) => ({
    on: `2025-${String(1 + at).padStart(2, '0')}-${String(chance.between(1, 28)).padStart(2, '0')}`,
    what: chance.pick(what),
    by: `desk ${chance.between(1, 12)}, shelf mark ${chance.between(10_000, 99_999)}`,
  }));
}

const asCsv = (rows: readonly Entry[]) =>
  ['day,entry,source', ...rows.map(({ on, what, by }) => `${on},"${what}","${by}"`)].join('\r\n');

/** What an answer carries along: small, real files about an invented person. */
export function inventFiles(
  chance: Chance,
  { name, email }: DemoPerson,
  right: DemoRight,
  isClinical: boolean,
): NewFile[] {
  const person = mailboxOf(name).replaceAll('.', '-');
  const rows = history(chance, isClinical);
  const customer = `C-${chance.between(100_000, 999_999)}`;
  const json = JSON.stringify({ customer, name, email, history: rows }, null, 2);
  const letter = `Statement for ${name} (${email})\n\nReference of the record: ${customer}\n`;
  const file = (ending: string, type: string, content: string): NewFile => ({
    name: `${isClinical ? 'record' : 'account'}-${person}.${ending}`,
    type,
    content: Buffer.from(content),
  });
  if (right === 'access' || right === 'portability') {
    return [file('json', 'application/json', json), file('csv', 'text/csv', asCsv(rows))];
  }
  if (right === 'objection' || right === 'restriction') return [];
  const kept = right === 'deletion' ? `Kept by law until 2032: ${rows.length} entries\n` : '';
  return [file('txt', 'text/plain', letter + kept)];
}
