import { expect } from 'chai';
import fc from 'fast-check';
import {
  letterCodes,
  letterOf,
  letterVariables,
  letters,
  mailFor,
  type LetterCode,
} from '../../config/letters.ts';
import { defaultLetter, letterLanguages } from '../../server/features/letters/defaults.ts';
import { blocksOf, textOfBlocks } from '../../server/features/letters/markup.ts';
import { faultsOf } from '../../server/features/letters/source.ts';
import { writeLetter, type LetterValues } from '../../server/features/letters/writing.ts';
import { languageOf } from '../../server/language.ts';

const english = languageOf('en');

const values: LetterValues = {
  organization: 'Example Ltd',
  reference: '7K3M-9QXT-2',
  right: 'A copy',
  receivedOn: '2030-03-04',
  answerBy: '2030-04-03',
  office: 'privacy@example.org',
  officer: 'officer@example.org',
  link: 'https://example.org/a-(b)?c=*d*',
  authorities: [{ name: 'First authority', contact: 'first.example' }],
};
const write = (body: string, given: LetterValues = {}, code: LetterCode = 'message') =>
  writeLetter(code, english, { subject: 'About {{reference}}', body }, { ...values, ...given });

describe('Letters of the house', () => {
  it('are there in four languages', () => {
    expect(letterLanguages).to.deep.equal(['de', 'en', 'es', 'fr']);
  });

  for (const language of letterLanguages) {
    it(`are complete and could be saved as they are: ${language}`, () => {
      for (const code of letterCodes) {
        const { subject, body } = defaultLetter(code, language);
        expect(faultsOf(code, 'body', body), code).to.deep.equal([]);
        if (letterOf(code).place === 'portal') expect(subject, code).to.equal('');
        else expect(faultsOf(code, 'subject', subject), code).to.deep.equal([]);
        expect(body, code)
          .to.match(/\{\{office\}\}/u)
          .and.to.match(/\{\{officer\}\}/u);
        expect(body, `${code}: a part that is not there`).not.to.match(/^@/mu);
      }
    });

    it(`use the same variables as in English: ${language}`, () => {
      const named = (code: LetterCode, of: string) =>
        [...new Set(defaultLetter(code, of).body.match(/\{\{[#/]?[^}]+\}\}/gu))].sort();
      for (const code of letterCodes) {
        expect(named(code, language), code).to.deep.equal(named(code, 'en'));
      }
    });

    it(`name the way to complain, and that no right is held against anybody: ${language}`, () => {
      const fairness = writeLetter(
        'completed',
        languageOf(language),
        defaultLetter('completed', language),
        values,
      ).text;
      for (const { code, stage } of letters) {
        if (stage !== 'answer' || code === 'package-expires') continue;
        const { text } = writeLetter(
          code,
          languageOf(language),
          defaultLetter(code, language),
          values,
        );
        expect(text, code).to.include('First authority').and.to.include('first.example');
        const sentences = fairness.split('\n\n');
        expect(sentences.at(-3), 'the sentence on fairness').to.satisfy((sentence: string) =>
          text.includes(sentence),
        );
      }
    });
  }

  it('that are read in the portal are announced by a mail', () => {
    for (const code of letterCodes) expect(letterOf(mailFor(code)).place).to.equal('mail');
    expect(mailFor('refused')).to.equal('answered');
    expect(mailFor('extended')).to.equal('extended');
  });
});

describe('Writing a letter', () => {
  it('understands headings, paragraphs, lists, facts, links and buttons', () => {
    const { subject, blocks } = write(
      [
        '# For {{organization}}',
        'One\ntwo **three** [four](https://example.org/four)',
        '- a\n- b {{reference}}',
        '| Answer by | {{answerBy}} |',
        '[Open]({{link}})',
      ].join('\n\n'),
    );
    expect(subject).to.equal('About 7K3M-9QXT-2');
    expect(blocks).to.deep.equal([
      { heading: [{ text: 'For Example Ltd' }] },
      {
        paragraph: [
          { text: 'One' },
          { text: 'two ', breaks: true },
          { text: 'three', isStrong: true },
          { text: ' ' },
          { text: 'four', href: 'https://example.org/four' },
        ],
      },
      { list: [[{ text: 'a' }], [{ text: 'b 7K3M-9QXT-2' }]] },
      { facts: [{ term: 'Answer by', text: '3 April 2030' }] },
      { button: { label: 'Open', href: 'https://example.org/a-(b)?c=*d*' } },
    ]);
  });

  it('goes through lists and leaves out what is not there', () => {
    const body =
      '{{#each authorities}}\n- {{name}} for {{../organization}}\n{{else}}\nNone.\n{{/each}}';
    expect(write(body).text).to.equal('- First authority for Example Ltd');
    expect(write(body, { authorities: [] }).text).to.equal('None.');
    expect(write('A{{#if appealLink}} at {{appealLink}}{{/if}}.').text).to.equal('A.');
  });

  it('says nothing but the letter’s own variables', () => {
    expect(
      write('[{{name}}{{constructor}}{{ground}}]', { name: 'Ada', ground: 'x' }).text,
    ).to.equal('[]');
  });

  it('links to pages of the web only', () => {
    const { blocks } = write('[here](javascript:alert)');
    expect(blocks).to.deep.equal([{ paragraph: [{ text: 'here' }] }]);
  });

  it('takes every value for text', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('a', '\n', '#', '-', '|', '[', '](http://x.test)', '*', ' '),
        }),
        (value) => {
          const { blocks } = write('Before {{organization}} after', { organization: value });
          expect(blocks).to.have.length(1);
          const spans = blocks[0]?.paragraph ?? [];
          expect(spans.every(({ href, isStrong }) => !href && !isStrong)).to.equal(true);
          const shown = spans.map(({ text, breaks }) => (breaks ? `\n${text}` : text)).join('');
          expect(shown).to.equal(`Before ${value} after`);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('reads any text without failing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(textOfBlocks(blocksOf(text))).to.be.a('string');
      }),
      { numRuns: 300 },
    );
  });
});

describe('Checking a letter', () => {
  const cases: [string, string, object | null][] = [
    ['plain words', 'Hello.', null],
    ['a variable', 'Hello {{organization}}', null],
    ['a comment', '{{!-- why --}}Hello', null],
    ['a choice', '{{#if link}}a{{else}}b{{/if}}{{#unless link}}c{{/unless}}', null],
    ['a list', '{{#each authorities}}{{name}}, {{../reference}}{{/each}}', null],
    ['a known address', '[a]({{link}}) [b](https://example.org)', null],
    ['no words', ' \n', { line: 1, code: 'no-text', name: '' }],
    ['an unknown variable', 'a\n{{nmae}}', { line: 2, code: 'unknown-variable', name: 'nmae' }],
    [
      'another letter’s variable',
      '{{ground}}',
      { line: 1, code: 'unknown-variable', name: 'ground' },
    ],
    ['a member outside', '{{contact}}', { line: 1, code: 'unknown-variable', name: 'contact' }],
    [
      'a way in',
      '{{organization.constructor}}',
      { line: 1, code: 'unknown-variable', name: 'organization.constructor' },
    ],
    ['the prototype', '{{__proto__}}', { line: 1, code: 'unknown-variable', name: '__proto__' }],
    ['the root', '\n\n{{@root.link}}', { line: 3, code: 'unknown-variable', name: '@root.link' }],
    ['raw output', '{{{link}}}', { line: 1, code: 'not-allowed', name: 'link' }],
    ['another helper', '{{lookup this link}}', { line: 1, code: 'not-allowed', name: 'lookup' }],
    ['another block', '{{#with link}}a{{/with}}', { line: 1, code: 'not-allowed', name: 'with' }],
    ['a partial', 'a\n{{> email-code}}', { line: 2, code: 'not-allowed', name: 'partial' }],
    ['a bare list', '{{authorities}}', { line: 1, code: 'list-without-each', name: 'authorities' }],
    ['a text as a list', '{{#each link}}a{{/each}}', { line: 1, code: 'not-a-list', name: 'link' }],
    [
      'a list in a list',
      '{{#each authorities}}a\n{{#each ../authorities}}b{{/each}}{{/each}}',
      { line: 2, code: 'each-in-each', name: 'each' },
    ],
    [
      'five blocks inside one another',
      `${'{{#if link}}\n'.repeat(5)}a${'{{/if}}'.repeat(5)}`,
      { line: 5, code: 'too-deep', name: 'if' },
    ],
    ['an open block', 'a\nb\n{{#if link}}', { line: 3, code: 'syntax', name: '' }],
    ['a wrong end', '{{#if link}}a{{/unless}}', { line: 1, code: 'syntax', name: '' }],
    ['broken braces', 'a\n{{link', { line: 2, code: 'syntax', name: '' }],
    ['a script link', 'a\n[b](javascript:c)', { line: 2, code: 'bad-link', name: 'javascript:c' }],
  ];
  for (const [what, source, fault] of cases) {
    it(`${fault ? 'refuses' : 'accepts'} ${what}`, () => {
      expect(faultsOf('message', 'body', source)).to.deep.equal(fault ? [fault] : []);
    });
  }

  it('survives whatever nests as deeply as a letter is long', () => {
    const deep = '{{#if link}}'.repeat(950) + '{{/if}}'.repeat(950);
    expect(faultsOf('message', 'body', deep)).to.deep.equal([
      { line: 1, code: 'too-deep', name: 'if' },
    ]);
  });

  it('keeps everything but organisation, reference and days out of subjects', () => {
    const allowed = Object.keys(letterVariables).filter(
      (name) => faultsOf('reminder', 'subject', `{{${name}}}`).length === 0,
    );
    expect(allowed).to.deep.equal([
      'organization',
      'reference',
      'receivedOn',
      'answerBy',
      'endsOn',
    ]);
    expect(faultsOf('reminder', 'subject', '{{right}}')).to.deep.equal([
      { line: 1, code: 'not-in-subject', name: 'right' },
    ]);
  });
});
