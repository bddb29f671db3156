import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { fileOfDraft } from '../../server/features/inbox/drafts.ts';
import { listenForMail } from '../../server/features/inbox/listener.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { useApp } from '../support/app.ts';
import { CERTIFICATE, CERTIFICATE_KEY } from '../support/certificate.ts';
import { contentOf } from '../support/files.ts';
import { anInboundAddress, draftsOf, mailIn, useInbox } from '../support/inbox.ts';
import { anOrganization } from '../support/organizations.ts';
import { SecondProcess } from '../support/second-process.ts';
import { aStaffMember } from '../support/staff.ts';

const free = () => Promise.resolve({ totalHits: 1 });

describe('A listener for mail', () => {
  useApp();
  useInbox();
  let organization: Organization;
  let to: string;
  before(async () => {
    organization = await anOrganization();
    to = await anInboundAddress(organization);
  });

  const messageOf = (messageId: string) => ({
    from: 'Clara Probe <clara@person.test>',
    to,
    messageId,
    date: new Date('2026-11-01T08:00:00Z'),
    subject: 'Please delete my account',
    text: `Everything, please. ${'x'.repeat(200_000)}`,
  });

  it('has stored what it acknowledged, though it is killed, and a second try doubles nothing', async () => {
    const other = await SecondProcess.start();
    const port = Number(await other.ask({ kind: 'take-mail-in' }));
    const message = messageOf('<killed@person.test>');
    expect(await mailIn(message, { port, ignoreTLS: true })).to.match(/^250 /u);
    await other.kill();
    await mailIn(message);
    const drafts = await draftsOf(organization);
    expect(drafts).to.have.lengthOf(1);
    const staff = await aStaffMember(organization);
    const kept = await contentOf(await fileOfDraft(staff, drafts[0]!._id, 'message'));
    expect(kept.length).to.be.above(200_000);
  });

  it('speaks TLS when it has a certificate', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'habeas-tls-'));
    const [certFile, keyFile] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
    writeFileSync(certFile, CERTIFICATE);
    writeFileSync(keyFile, CERTIFICATE_KEY);
    const settings = { host: '127.0.0.1', port: 0, name: 'habeas.test', countHit: free };
    const listener = await listenForMail({ ...settings, tls: { certFile, keyFile } });
    try {
      const tls = { rejectUnauthorized: false };
      const options = { port: listener.port, requireTLS: true, tls };
      expect(await mailIn(messageOf('<tls@person.test>'), options)).to.match(/^250 /u);
    } finally {
      await listener.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('asks an address that sends too much to come back later', async () => {
    const settings = { host: '127.0.0.1', port: 0, tls: null, name: 'habeas.test' };
    const often = (key: string) => Promise.resolve({ totalHits: key === '' ? 0 : 10_000 });
    const listener = await listenForMail({ ...settings, countHit: often });
    try {
      const port = listener.port;
      const outcome = await mailIn(messageOf('<often@person.test>'), {
        port,
        ignoreTLS: true,
      }).catch((error: unknown) => error);
      expect(outcome).to.include({ responseCode: 451 });
    } finally {
      await listener.close();
    }
  });
});
