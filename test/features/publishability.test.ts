import { expect } from 'chai';
import { consentLaws, type ConsentLaw } from '../../config/consent.ts';
import { servicesCatalogue } from '../../config/services-catalogue.ts';
import {
  canonicalJson,
  defaultContent,
  type ConfigurationContent,
} from '../../server/features/consent/service.ts';
import { withWords } from '../../server/features/designer/changes.ts';
import { differencesOf } from '../../server/features/designer/difference.ts';
import type { Circumstances } from '../../server/features/designer/faults.ts';
import { publishability } from '../../server/features/designer/publishability.ts';
import { serviceFromCatalogue } from '../../server/features/designer/purpose-forms.ts';
import { isTracker } from '../../server/features/designer/trackers.ts';
import { languageCodes } from '../../server/language.ts';
import type { Organization } from '../../server/features/organizations/service.ts';

const organization = {
  languages: ['en', 'de'],
  policyUrl: 'https://www.example.org/privacy',
  slug: 'acme',
  cookieCategories: ['necessary', 'preferences', 'analytics', 'marketing'],
} as unknown as Organization;

const circumstances: Circumstances = {
  origins: ['https://www.example.org', 'https://shop.example.org'],
  otherHosts: ['www.sister.example'],
  isTracker,
  laws: consentLaws,
};

const plain = (): ConfigurationContent => structuredClone(defaultContent(organization));
const codesOf = (content: ConfigurationContent) =>
  publishability(content, circumstances).map(({ code, at }) => `${code} ${at.page}#${at.field}`);
const known = (id: string) =>
  serviceFromCatalogue(
    servicesCatalogue.find((one) => one.id === id)!,
    ['en', 'de'],
  );

function changeLaw(content: ConfigurationContent, name: string, change: Partial<ConsentLaw>): void {
  content.laws = content.laws.map((law) => (law.regime === name ? { ...law, ...change } : law));
}

describe('What keeps a banner from being published', () => {
  it('is nothing, for what a site starts with, in every language', () => {
    const everywhere = { ...organization, languages: [...languageCodes] };
    expect(codesOf(defaultContent(everywhere))).to.deep.equal([]);
  });

  it('is nothing about any service of the catalogue', () => {
    const services = servicesCatalogue.map(({ id }) => known(id));
    expect(codesOf({ ...plain(), services })).to.deep.equal([]);
    expect(new Set(services.map(({ id }) => id)).size).to.equal(servicesCatalogue.length);
  });

  type Text = keyof ConfigurationContent['texts'][string]['models']['opt-in'];
  const texts: [string, Partial<Record<Text, string>>, string[]][] = [
    [
      'no words on the button that refuses',
      { refuseAll: ' ' },
      ['refuse-empty words/en/opt-in#texts-refuseAll'],
    ],
    [
      'a button that refuses with signs that nobody sees',
      { refuseAll: '\u200b\u3164\u2800' },
      ['refuse-empty words/en/opt-in#texts-refuseAll'],
    ],
    ['a mark in place of words', { save: '…' }, ['text-missing words/en/opt-in#texts-save']],
    ['a text that is missing', { save: '' }, ['text-missing words/en/opt-in#texts-save']],
    [
      'a place that cannot be filled in',
      { ageHint: 'Ask a parent.' },
      ['place-missing words/en/opt-in#texts-ageHint'],
    ],
    [
      'the same words twice',
      { acceptAll: 'Go on!', refuseAll: 'go  on' },
      ['same-words words/en/opt-in#texts-refuseAll'],
    ],
    [
      'the same words, told apart by signs that nobody sees',
      { acceptAll: 'Go on', refuseAll: 'Go\u200b on\u00ad' },
      ['same-words words/en/opt-in#texts-refuseAll'],
    ],
    [
      'a short word drawn out by signs that nobody sees',
      {
        acceptAll: 'Accept all and enjoy the full experience',
        refuseAll: `No${'\u200b'.repeat(30)}`,
      },
      ['uneven-buttons words/en/opt-in#texts-refuseAll'],
    ],
    [
      'details that read like refusing',
      { choose: 'Refuse all' },
      ['same-words words/en/opt-in#texts-refuseAll'],
    ],
    [
      'a long way round to refuse',
      { acceptAll: 'Yes', refuseAll: 'Continue without supporting us today' },
      ['uneven-buttons words/en/opt-in#texts-refuseAll'],
    ],
    [
      'a mere "No" beside a warm sentence',
      { acceptAll: 'Accept all and enjoy the full experience', refuseAll: 'No' },
      ['uneven-buttons words/en/opt-in#texts-refuseAll'],
    ],
    ['nothing, for other fair words', { acceptAll: 'Agree', refuseAll: 'Decline' }, []],
  ];
  for (const [what, words, faults] of texts) {
    it(`is ${what}`, () => {
      const content = plain();
      Object.assign(content.texts.en!.models['opt-in'], words);
      expect(codesOf(content)).to.deep.equal(faults);
    });
  }

  const changes: [string, (content: ConfigurationContent) => void, string[]][] = [
    [
      'a category without words',
      ({ texts: { de } }) => (de!.categories.analytics.description = ''),
      ['category-wordless categories/analytics#description-de'],
    ],
    [
      'nothing, for words of a category that is off',
      (content) => {
        content.categories = content.categories.filter(({ id }) => id !== 'analytics');
        content.texts.de!.categories.analytics.title = '';
      },
      [],
    ],
    [
      'a language without words',
      (content) => content.languages.push('fr'),
      ['language-wordless words#languages'],
    ],
    [
      'no privacy notice under opt-in',
      (content) => (content.policyUrl = null),
      ['policy-missing law#policyUrl'],
    ],
    [
      'a brand theme without a colour',
      (content) => (content.look.theme = 'brand'),
      ['brand-colour look#accent'],
    ],
    [
      'a service that nobody answers for',
      (content) => {
        content.services = [{ ...known('youtube'), provider: ' ' }];
      },
      ['service-provider services/youtube#provider'],
    ],
    [
      'a service without a purpose in one language',
      (content) => {
        content.services = [{ ...known('youtube'), purpose: { en: 'Plays videos.' } }];
      },
      ['service-purpose services/youtube#purpose-de'],
    ],
    [
      'a service of a category that is off',
      (content) => {
        content.services = [known('youtube')];
        content.categories = content.categories.filter(({ id }) => id !== 'marketing');
      },
      ['service-category services/youtube#category'],
    ],
    [
      'a tracker that is called necessary',
      (content) => {
        content.services = [{ ...known('meta-pixel'), category: 'necessary' }];
      },
      ['service-tracker services/meta-pixel#category'],
    ],
    [
      'a cookie domain that misses an address',
      (content) => (content.cookieDomain = 'shop.example.org'),
      ['cookie-domain technical#cookieDomain'],
    ],
    ['nothing, for one that covers all', (content) => (content.cookieDomain = 'example.org'), []],
    [
      'a category whose name nobody sees',
      ({ texts: { en } }) => (en!.categories.marketing.title = '\u200b'),
      ['category-wordless categories/marketing#title-en'],
    ],
    [
      'more services than a choice can name',
      (content) => {
        content.services = Array.from({ length: 201 }, (_, at) => ({
          ...known('youtube'),
          id: `service-${String(at)}`,
        }));
      },
      ['services-many purposes#categories'],
    ],
    [
      'a stranger in the group',
      (content) => (content.group = ['www.sister.example', 'evil.example']),
      ['group-host technical#group'],
    ],
    [
      'a model weaker than the law',
      (content) => {
        changeLaw(content, 'gdpr', { model: 'notice' });
      },
      ['law-model law/gdpr#model'],
    ],
    [
      'a signal that the law wants honoured',
      (content) => {
        changeLaw(content, 'ccpa', { honoursGpc: false });
      },
      ['law-gpc law/ccpa#honoursGpc'],
    ],
    [
      'a form that the law wants linked',
      (content) => {
        changeLaw(content, 'ccpa', { entries: ['sell'] });
      },
      ['law-entry law/ccpa#entries'],
    ],
    [
      'asking again too soon',
      (content) => {
        changeLaw(content, 'gdpr', { refusalDays: 30 });
      },
      ['law-pause law/gdpr#refusalDays'],
    ],
  ];
  it('is a cookie domain under which everybody registers', () => {
    const content = { ...plain(), cookieDomain: 'co.uk' };
    const british = { ...circumstances, origins: ['https://www.fern.co.uk'] };
    const codes = (cookieDomain: string) =>
      publishability({ ...content, cookieDomain }, british).map(({ code }) => code);
    expect(codes('co.uk')).to.deep.equal(['cookie-domain-shared']);
    expect(codes('fern.co.uk')).to.deep.equal([]);
    expect(codes('www.fern.co.uk')).to.deep.equal([]);
  });

  for (const [what, change, faults] of changes) {
    it(`is ${what}`, () => {
      const content = plain();
      change(content);
      expect(codesOf(content)).to.deep.equal(faults);
    });
  }

  it('is judged by what visitors can meet: under the strictest law, its words alone', () => {
    const content = plain();
    content.texts.en!.models['opt-out'].refuseAll = '';
    expect(codesOf(content)).to.deep.equal(['refuse-empty words/en/opt-out#texts-refuseAll']);
    expect(codesOf({ ...content, regimeMode: 'strictest' })).to.deep.equal([]);
  });
});

describe('The difference of two designs', () => {
  it('is empty for the same, however its members are ordered', () => {
    const content = plain();
    const turned = Object.fromEntries(Object.entries(content).reverse());
    expect(differencesOf(content, turned as unknown as ConfigurationContent)).to.deep.equal([]);
  });

  it('names each word and setting on its own, and what is new as a whole', () => {
    const before = plain();
    const after = withWords(
      plain(),
      { language: 'en', model: 'opt-in' },
      { texts: { title: 'We ask' }, reset: [] },
    );
    after.services = [known('youtube')];
    after.look.theme = 'dark';
    changeLaw(after, 'gdpr', { refusalDays: 400 });
    after.laws.reverse();
    expect(
      differencesOf(before, after)
        .map(({ path }) => path.join('.'))
        .sort(),
    ).to.deep.equal([
      'laws.gdpr.refusalDays',
      'look.theme',
      'services.youtube',
      'texts.en.models.opt-in.title',
    ]);
  });

  it('finds an emptied text to be our own again', () => {
    const own = withWords(
      plain(),
      { language: 'en', model: 'opt-in' },
      { texts: { title: 'We ask' }, reset: [] },
    );
    const back = withWords(
      own,
      { language: 'en', model: 'opt-in' },
      { texts: { title: '' }, reset: [] },
    );
    expect(canonicalJson(back)).to.equal(canonicalJson(plain()));
  });
});
