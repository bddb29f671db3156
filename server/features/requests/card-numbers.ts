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

const MOST_DIGITS = 19;

const isCardNumber = (digits: string) =>
  digits.length >= 13 && digits.length <= MOST_DIGITS && ISSUED.test(digits) && passesLuhn(digits);

const masked = (digits: string) => '•'.repeat(digits.length - 4) + digits.slice(-4);

/** The longest card number of whole groups that begins with one of them. Nothing longer is looked at. */
function cardAt(groups: readonly RegExpExecArray[], at: number) {
  let digits = '';
  let card: { digits: string; last: number } | null = null;
  for (let last = at; last < groups.length; last++) {
    const group = groups[last]?.[0] ?? '';
    if (digits.length + group.length > MOST_DIGITS) break;
    digits += group;
    if (isCardNumber(digits)) card = { digits, last };
  }
  return card;
}

/** Masks the longest card number made of whole groups of a run, again and again. */
function maskRun(run: string): string {
  const groups = [...run.matchAll(/\d+/gu)];
  let text = '';
  let copied = 0;
  for (let at = 0; at < groups.length; at++) {
    const card = cardAt(groups, at);
    if (!card) continue;
    const last = groups[card.last];
    text += run.slice(copied, groups[at]?.index) + masked(card.digits);
    copied = (last?.index ?? 0) + (last?.[0].length ?? 0);
    at = card.last;
  }
  return text + run.slice(copied);
}

/** The text with every payment card number cut down to its last four digits: none is ever stored. */
export function maskCardNumbers(text: string): string {
  return text.replaceAll(RUN, maskRun);
}
