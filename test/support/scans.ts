import { ScanModel } from '../../server/features/scans/model.ts';
import type { ScanReport } from '../../server/scanner/report.ts';
import type { Sampler } from './sample.ts';
import { aSite } from './organizations.ts';

const trace = {
  kind: 'cookie',
  name: '_ga',
  host: 'www.example.org',
  page: 'https://www.example.org/',
  phase: 'before',
  days: 390,
  category: 'analytics',
  company: 'Google Analytics',
  isThirdParty: false,
} as const;

const report: ScanReport = {
  url: trace.page,
  scannedAt: new Date('2026-03-01T09:00:00Z'),
  manager: 'Habeas',
  canAccept: true,
  canRefuse: true,
  pages: [trace.page],
  hasDeclaration: true,
  traces: [trace],
  violations: [{ code: 'before-consent', trace }],
};

/** A site that was scanned, with something found. */
export const aScannedSite: Sampler = async (organization) => {
  const { _id: siteId, organizationId } = await aSite(organization);
  const { _id } = await ScanModel.create({
    organizationId,
    siteId,
    url: trace.page,
    endedAt: report.scannedAt,
    report,
  });
  return { params: { site: siteId.toHexString(), scan: _id.toHexString() } };
};
