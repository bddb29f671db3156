import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../../server/app.ts';
import { prepareInstallation } from '../../../server/database/installation.ts';
import { closeDatabase, connectDatabase, ownEngine } from '../../../server/database/connect.ts';
import { system } from '../../../server/features/audit/service.ts';
import { addSite, createOrganization } from '../../../server/features/organizations/service.ts';
import { serverOf } from '../../../server/http/server.ts';

/** Where our server is, and the site it knows. */
export interface Habeas {
  port: number;
  siteKey: string;
}

/** Ours as in production, with an organisation and the site of the pages. */
async function openHabeas(pageOrigin: string): Promise<Habeas> {
  await ownEngine();
  await connectDatabase();
  await prepareInstallation();
  const nobody = { email: '', phone: '', post: '' };
  const organization = await createOrganization(system(null), {
    slug: 'garden',
    name: 'Garden shop',
    timeZone: 'Europe/Berlin',
    languages: ['en', 'de', 'fr', 'es'],
    regimes: ['gdpr', 'ccpa'],
    rights: ['access', 'deletion'],
    promiseDays: null,
    requiresSecondFactor: false,
    policyUrl: `${pageOrigin}/privacy`,
    contacts: { privacyOffice: nobody, dataProtectionOfficer: nobody, security: nobody },
  });
  const { siteKey } = await addSite(system(organization._id), organization._id, {
    name: 'Shop',
    origins: [pageOrigin],
  });
  const server = serverOf(createApp());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, siteKey };
}

const [, , pageOrigin = ''] = process.argv;
process.send?.(await openHabeas(pageOrigin));
process.once('disconnect', () => {
  void closeDatabase().finally(() => process.exit());
});
