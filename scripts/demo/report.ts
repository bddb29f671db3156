import { roles } from '../../config/permissions.ts';
import { actionCounts } from '../../server/features/consent/service.ts';
import { requestCounts } from '../../server/features/requests/service.ts';
import type { Office } from './office.ts';
import { chief } from './organizations.ts';

const total = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0);

async function line({ administrator }: Office): Promise<[string, number[]]> {
  const { _id, name } = administrator.organization;
  const counts = await requestCounts(administrator.organization);
  const choices = [...(await actionCounts(_id, '0000-01-01')).values()];
  const { open, unverified, overdue, closed } = counts;
  const consents = total(choices.flatMap((each) => Object.values(each)));
  return [name, [open, unverified, closed, overdue, consents]];
}

const cells = (name: string, values: readonly (string | number)[]) =>
  `  ${name.padEnd(36)}${values.map((value) => String(value).padStart(12)).join('')}`;

/** What was made and who may sign in. The password is printed here and nowhere else. */
export async function report(offices: readonly Office[], password: string): Promise<string> {
  const lines = await Promise.all(offices.map(line));
  const table = lines.map(([name, values]) => cells(name, values));
  const sums = (lines[0]?.[1] ?? []).map((_, at) => total(lines.map(([, row]) => row[at] ?? 0)));
  const people = offices.flatMap(({ organization, everybody }) => [
    `  ${organization.name}`,
    ...roles.flatMap((role) =>
      everybody
        .filter((member) => member.role === role)
        .map(({ account }) => `    ${role.padEnd(18)} ${account.email}`),
    ),
  ]);
  return [
    '',
    cells('', ['open', 'unverified', 'closed', 'overdue', 'consents']),
    ...table,
    cells('', sums),
    '',
    'Who may sign in:',
    '',
    '  All five organisations',
    `    ${'administrator'.padEnd(18)} ${chief.email}`,
    ...people,
    '',
    `  Password of all of them: ${password}`,
    '',
    'Everybody in this data is invented. Now run: npm start',
    '',
  ].join('\n');
}
