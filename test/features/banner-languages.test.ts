import { expect } from 'chai';
import {
  bannerDirection,
  bannerLanguageCodes,
  defaultTexts,
} from '../../server/features/consent/service.ts';
import { languageCodes, preferredLanguage } from '../../server/language.ts';

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
  it('are there in every language of pages', () => {
    expect(bannerLanguageCodes).to.include.members([...languageCodes]);
  });

  it('are English where we do not speak a language', () => {
    expect(defaultTexts('tlh')).to.deep.equal(defaultTexts('en'));
    expect(bannerDirection('tlh')).to.equal('ltr');
  });
});
