import {
  letterOf,
  letters,
  letterStages,
  letterVariables,
  subjectVariablesOf,
  variablesOf,
  type LetterCode,
} from '../../../config/letters.ts';
import { languageOf, type Language } from '../../language.ts';
import type { Organization } from '../organizations/service.ts';
import type { LetterName } from './schema.ts';
import {
  checkLetter,
  type CurrentLetter,
  type LetterFault,
  type LetterVersion,
} from './service.ts';
import { exampleValues } from './values.ts';
import { writeLetter, type LetterSource } from './writing.ts';

const homeOf = ({ slug }: Organization) => `/o/${slug}/letters`;

export const pathOfLetter = (organization: Organization, { code, language }: LetterName) =>
  `${homeOf(organization)}/${code}/${language}`;

export const letterTitle = ({ t }: Language, code: LetterCode) => t(`letters.letter.${code}.name`);

/** Every letter by stage, and in which languages an organisation words it itself. */
export function letterList(
  { t, languageName }: Language,
  organization: Organization,
  own: ReadonlyMap<LetterCode, ReadonlySet<string>>,
) {
  const { languages } = organization;
  const [first = 'en'] = languages;
  return letterStages.map((stage) => ({
    id: stage,
    title: t(`letters.stage.${stage}`),
    letters: letters
      .filter((letter) => letter.stage === stage)
      .map(({ code }) => ({
        title: t(`letters.letter.${code}.name`),
        text: t(`letters.letter.${code}.when`),
        href: pathOfLetter(organization, { code, language: first }),
        own: languages.filter((language) => own.get(code)?.has(language)).map(languageName),
      })),
  }));
}

/** A letter to an invented person, as it would be sent. */
export function letterPreview(organization: Organization, name: LetterName, source: LetterSource) {
  const language = languageOf(name.language);
  const { subject, blocks } = writeLetter(
    name.code,
    language,
    source,
    exampleValues(organization, language),
  );
  return { lang: language.code, subject, blocks };
}

/** What is wrong, in words: by the line that it stands in. */
function faultTexts({ t }: Language, faults: readonly LetterFault[]) {
  const names = { if: '{{#if}}', each: '{{#each}}' };
  return faults.map(({ part, line, code, name }) => ({
    part,
    href: `#${part}`,
    text: t('letters.fault.line', {
      line,
      text: t(`letters.fault.${code}`, { name, ...names }),
    }),
  }));
}

/** How a variable is written in the source. */
function spellingOf(name: keyof typeof letterVariables): string {
  const variable = letterVariables[name];
  if (!('members' in variable)) return `{{${name}}}`;
  const members = variable.members.map((member) => `{{${member}}}`).join(' ');
  return `{{#each ${name}}} ${members} {{/each}}`;
}

interface Editing {
  name: LetterName;
  current: CurrentLetter;
  /** What stands in the form: the letter in force, or what was typed. */
  typed: LetterSource;
  versions: readonly LetterVersion[];
  who: ReadonlyMap<string, string>;
  mayWrite: boolean;
  isRefused: boolean;
  notice?: string;
}

/** The page of a letter: its words, how they look, what they may name, and all versions. */
export function letterView(
  language: Language,
  organization: Organization,
  { name, current, typed, versions, who, mayWrite, isRefused, notice }: Editing,
) {
  const { t } = language;
  const here = pathOfLetter(organization, name);
  const faults = faultTexts(language, checkLetter(name.code, typed));
  const errorOf = (part: string) => faults.find((fault) => fault.part === part)?.text;
  const inSubject = new Set(subjectVariablesOf(name.code));
  return {
    title: letterTitle(language, name.code),
    subtitle: t(`letters.letter.${name.code}.when`),
    back: { href: homeOf(organization), label: t('letters.edit.back') },
    badge: current.isOwn
      ? { text: t('letters.edit.own'), tone: 'info' }
      : { text: t('letters.edit.standard'), tone: 'neutral' },
    tabs: organization.languages.map((code) => ({
      href: pathOfLetter(organization, { code: name.code, language: code }),
      label: languageOf(code).t('layout.languageName'),
      current: code === name.language,
    })),
    action: here,
    previewAction: `${here}/preview`,
    version: current.version,
    mayWrite,
    notice,
    hasSubject: letterOf(name.code).place === 'mail',
    values: typed,
    errors: { subject: errorOf('subject'), body: errorOf('body') },
    faults,
    errorList: isRefused ? faults : [],
    preview: faults.length === 0 ? letterPreview(organization, name, typed) : null,
    variables: variablesOf(name.code).map((variable) => ({
      code: spellingOf(variable),
      text: t(`letters.variable.${variable}`),
      inSubject: inSubject.has(variable),
    })),
    variablesText: t('letters.edit.variablesText', { if: '{{#if name}}', end: '{{/if}}' }),
    versions: versions.map((version) => versionLink(language, organization, here, version, who)),
    reset: current.isOwn && mayWrite ? { action: `${here}/standard` } : null,
    hidden: [{ name: 'version', value: current.version }],
  };
}

/** What a version is, in one line. */
function versionKind({ t }: Language, { isOwn, restoredFrom }: LetterVersion): string {
  if (restoredFrom !== null) return t('letters.edit.restored', { from: restoredFrom });
  return t(isOwn ? 'letters.edit.own' : 'letters.edit.standardAgain');
}

export const savedByText = (
  { t, moment }: Language,
  { timeZone }: Organization,
  { savedAt, savedBy }: LetterVersion,
  who: ReadonlyMap<string, string>,
) =>
  t('letters.edit.savedBy', {
    when: moment(savedAt, timeZone),
    who: who.get(savedBy) ?? t('letters.edit.someone'),
  });

const versionLink = (
  language: Language,
  organization: Organization,
  here: string,
  version: LetterVersion,
  who: ReadonlyMap<string, string>,
) => ({
  href: `${here}/versions/${version.version.toString()}`,
  title: `${language.t('letters.edit.version', { version: version.version })} · ${versionKind(language, version)}`,
  text: savedByText(language, organization, version, who),
});
