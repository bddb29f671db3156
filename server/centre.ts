import Joi from 'joi';
import { config } from '../config/index.ts';
import { languageLinks, type Language } from './language.ts';
import { line } from './wire.ts';

/** What every address of a privacy centre names. */
export interface InCentre {
  /** Its short name. */
  organization: string;
}
export const inCentre = Joi.object<InCentre>({ organization: line(60).required() });

interface Centre {
  slug: string;
}

/** Where the privacy centre of an organisation begins. */
export const centrePath = ({ slug }: Centre): string => `/privacy/${slug}`;

/** The same as mails and other systems need it. */
export const centreUrl = (organization: Centre): string =>
  `${config.publicUrl}${centrePath(organization)}`;

/**
 * A page of the privacy centre. Its language links lead to `here`, with the choices made so far:
 * the address of a refused form takes no GET.
 */
export const centrePage = <O extends { languages: readonly string[] }>(
  organization: O,
  language: Language,
  page: string,
  here: string,
  model: object,
) => ({
  page,
  organization,
  model: { ...model, languages: languageLinks(organization.languages, here, language) },
});
