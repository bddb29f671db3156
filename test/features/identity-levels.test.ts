import { expect } from 'chai';
import fc from 'fast-check';
import {
  defaultLevels,
  evidenceKinds,
  highestLevel,
  lowestLevel,
  type EvidenceKind,
} from '../../config/identity.ts';
import {
  dataClasses,
  identityLevels,
  rightIds,
  rightsWithoutProof,
  type RightId,
} from '../../config/rights.ts';
import {
  changedLevel,
  decideLevel,
  levelProved,
  proofOf,
  waysToProve,
  type Circumstances,
  type Proof,
} from '../../server/features/identity/levels.ts';
import { setsOf } from '../../server/features/identity/matching.ts';

const usual: Omit<Circumstances, 'right'> = {
  dataClass: 'ordinary',
  needsProof: true,
  contactChanged: false,
  deliveryDiffers: false,
  freshSession: false,
};
const decide = (right: RightId, given: Partial<Circumstances> = {}) =>
  decideLevel(defaultLevels, { ...usual, right, ...given });

/** Right, level for ordinary data, level for sensitive data and health records. */
const TABLE: [RightId, number, number][] = [
  ['access', 2, 3],
  ['access-categories', 1, 2],
  ['correction', 1, 2],
  ['deletion', 2, 3],
  ['portability', 2, 3],
  ['restriction', 1, 1],
  ['objection', 1, 1],
  ['consent-withdrawal', 1, 1],
  ['marketing-opt-out', 0, 0],
  ['sale-opt-out', 0, 0],
  ['limit-sensitive', 0, 0],
  ['disclosure-accounting', 2, 3],
  ['amendment', 1, 2],
  ['automated-review', 1, 2],
  ['appeal', 1, 1],
  ['complaint', 0, 0],
  ['child-report', 0, 0],
  ['security-report', 0, 0],
];

const anyCircumstances = fc.record<Circumstances>({
  right: fc.constantFrom(...rightIds),
  dataClass: fc.constantFrom(...dataClasses),
  needsProof: fc.boolean(),
  contactChanged: fc.boolean(),
  deliveryDiffers: fc.boolean(),
  freshSession: fc.boolean(),
});
const anyLevel = fc.constantFrom(...identityLevels);
const anyProof = fc.record<Proof>({
  kind: fc.constantFrom(...(Object.keys(evidenceKinds) as EvidenceKind[])),
  matched: fc.option(fc.integer({ min: 0, max: 3 })),
});

describe('How surely a person must be known', () => {
  it('is decided for every right', () => {
    expect(TABLE.map(([right]) => right)).to.have.members([...rightIds]);
  });

  for (const [right, ordinary, sensitive] of TABLE) {
    it(`is ${ordinary}, and ${sensitive} for sensitive data: ${right}`, () => {
      expect(decide(right).level).to.equal(ordinary);
      for (const dataClass of ['sensitive', 'phi'] as const) {
        expect(decide(right, { dataClass }).level).to.equal(sensitive);
      }
    });
  }

  it('rises by one for a changed contact point, and for another place of delivery, up to 3', () => {
    expect(decide('access-categories', { contactChanged: true }).level).to.equal(2);
    expect(decide('access-categories', { deliveryDiffers: true }).level).to.equal(2);
    const both = { contactChanged: true, deliveryDiffers: true };
    expect(decide('access-categories', both).level).to.equal(3);
    expect(decide('access', both).level).to.equal(3);
  });

  it('falls by one for a fresh sign-in, and says why, step by step', () => {
    const decision = decide('access', { dataClass: 'phi', freshSession: true });
    expect(decision).to.deep.equal({
      level: 2,
      reasons: [
        { code: 'right', level: 2 },
        { code: 'sensitive', level: 3 },
        { code: 'fresh-session', level: 2 },
      ],
    });
  });

  it('is held to 3 at the end alone: a fresh sign-in does not undo a changed contact point', () => {
    const caution = { contactChanged: true, freshSession: true } as const;
    expect(decide('access', { dataClass: 'phi', ...caution }).level).to.equal(3);
    expect(decide('access', caution).level).to.equal(2);
  });

  it('is never above 0 for opt-outs and reports, whatever speaks for more', () => {
    fc.assert(
      fc.property(anyCircumstances, (given) => {
        const isFree = !given.needsProof || rightsWithoutProof.includes(given.right);
        const { level, reasons } = decideLevel(defaultLevels, given);
        if (isFree) expect(level).to.equal(0);
        expect(reasons.at(-1)?.level).to.equal(level);
        expect(identityLevels).to.include(level);
      }),
    );
  });

  it('is never raised once the person is proved', () => {
    fc.assert(
      fc.property(anyLevel, anyLevel, anyLevel, (before, proven, decided) => {
        const level = changedLevel(before, proven, decided);
        if (proven >= before) expect(level).to.be.at.most(before);
        else expect(level).to.equal(decided);
      }),
    );
  });

  it('may be set by an organisation between the limits of each right', () => {
    for (const right of rightIds) {
      const isFree = rightsWithoutProof.includes(right);
      expect(highestLevel(right)).to.equal(isFree ? 0 : 3);
      const { ordinary, sensitive } = defaultLevels[right];
      for (const level of [ordinary, sensitive]) {
        expect(level).to.be.within(lowestLevel(right), highestLevel(right));
      }
    }
  });
});

describe('How surely a person is known', () => {
  const cases: [string, Proof[], number][] = [
    ['nothing', [], 0],
    ['the mailbox', [{ kind: 'mailbox' }], 1],
    ['points without any contact', [{ kind: 'data-points', matched: 3 }], 0],
    ['the mailbox and one point', [{ kind: 'mailbox' }, { kind: 'data-points', matched: 1 }], 1],
    ['the mailbox and two points', [{ kind: 'mailbox' }, { kind: 'data-points', matched: 2 }], 2],
    ['three points alone', [{ kind: 'mailbox' }, { kind: 'data-points', matched: 3 }], 2],
    ['a declaration alone', [{ kind: 'mailbox' }, { kind: 'declaration' }], 1],
    [
      'two points and a declaration',
      [{ kind: 'mailbox' }, { kind: 'data-points', matched: 2 }, { kind: 'declaration' }],
      2,
    ],
    [
      'three points and a declaration',
      [{ kind: 'mailbox' }, { kind: 'data-points', matched: 3 }, { kind: 'declaration' }],
      3,
    ],
    ['a reviewed document', [{ kind: 'mailbox' }, { kind: 'document' }], 3],
    ['a document without any contact', [{ kind: 'document' }], 0],
    ['a fresh sign-in', [{ kind: 'fresh-sign-in' }], 2],
    ['a strong sign-in', [{ kind: 'strong-sign-in' }], 3],
    ['a known person', [{ kind: 'known-person' }], 2],
    ['a person met at the office', [{ kind: 'in-person' }], 3],
  ];
  for (const [what, proofs, level] of cases) {
    it(`is ${level} by ${what}`, () => {
      expect(levelProved(proofs)).to.equal(level);
    });
  }

  it('never falls with a further proof', () => {
    fc.assert(
      fc.property(fc.array(anyProof), anyProof, (proofs, further) => {
        expect(levelProved([...proofs, further])).to.be.at.least(levelProved(proofs));
      }),
    );
  });

  it('takes the proof of a channel by its name, or by what it is worth', () => {
    expect(proofOf({ level: 2, method: 'known-person' }).kind).to.equal('known-person');
    expect(proofOf({ level: 1, method: 'known-person' }).kind).to.equal('mailbox');
    expect(proofOf({ level: 3, method: 'staff:paper' }).kind).to.equal('in-person');
    expect(proofOf({ level: 3, method: 'assertion' }).kind).to.equal('strong-sign-in');
  });
});

describe('What is still needed', () => {
  const all = { points: true, declaration: true, document: true };
  const none = { points: false, declaration: false, document: false };
  const mailbox: Proof = { kind: 'mailbox' };

  it('is nothing once the level is reached, or when the mailbox is enough', () => {
    expect(waysToProve(1, [], all)).to.be.empty;
    expect(waysToProve(2, [{ kind: 'known-person' }], all)).to.be.empty;
  });

  it('is what the organisation offers, and the office where it offers nothing', () => {
    expect(waysToProve(2, [mailbox], all)).to.deep.equal(['data-points', 'document']);
    expect(waysToProve(3, [mailbox], all)).to.deep.equal([
      'data-points',
      'declaration',
      'document',
    ]);
    expect(waysToProve(3, [mailbox], none)).to.deep.equal(['office']);
    expect(waysToProve(3, [mailbox], { ...none, points: true })).to.deep.equal(['office']);
  });
});

describe('Sets of points', () => {
  const points = ['customer-number', 'postcode', 'birth-day', 'order-number'] as const;

  it('are three at most, no two alike', () => {
    const sets = setsOf(points);
    expect(sets).to.have.length(3);
    expect(new Set(sets.map((set) => set.join())).size).to.equal(3);
    expect(setsOf(points.slice(0, 3))).to.have.length(1);
  });

  it('leave out what a correction is about', () => {
    for (const set of setsOf(points, ['birth-day'])) expect(set).not.to.include('birth-day');
    expect(setsOf(points, ['birth-day', 'postcode', 'order-number'])).to.be.empty;
  });
});
