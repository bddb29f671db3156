import { expect } from 'chai';
import fc from 'fast-check';
import { maskCardNumbers } from '../../server/features/requests/card-numbers.ts';
import { cpuSeconds } from '../support/cpu.ts';

const RUN = /(?<![\p{L}\d])\d(?:[\s.\p{Dash_Punctuation}]?\d){12,}(?![\p{L}\d])/gu;

const isMasked = (digits: string) => maskCardNumbers(digits) !== digits;

/** The rule in its plainest words: the first card number of whole groups, the longest where several begin. */
function maskSlowly(run: string): string {
  const groups = [...run.matchAll(/\d+/gu)];
  for (const [at, first] of groups.entries()) {
    for (let last = groups.length - 1; last >= at; last--) {
      const digits = groups
        .slice(at, last + 1)
        .map(([group]) => group)
        .join('');
      if (!isMasked(digits)) continue;
      const end = groups[last]!.index + groups[last]![0].length;
      return run.slice(0, first.index) + maskCardNumbers(digits) + maskSlowly(run.slice(end));
    }
  }
  return run;
}

const piece = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^\d{1,5}$/u) },
  {
    weight: 3,
    arbitrary: fc.constantFrom('4242', '42424242', '4242424242424242', '378282246310005'),
  },
  { weight: 3, arbitrary: fc.constantFrom(' ', '-', '.', '  ') },
  { weight: 1, arbitrary: fc.constantFrom('x', 'é', ',', '\n') },
);

describe('Masking of card numbers', () => {
  it('finds what the plain rule finds', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        const text = pieces.join('');
        expect(maskCardNumbers(text)).to.equal(text.replaceAll(RUN, maskSlowly));
      }),
      { numRuns: 2_000 },
    );
  });

  const hundredKilobytes: [string, string][] = [
    ['single digits', `${'1 '.repeat(50_000)}x`],
    ['groups of four', '4242 '.repeat(20_000)],
    ['one number', '4'.repeat(100_000)],
    ['beginnings of numbers', '4-4-4-4-4-4-4-4-4-4-4-4x'.repeat(4_000)],
    ['digits before a letter', `1 1 1 1 1 1 ${'1'.repeat(100_000)}x`],
  ];
  for (const [what, text] of hundredKilobytes) {
    it(`takes no longer than its length over ${what}`, async () => {
      // Where each digit is followed to the end of its run, it takes more than six.
      expect(await cpuSeconds(() => maskCardNumbers(text))).to.be.below(2);
    });
  }

  it('still masks a number at the end of a long run', () => {
    const text = `${'1 '.repeat(5_000)}4242 4242 4242 4242`;
    expect(maskCardNumbers(text)).to.match(/1 •{12}4242$/u);
  });
});
