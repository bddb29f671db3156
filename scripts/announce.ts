import { config } from '../config/index.ts';
import { closeDatabase, connectDatabase } from '../server/database/connect.ts';
import { allOrganizations } from '../server/features/organizations/service.ts';
import { offerFirstAdministrator } from '../server/features/staff/service.ts';
import { isOutboxShown } from '../server/mail/loopback.ts';
import { demoOrigin } from '../server/first-organization.ts';

/** Says where to go. The link for the first administrator is printed until somebody has used it. */
export async function announce(): Promise<void> {
  await connectDatabase();
  const [first] = await allOrganizations();
  const firstAdministrator = await offerFirstAdministrator();
  await closeDatabase();
  const places: [string, string][] = [
    ['Privacy centre', `${config.publicUrl}/privacy/${first?.slug ?? ''}`],
    ['Dashboard', `${config.publicUrl}/staff`],
  ];
  if (firstAdministrator !== null) {
    places.push(['First administrator', `${config.publicUrl}${firstAdministrator}`]);
  }
  if (config.demoPort !== null) places.push(['Demo website', demoOrigin()]);
  if (isOutboxShown) places.push(['Outbox', `${config.publicUrl}/outbox`]);
  const lines = places.map(([name, url]) => `  ${name.padEnd(20)} ${url}`);
  process.stdout.write(`\nHabeas is ready.\n\n${lines.join('\n')}\n\n`);
}
