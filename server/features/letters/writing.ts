import Handlebars from 'handlebars';
import { letterVariables, variablesOf, type LetterCode } from '../../../config/letters.ts';
import type { Language } from '../../language.ts';
import { blocksOf, guarded, textOfBlocks, unguarded, type Block } from './markup.ts';

/** A letter as an organisation, or the house, worded it. */
export interface LetterSource {
  /** Empty for a letter that is read in the portal. */
  subject: string;
  body: string;
}

/** What a letter is told; days are `YYYY-MM-DD`. What is left out stays empty. */
export type LetterValues = {
  [name in keyof typeof letterVariables]?: (typeof letterVariables)[name] extends {
    members: readonly (infer Member extends string)[];
  }
    ? readonly Readonly<Record<Member, string>>[]
    : string;
};

export interface WrittenLetter {
  subject: string;
  blocks: Block[];
  /** The body as plain text. */
  text: string;
}

const handlebars = Handlebars.create();
const options: CompileOptions = {
  // Values are guarded, not escaped: what is written here is text, which mails and pages escape.
  noEscape: true,
  knownHelpersOnly: true,
  knownHelpers: { if: true, unless: true, each: true },
};

const compiled = new Map<string, Handlebars.TemplateDelegate>();
const MOST_KEPT = 1000;

function templateOf(source: string): Handlebars.TemplateDelegate {
  let template = compiled.get(source);
  if (!template) {
    if (compiled.size >= MOST_KEPT) compiled.clear();
    template = handlebars.compile(unguarded(source, ''), options);
    compiled.set(source, template);
  }
  return template;
}

/** The letter's own variables and nothing else, with days in words. */
function contextOf(code: LetterCode, language: Language, values: LetterValues): object {
  const given: Readonly<Record<string, unknown>> = values;
  const text = (value: unknown, isDay: boolean) => {
    if (typeof value !== 'string' || value === '') return '';
    return guarded(isDay ? language.day(value) : value);
  };
  const say = (name: keyof typeof letterVariables): unknown => {
    const value = given[name];
    const { kind } = letterVariables[name];
    if (kind !== 'list') return text(value, kind === 'day');
    return ((value ?? []) as Readonly<Record<string, unknown>>[]).map((item) =>
      Object.fromEntries(
        Object.entries(item).map(([member, given]) => [member, text(given, member === 'until')]),
      ),
    );
  };
  return Object.fromEntries(variablesOf(code).map((name) => [name, say(name)]));
}

/** Writes a letter. Values are always text: nothing in them is read as markup. */
export function writeLetter(
  code: LetterCode,
  language: Language,
  { subject, body }: LetterSource,
  values: LetterValues,
): WrittenLetter {
  const context = contextOf(code, language, values);
  const blocks = blocksOf(templateOf(body)(context));
  return {
    subject: unguarded(templateOf(subject)(context)).replace(/\s+/gu, ' ').trim(),
    blocks,
    text: textOfBlocks(blocks),
  };
}
