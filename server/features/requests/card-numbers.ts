/** Groups of digits with at most one separator between neighbours. */
const RUN = /(?<![\p{L}\d])\d(?:[\s.\p{Dash_Punctuation}]?\d){12,}(?![\p{L}\d])/gu;

/** What issuers put in front (ISO/IEC 7812): Maestro, Visa, Mastercard, American Express, Diners, Discover, JCB, UnionPay. */
const ISSUED =
  /^(?:4|5[0-9]|6|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)|3(?:4|7|0[0-5]|[689]|5(?:2[89]|[3-8])))/u;

function passesLuhn(digits: string): boolean {
  const sum = Array.from(digits)
    .reverse()
    .reduce((total, digit, at) => {
      const value = Number(digit) * (at % 2 === 0 ? 1 : 2);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}

const isCardNumber = (digits: string) =>
  digits.length >= 13 && digits.length <= 19 && ISSUED.test(digits) && passesLuhn(digits);

const masked = (digits: string) => '•'.repeat(digits.length - 4) + digits.slice(-4);

/** Masks the longest card number made of whole groups of a run, again and again. */
function maskRun(run: string): string {
  const groups = [...run.matchAll(/\d+/gu)].map((match) => ({
    digits: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
  for (const [at, first] of groups.entries()) {
    for (let last = groups.length - 1; last >= at; last--) {
      const digits = groups
        .slice(at, last + 1)
        .map((group) => group.digits)
        .join('');
      const end = groups[last]?.end ?? 0;
      if (isCardNumber(digits)) {
        return run.slice(0, first.start) + masked(digits) + maskRun(run.slice(end));
      }
    }
  }
  return run;
}

/** The text with every payment card number cut down to its last four digits: none is ever stored. */
export function maskCardNumbers(text: string): string {
  return text.replaceAll(RUN, maskRun);
}
