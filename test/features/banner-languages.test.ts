import { expect } from 'chai';
import { categoryIds, consentLaws, consentModels } from '../../config/consent.ts';
import {
  bannerDirection,
  bannerLanguageCodes,
  bannerWords,
  defaultTexts,
} from '../../server/features/consent/service.ts';
import { wordFaults } from '../../server/features/designer/word-faults.ts';
import { languageCodes, preferredLanguage } from '../../server/language.ts';

const OFFICIAL = 'bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv'.split(
  ' ',
);
const OTHERS = ['ar', 'he', 'hi', 'is', 'ja', 'ko', 'nb', 'pt-BR', 'tr', 'uk', 'zh'];

/** What each word of a text has in it; in Chinese and Japanese that is no word of another language. */
const SCRIPTS: Readonly<Record<string, RegExp>> = {
  ar: /\p{Script=Arabic}/u,
  bg: /\p{Script=Cyrillic}/u,
  el: /\p{Script=Greek}/u,
  he: /\p{Script=Hebrew}/u,
  hi: /\p{Script=Devanagari}/u,
  ja: /\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Han}/u,
  ko: /\p{Script=Hangul}/u,
  uk: /\p{Script=Cyrillic}/u,
  zh: /\p{Script=Han}/u,
};
/** Said alike, or not at all, in many languages. */
const COMMON = /^(?:OK|Cookie)$/u;
/** Words that another language may share with English. */
const ALIKE = new Set<string | undefined>([
  'OK',
  'Cookie',
  'Marketing',
  'Provider',
  'Service',
  'Services',
]);
/** Names that stay as they are. */
const NAMES = /\{\w+\}|Global Privacy Control|GPC|cookies?|podcast|OK/giu;

type Texts = Record<string, string>;

function textsIn(value: unknown, key: string): [string, string][] {
  if (typeof value === 'string') return [[key, value]];
  return Object.entries(value as object).flatMap(([name, inner]) =>
    textsIn(inner, key === '' ? name : `${key}.${name}`),
  );
}
const textsOf = (code: string): Texts => Object.fromEntries(textsIn(bannerWords(code), ''));
const placesIn = (text = '') => (text.match(/\{\w+\}/gu) ?? []).sort().join();
const english = textsOf('en');

/** The most signs of a text that the first layer shows on a small phone. */
const MOST: [key: RegExp, signs: number][] = [
  [/^[^.]+\.title$/u, 40],
  [/^[^.]+\.body$/u, 170],
  [/^(?:opt-in|notice)\.(?:acceptAll|refuseAll)$|^common\.choose$/u, 20],
  [/^opt-out\.refuseAll$/u, 27],
  [/^common\.save$/u, 24],
];

describe('The language of a banner', () => {
  const cases: [asked: string, offered: string[], chosen: string | undefined][] = [
    ['de-AT,de;q=0.9,en;q=0.8', ['en', 'de'], 'de'],
    ['pt-BR,pt;q=0.9', ['pt', 'pt-BR'], 'pt-BR'],
    ['pt-PT', ['pt-BR', 'pt'], 'pt'],
    ['pt-br', ['pt'], 'pt'],
    ['pt', ['en', 'pt-BR'], 'pt-BR'],
    ['zh-TW', ['en', 'zh'], 'zh'],
    ['zh-Hans-CN', ['en', 'zh'], 'zh'],
    ['no', ['en', 'nb'], 'nb'],
    ['nn-NO,en;q=0.5', ['en', 'nb'], 'nb'],
    ['iw', ['en', 'he'], 'he'],
    ['sv;q=0.3,fi;q=0.7', ['sv', 'fi'], 'fi'],
    ['fi;q=0,sv', ['fi', 'sv'], 'sv'],
    ['*', ['en', 'de'], undefined],
    ['', ['en', 'de'], undefined],
    ['p', ['pt-BR'], undefined],
    ['cy, en;q=0.1', ['en', 'de'], 'en'],
  ];
  for (const [asked, offered, chosen] of cases) {
    it(`is ${chosen ?? 'left to the site'} for "${asked}" among ${offered.join(' and ')}`, () => {
      expect(preferredLanguage(asked, offered)).to.equal(chosen);
    });
  }
});

describe('The words of a banner', () => {
  it('are there in the official languages of the EU, in eleven others, and in those of pages', () => {
    expect(bannerLanguageCodes).to.have.members([...OFFICIAL, ...OTHERS]);
    expect(bannerLanguageCodes).to.include.members([...languageCodes]);
  });

  it('are English where we do not speak a language', () => {
    expect(defaultTexts('tlh')).to.deep.equal(defaultTexts('en'));
    expect(bannerDirection('tlh')).to.equal('ltr');
  });

  it('run from right to left in Arabic and Hebrew alone', () => {
    const toTheLeft = bannerLanguageCodes.filter((code) => bannerDirection(code) === 'rtl');
    expect(toTheLeft).to.deep.equal(['ar', 'he']);
  });

  for (const code of bannerLanguageCodes) {
    const texts = textsOf(code);
    const wrong = (isWrong: (text: string, key: string) => boolean) =>
      Object.entries(texts)
        .filter(([key, text]) => isWrong(text, key))
        .map(([key, text]) => `${key}: ${text}`);

    describe(`in ${code}`, () => {
      it('are all there, with the same places to fill, and no other', () => {
        expect(Object.keys(texts).sort()).to.deep.equal(Object.keys(english).sort());
        expect(wrong((text) => text !== text.trim() || text === '')).to.deep.equal([]);
        expect(wrong((text, key) => placesIn(text) !== placesIn(english[key]))).to.deep.equal([]);
      });

      it('could be published: to refuse is as plain as to accept', () => {
        const content = {
          regimeMode: 'by-region' as const,
          laws: [...consentLaws],
          languages: [code],
          categories: categoryIds.map((id) => ({ id, legalBasis: {} })),
          texts: { [code]: defaultTexts(code) },
        };
        expect(wordFaults(content as never)).to.deep.equal([]);
        expect(new Set(consentModels.map((model) => texts[`${model}.refuseAll`])).size).to.equal(3);
      });

      it('are short enough for a phone', () => {
        const most = (key: string) => MOST.find(([pattern]) => pattern.test(key))?.[1] ?? 220;
        expect(wrong((text, key) => text.length > most(key))).to.deep.equal([]);
      });

      it('are written in its own script', () => {
        const script = SCRIPTS[code] ?? /\p{Script=Latin}/u;
        expect(wrong((text) => !script.test(text) && !COMMON.test(text))).to.deep.equal([]);
        // Nothing of another alphabet within: a Latin o in a Bulgarian word looks the same.
        const foreign = code in SCRIPTS ? /\p{Script=Latin}/u : /[^\p{Script=Latin}\P{L}]/u;
        expect(wrong((text) => foreign.test(text.replaceAll(NAMES, '')))).to.deep.equal([]);
      });

      it('have the signs of its own typography', () => {
        // Straight quotes are of no language; a line must not begin with a sign of punctuation.
        expect(wrong((text) => /["']|\.\.\.|\s{2}|[ ][!,.:;?]/u.test(text))).to.deep.equal([]);
        if (code === 'zh' || code === 'ja') {
          expect(wrong((text) => /[!,.:;?]/u.test(text))).to.deep.equal([]);
        }
        if (code === 'fr') {
          expect(wrong((text) => /[^\u202f][!;?]|[^\u00a0]:/u.test(text))).to.deep.equal([]);
        }
      });

      if (code !== 'en') {
        it('are not left in English', () => {
          const same = Object.keys(english).filter(
            (key) => texts[key] === english[key] && !ALIKE.has(english[key]),
          );
          expect(same).to.deep.equal([]);
        });
      }
    });
  }
});
