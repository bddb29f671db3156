import type { Language } from './language.ts';

/** What a form holds while it is filled in: what is stored, or whatever was typed. */
export type Typed = Record<string, unknown>;
/** What is wrong with it: a sentence for each field. */
export type Errors = Record<string, string>;

export const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

export const listOf = (value: unknown): unknown[] => [value ?? []].flat();

export const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Typed)[name] : undefined;

/** A room's own sentence for each refused field: the text `<words>.<field>`, else `<words>.other`. */
export const sentencesOf = ({ t, has }: Language, words: string, errors: Errors): Errors =>
  Object.fromEntries(
    Object.keys(errors).map((field) => {
      const key = `${words}.${field}`;
      return [field, t(has(key) ? key : `${words}.other`)];
    }),
  );

/** The summary above a refused form: its sentences, each with a link to its field. */
export const errorList = (errors: Errors, fields: readonly string[] = Object.keys(errors)) =>
  fields.flatMap((field) => {
    const text = errors[field];
    return text === undefined ? [] : [{ href: `#${field}`, text }];
  });

/** A list is one field: what is wrong with its second member is shown at the list. */
const fieldOf = (error: string) => error.replace(/\.\d+$/u, '');

/** The same with the name of the field, the text `<words>.<field>`, before each sentence. */
export const namedErrorList = (
  { t, has }: Language,
  words: string,
  errors: Errors,
  idOf: (error: string) => string = fieldOf,
) =>
  Object.entries(errors).map(([error, text]) => {
    const id = idOf(error);
    const label = `${words}.${id.split('.').at(-1) ?? ''}`;
    return { href: `#${id}`, text: has(label) ? `${t(label)}: ${text}` : text };
  });
