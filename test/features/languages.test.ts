import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { templatesFolder } from '../../server/folders.ts';
import { languageCodes, languageOf } from '../../server/language.ts';

type Texts = Record<string, string>;

function textsIn(value: unknown, key: string): [string, string][] {
  if (typeof value === 'string') return [[key, value]];
  return Object.entries(value as object).flatMap(([name, inner]) =>
    textsIn(inner, `${key}.${name}`),
  );
}

function textsOf(language: string): Texts {
  const folder = `${templatesFolder}/locales/${language}`;
  return Object.fromEntries(
    readdirSync(folder).flatMap((file) =>
      textsIn(JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')), file.replace('.json', '')),
    ),
  );
}

/** `count` may be written out: "one day". */
const placesIn = (text = '') =>
  [...text.matchAll(/\{(\w+)\}/gu)]
    .map(([, name]) => name)
    .filter((name) => name !== 'count')
    .sort();

const english = textsOf('en');

describe('Languages', () => {
  it('are English, German, French and Spanish', () => {
    expect(languageCodes).to.deep.equal(['de', 'en', 'es', 'fr']);
  });

  for (const code of languageCodes) {
    const texts = textsOf(code);

    it(`have every text in ${code}, and no other`, () => {
      expect(Object.keys(texts).sort()).to.deep.equal(Object.keys(english).sort());
      expect(Object.keys(texts).filter((key) => texts[key]?.trim() === '')).to.deep.equal([]);
    });

    it(`have the same places to fill in ${code}`, () => {
      const differing = Object.keys(english).filter(
        (key) => placesIn(texts[key]).join() !== placesIn(english[key]).join(),
      );
      expect(differing).to.deep.equal([]);
    });

    it(`call themselves and each other by name in ${code}`, () => {
      const names = languageCodes.map((other) => languageOf(code).languageName(other));
      expect(new Set([...names, ...languageCodes]).size).to.equal(2 * languageCodes.length);
    });
  }

  it('count in their own way', () => {
    const left = (code: string, count: number) =>
      languageOf(code).t('requests.left.overdue', { count });
    expect(left('fr', 0)).to.equal('0\u00a0jour de retard');
    expect(left('fr', 2)).to.equal('2\u00a0jours de retard');
    expect(left('es', 1)).to.equal('1 día de retraso');
    expect(left('es', 0)).to.equal('0 días de retraso');
    // Both have a form for whole millions; ours says the same.
    expect(left('es', 1_000_000)).to.equal('1.000.000 días de retraso');
  });
});
