import Joi from 'joi';
import { letterCodes, letterLimits, type LetterCode } from '../../../config/letters.ts';
import { line, prose } from '../../wire.ts';
import { letterLanguages } from './defaults.ts';

export interface LetterName {
  code: LetterCode;
  language: string;
}
const name = {
  code: Joi.string()
    .valid(...letterCodes)
    .required(),
  language: Joi.string()
    .valid(...letterLanguages)
    .required(),
};
export const letterName = Joi.object<LetterName>(name);

export interface LetterVersionName extends LetterName {
  version: number;
}
const number = Joi.number().integer().min(1);
export const letterVersionName = Joi.object<LetterVersionName>({
  ...name,
  version: number.required(),
});

export interface LetterEdit {
  /** The version that the editor saw; 0 where there was none. */
  version: number;
  subject: string;
  body: string;
}
const seen = Joi.number().integer().min(0).required();
export const letterEdit = Joi.object<LetterEdit>({
  version: seen,
  subject: line(letterLimits.subject).allow('').default(''),
  // Forms send line ends of two signs.
  body: prose(letterLimits.body).replace(/\r\n?/gu, '\n').allow('').default(''),
});

export interface SeenVersion {
  version: number;
}
export const seenVersion = Joi.object<SeenVersion>({ version: seen });
