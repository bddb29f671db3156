import { languageOf, type Language } from '../../language.ts';
import type { Organization } from '../organizations/service.ts';

/**
 * A page of the privacy centre. Its language links lead to `here`, with the choices made so far:
 * the address of a refused form takes no GET.
 */
export function centrePage(
  organization: Organization,
  language: Language,
  page: string,
  here: string,
  model: object,
) {
  const { languages } = organization;
  const join = here.includes('?') ? '&' : '?';
  return {
    page,
    organization,
    model: {
      ...model,
      languages: (languages.length > 1 ? languages : []).map((code) => ({
        code,
        label: languageOf(code).t('layout.languageName'),
        href: `${here}${join}lang=${code}`,
        current: code === language.code,
      })),
    },
  };
}

/** The errors of a form for the summary above it, in the order of its fields. */
export function errorList(errors: Record<string, string>, fields: readonly string[]) {
  return fields.flatMap((field) => {
    const text = errors[field];
    return text === undefined ? [] : [{ href: `#${field}`, text }];
  });
}
