import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import {
  computeVector,
  differencesOf,
  missingReadings,
  type Vector,
  type VectorFile,
} from '../../scripts/vectors/run.ts';

const { vectors } = JSON.parse(
  readFileSync(new URL('vectors.json', import.meta.url), 'utf8'),
) as VectorFile;

/** Cases of our own, beside those that were given: what the same rules say elsewhere. */
const further: Partial<Vector>[] = [
  {
    id: 'Scotland, Easter Monday is a working day',
    regime: 'UK_GDPR',
    jurisdiction: 'UK-SCT',
    calendar: 'UK-SCT',
    received: '2026-03-03',
    expect: { statutoryEnd: '2026-04-03', due: '2026-04-06', safeDue: '2026-04-03' },
  },
  {
    id: 'Scotland, the holiday of 15 June 2026',
    regime: 'UK_GDPR',
    jurisdiction: 'UK-SCT',
    received: '2026-05-15',
    expect: { due: '2026-06-16' },
  },
  {
    id: 'Northern Ireland, 13 July',
    regime: 'UK_GDPR',
    jurisdiction: 'UK-NIR',
    received: '2026-06-12',
    expect: { statutoryEnd: '2026-07-12', due: '2026-07-14' },
  },
  {
    id: 'EU identity: suspended for twelve days',
    regime: 'GDPR',
    jurisdiction: 'EU/DE',
    received: '2026-03-02',
    events: [
      { type: 'identity_info_requested', on: '2026-03-04' },
      { type: 'identity_info_received', on: '2026-03-16' },
    ],
    expect: {
      clockStart: '2026-03-02',
      baseEnd: '2026-04-02',
      pausedDays: 12,
      due: '2026-04-14',
      safeDue: '2026-04-02',
    },
    alternates: [
      { field: 'due', value: '2026-04-16' },
      { field: 'due', value: '2026-04-02' },
    ],
  },
  {
    id: 'EU clarification that is still open',
    regime: 'GDPR',
    jurisdiction: 'EU/DE',
    received: '2026-03-02',
    events: [{ type: 'clarification_requested', on: '2026-03-05' }],
    expect: { due: null, effectiveDue: null, isPaused: true, safeDue: '2026-04-02' },
  },
  {
    id: 'UK fee paid after the proof of identity',
    regime: 'UK_GDPR',
    jurisdiction: 'UK-EAW',
    received: '2026-03-02',
    events: [
      { type: 'identity_info_requested', on: '2026-03-03' },
      { type: 'fee_requested', on: '2026-03-03' },
      { type: 'identity_info_received', on: '2026-03-10' },
      { type: 'fee_received', on: '2026-03-18' },
    ],
    expect: { clockStart: '2026-03-18', due: '2026-04-20', extensionNoticeBy: '2026-04-20' },
  },
  {
    id: 'UK overlapping pauses count once',
    regime: 'UK_GDPR',
    jurisdiction: 'UK-EAW',
    received: '2026-03-05',
    events: [
      { type: 'clarification_requested', on: '2026-03-10' },
      { type: 'clarification_received', on: '2026-03-20' },
      { type: 'clarification_requested', on: '2026-03-20' },
      { type: 'clarification_received', on: '2026-03-25' },
    ],
    expect: { baseEnd: '2026-04-05', pausedDays: 16, statutoryEnd: '2026-04-21' },
  },
  {
    id: 'UK erasure knows no clarification pause',
    regime: 'UK_GDPR',
    jurisdiction: 'UK-EAW',
    requestType: 'erasure',
    received: '2026-03-05',
    events: [
      { type: 'clarification_requested', on: '2026-03-10' },
      { type: 'clarification_received', on: '2026-03-20' },
    ],
    expect: { due: '2026-04-07', pausedDays: 0 },
  },
  {
    id: 'UK complaint: confirmed within 30 days, rolled',
    regime: 'UK_GDPR',
    jurisdiction: 'UK-EAW',
    requestType: 'complaint',
    received: '2026-07-30',
    expect: { acknowledgeBy: '2026-09-01' },
  },
  {
    id: 'extension told in time',
    regime: 'GDPR',
    jurisdiction: 'EU/IE',
    received: '2026-06-01',
    events: [{ type: 'extension_notice_sent', on: '2026-07-01' }],
    expect: { due: '2026-07-01', extensionAccepted: true, dueAfterAttempt: '2026-09-01' },
  },
  {
    id: 'a promise in February is later than the month',
    regime: 'GDPR',
    jurisdiction: 'EU/IE',
    received: '2027-02-01',
    promiseDays: 30,
    expect: { due: '2027-03-01', promiseDue: '2027-03-03', effectiveDue: '2027-03-01' },
  },
  {
    id: 'a promise that gives way to a longer law',
    regime: 'GDPR',
    jurisdiction: 'EU/IE',
    received: '2026-07-01',
    promiseDays: 30,
    promiseYields: true,
    expect: { promiseDue: '2026-07-31', effectiveDue: '2026-08-04' },
  },
  {
    id: 'a signal of the browser by its name',
    regime: 'CCPA',
    jurisdiction: 'US-CA',
    requestType: 'opt_out_preference_signal',
    received: '2026-06-26',
    expect: { due: '2026-06-26' },
  },
  {
    id: 'people of several States',
    regime: 'HIPAA',
    jurisdiction: 'US',
    requestType: 'breach',
    received: '2027-06-04',
    affected: 700,
    affectedByState: { NV: 400, CA: 300 },
    expect: { secretaryBy: '2027-08-03', mediaRequired: false },
  },
  {
    id: 'a document kept for years in words',
    title: 'Documentation kept six years',
    regime: 'POLICY',
    requestType: 'retention',
    received: '2024-02-29',
    expect: { keepUntil: '2030-03-01' },
  },
  {
    id: 'Iowa',
    regime: 'US_IA',
    jurisdiction: 'US-IA',
    received: '2026-02-01',
    events: [{ type: 'appeal_received', on: '2026-06-01' }],
    expect: { due: '2026-05-02', extendedDue: '2026-06-16', appealDue: '2026-07-31' },
  },
  {
    id: 'Florida',
    regime: 'US_FL',
    jurisdiction: 'US-FL',
    received: '2026-02-01',
    expect: { due: '2026-03-18', extendedDue: '2026-04-02' },
  },
  {
    id: 'Minnesota',
    regime: 'US_MN',
    jurisdiction: 'US-MN',
    received: '2026-02-01',
    events: [{ type: 'appeal_received', on: '2026-04-01' }],
    expect: { due: '2026-03-18', appealDue: '2026-05-16', appealExtendedDue: '2026-07-15' },
  },
  {
    id: 'Utah has no appeal',
    regime: 'US_UT',
    jurisdiction: 'US-UT',
    received: '2026-02-01',
    events: [{ type: 'appeal_received', on: '2026-04-01' }],
    expect: { due: '2026-03-18', extendedDue: '2026-05-02', appealDue: null },
  },
  {
    id: 'Washington, with archives',
    regime: 'US_WA',
    jurisdiction: 'US-WA',
    requestType: 'delete',
    received: '2026-02-01',
    expect: { due: '2026-03-18', extendedDue: '2026-05-02', archiveDeletionBy: '2026-08-01' },
  },
  {
    id: 'California looks back',
    regime: 'CCPA',
    jurisdiction: 'US-CA',
    requestType: 'know',
    received: '2026-02-02',
    expect: { lookBackFrom: '2025-02-02', lookBackFloor: '2022-01-01' },
  },
  {
    id: 'limiting sensitive data',
    regime: 'CCPA',
    jurisdiction: 'US-CA',
    requestType: 'limit_sensitive_pi',
    received: '2026-11-16',
    expect: { due: '2026-12-09', safeDue: '2026-12-07' },
  },
  {
    id: 'accounting of disclosures',
    regime: 'HIPAA',
    jurisdiction: 'US',
    requestType: 'accounting_of_disclosures',
    received: '2026-03-02',
    expect: { due: '2026-05-01', extendedDue: '2026-05-31', lookBackFrom: '2020-03-02' },
  },
  {
    id: 'fewer than 500 people',
    regime: 'HIPAA',
    jurisdiction: 'US',
    requestType: 'breach',
    received: '2026-05-04',
    affected: 499,
    affectedInState: 499,
    expect: { individualsBy: '2026-07-03', secretaryBy: '2027-03-01', mediaRequired: false },
  },
  {
    id: 'a breach across the change of clocks',
    regime: 'UK_GDPR',
    jurisdiction: 'UK-EAW',
    requestType: 'breach_authority',
    received: '2026-03-27',
    awareAt: '2026-03-27T18:00:00+00:00',
    expect: { dueInstant: '2026-03-30T19:00:00+01:00' },
  },
  {
    id: 'a breach in Brazil',
    regime: 'LGPD',
    jurisdiction: 'BR',
    requestType: 'breach',
    received: '2026-11-18',
    expect: { due: '2026-11-24', smallAgentDue: '2026-11-27', additionsBy: '2026-12-22' },
  },
  {
    id: 'Switzerland',
    regime: 'FADP',
    jurisdiction: 'CH',
    received: '2026-04-01',
    expect: { due: '2026-05-01', extendedDue: null },
  },
  {
    id: 'Taiwan, a copy',
    regime: 'TW_PDPA',
    jurisdiction: 'TW',
    received: '2026-04-01',
    expect: { due: '2026-04-16', extendedDue: '2026-05-01' },
  },
  {
    id: 'Taiwan, deletion',
    regime: 'TW_PDPA',
    jurisdiction: 'TW',
    requestType: 'delete',
    received: '2026-04-01',
    expect: { due: '2026-05-01', extendedDue: '2026-05-31' },
  },
  {
    id: 'British Columbia counts business days',
    regime: 'BC_PIPA',
    jurisdiction: 'CA-BC',
    calendar: 'CA-FED',
    received: '2026-06-15',
    expect: { due: '2026-07-28', safeDue: '2026-07-27' },
  },
  {
    id: 'Alberta',
    regime: 'AB_PIPA',
    jurisdiction: 'CA-AB',
    received: '2026-06-15',
    expect: { due: '2026-07-30', extendedDue: '2026-08-29' },
  },
  {
    id: 'a technical log kept for 12 months at most, of 29 February',
    title: 'kept up to 12 months',
    regime: 'POLICY',
    requestType: 'retention',
    received: '2024-02-29',
    expect: { deleteBy: '2025-02-28' },
  },
];

describe('Worked cases', () => {
  for (const vector of vectors) {
    it(`agree on ${vector.id}: ${vector.title}`, () => {
      const computed = computeVector(vector, {});
      expect(differencesOf(vector, computed)).to.deep.equal([]);
      expect(missingReadings(vector, computed)).to.deep.equal([]);
      expect(computed.steps).to.be.greaterThan(0);
    });
  }

  for (const one of further) {
    it(`agree further on ${one.id}`, () => {
      const vector: Vector = {
        title: one.title ?? '',
        jurisdiction: '',
        requestType: 'access',
        ...(one as Pick<Vector, 'id' | 'regime' | 'received' | 'expect'>),
      };
      const computed = computeVector(vector, {});
      expect(differencesOf(vector, computed)).to.deep.equal([]);
      expect(missingReadings(vector, computed)).to.deep.equal([]);
    });
  }

  it('count as different when any date is', () => {
    const [vector] = vectors;
    if (!vector) throw new Error('no vectors');
    const wrong = { ...vector, expect: { due: '2026-04-08', unheardOf: '2026-04-08' } };
    const fields = differencesOf(wrong, computeVector(wrong, {})).map(({ field }) => field);
    expect(fields).to.deep.equal(['due', 'unheardOf']);
  });
});
