import type { Language } from '../../language.ts';

/** The summary above a refused form: each sentence with the name of its field and a link to it. */
export const errorList = (language: Language, errors: Record<string, string>) =>
  Object.entries(errors).map(([field, text]) => {
    const label = `staff.field.${field}`;
    return {
      href: `#${field}`,
      text: language.has(label) ? `${language.t(label)}: ${text}` : text,
    };
  });
