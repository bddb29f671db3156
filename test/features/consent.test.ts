import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { AuditModel } from '../../server/features/audit/model.ts';
import { csvCell } from '../../server/csv.ts';
import { localDay } from '../../server/deadlines/days.ts';
import { currentConfiguration } from '../../server/features/consent/service.ts';
import type { Organization, SiteRow } from '../../server/features/organizations/service.ts';
import { useApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { aChoice, granted, sendChoice } from '../support/consent.ts';
import { anOrganization, aSite } from '../support/organizations.ts';
import { clientOf } from '../support/staff.ts';

interface RecordList {
  records: { id: string; visitorId: string; action: string; recordedAt: string }[];
  next: string | null;
}

describe('Consent in the dashboard', () => {
  useApp();
  let organization: Organization;
  let site: SiteRow;
  let officer: Client;
  let agent: Client;
  let stranger: Client;
  let base: string;
  let api: string;
  const visitor = randomUUID();
  let recordId: string;

  before(async () => {
    organization = await anOrganization();
    site = await aSite(organization);
    officer = await clientOf(organization, 'privacy-officer');
    agent = await clientOf(organization, 'agent');
    stranger = await clientOf(await anOrganization(), 'administrator');
    base = `/o/${organization.slug}/consent/sites/${site._id.toHexString()}`;
    api = `/api/v1/organizations/${organization.slug}/consent/sites`;
    const first = await aChoice(site, { visitorId: visitor });
    await sendChoice(site, first);
    await sendChoice(
      site,
      await aChoice(site, {
        visitorId: visitor,
        action: 'withdraw',
        choices: granted(false),
        previousKey: first.clientKey,
      }),
    );
    const others = [
      { action: 'choose', choices: { ...granted(false), analytics: true } },
      { action: 'refuse-all', choices: granted(false), language: 'de' },
      {
        action: 'choose',
        choices: granted(false),
        signals: { gpc: true, dnt: false, tcf: null, gpp: null },
      },
    ] as const;
    for (const other of others) await sendChoice(site, await aChoice(site, other));
    const list = (
      await officer.get(`${api}/${site._id.toHexString()}/records`)
    ).json() as RecordList;
    recordId = list.records.find(({ action }) => action === 'withdraw')!.id;
  });

  const pages = () => [
    `/o/${organization.slug}/consent`,
    base,
    `${base}/records/${recordId}`,
    `${base}/records.csv`,
    api,
    `${api}/${site._id.toHexString()}/records`,
    `${api}/${site._id.toHexString()}/records/${recordId}`,
  ];

  it('opens for a privacy officer, and for nobody of another role or organisation', async () => {
    for (const page of pages()) {
      expect((await officer.get(page)).status, page).to.equal(200);
      expect((await agent.get(page)).status, `agent: ${page}`).to.equal(403);
      expect((await stranger.get(page)).status, `stranger: ${page}`).to.equal(404);
    }
  });

  it('answers 404 for the site of another organisation under one’s own address', async () => {
    const other = await aSite(await anOrganization());
    const elsewhere = `/o/${organization.slug}/consent/sites/${other._id.toHexString()}`;
    for (const page of ['', `/records/${recordId}`, '/records.csv']) {
      expect((await officer.get(elsewhere + page)).status, page).to.equal(404);
    }
  });

  describe('the records of a site', () => {
    const list = async (query: string) =>
      (await officer.get(`${api}/${site._id.toHexString()}/records${query}`)).json() as RecordList;

    it('can be narrowed by day, choice, category, signal, language and visitor', async () => {
      const today = localDay(new Date(), organization.timeZone);
      const counts: [string, number][] = [
        ['', 5],
        [`?from=${today}&to=${today}`, 5],
        ['?to=2020-01-01', 0],
        ['?from=2100-01-01', 0],
        ['?action=withdraw', 1],
        ['?answer=analytics-granted', 2],
        ['?answer=marketing-refused', 4],
        ['?gpc=true', 1],
        ['?gpc=false', 4],
        ['?language=de', 1],
        [`?visitor=${visitor}`, 2],
        [`?visitor=${visitor}&answer=analytics-granted`, 1],
        ['?action=&answer=&gpc=&language=&visitor=&from=&to=', 5],
      ];
      for (const [query, count] of counts) {
        expect((await list(query)).records.length, query).to.equal(count);
      }
    });

    it('are read page by page without loss or repetition', async () => {
      const { records } = await list('');
      const cursorOf = ({ recordedAt, id }: RecordList['records'][number]) =>
        `${new Date(recordedAt).getTime()}-${id}`;
      const older = await list(`?before=${cursorOf(records[1]!)}`);
      expect(older.records).to.deep.equal(records.slice(2));
      expect(older.next).to.equal(null);
      const newer = await list(`?after=${cursorOf(records[2]!)}`);
      expect(newer.records).to.deep.equal(records.slice(0, 2));
    });

    it('refuse filters that make no sense', async () => {
      const bad = [
        'from=yesterday',
        'visitor=%7B%22%24gt%22%3A%22%22%7D',
        'visitor[$ne]=x',
        'answer=necessary-refused',
        'before=1',
        'other=1',
      ];
      for (const query of bad) {
        const { status } = await officer.get(`${api}/${site._id.toHexString()}/records?${query}`);
        expect(status, query).to.equal(422);
      }
    });

    it('prove what was shown and what the visitor chose before', async () => {
      const { text } = await officer.get(`${base}/records/${recordId}`);
      const { hash, content } = await currentConfiguration(site);
      expect(text).to.contain(hash);
      expect(text).to.contain(content.texts.en!.models['opt-in'].body);
      expect(text).to.contain('Withdrew');
      expect(text).to.contain('Accepted all');
      const reads = await AuditModel.countDocuments({
        organizationId: organization._id,
        action: 'consent.record-read',
        targetId: recordId,
      });
      expect(reads).to.be.greaterThan(0);
    });

    it('leave as CSV, all columns, filtered', async () => {
      const { text, headers } = await officer.get(`${base}/records.csv?visitor=${visitor}`);
      expect(headers.get('content-type')).to.contain('text/csv');
      expect(headers.get('content-disposition')).to.match(/^attachment; filename="?consent-/u);
      const [heading, ...lines] = text.trimEnd().split('\r\n');
      expect(heading).to.match(/^id,recordedAt,.*,legalBasis\.marketing,.*,receivedVia$/u);
      expect(lines).to.have.length(2);
      expect(lines.every((line) => line.includes(visitor))).to.equal(true);
    });
  });
});

describe('A cell of the export', () => {
  const cases: [Parameters<typeof csvCell>[0], string][] = [
    ['plain', 'plain'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['a,b', '"a,b"'],
    ['=a"b', '"\'=a""b"'],
    [true, 'true'],
    [null, ''],
  ];
  for (const [value, cell] of cases) {
    it(`is ${JSON.stringify(cell)} for ${JSON.stringify(value)}`, () => {
      expect(csvCell(value)).to.equal(cell);
    });
  }
});
