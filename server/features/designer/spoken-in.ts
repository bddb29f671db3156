import { bannerDirection } from '../consent/service.ts';

/** Words of a banner within a sentence of the page: their direction stays their own (Unicode, FSI and PDI). */
export const isolated = (text: string) => `\u2068${text}\u2069`;

/** What a field says of the text in it, so that it is read aloud and written in the right way (WCAG 3.1.2). */
export const spokenIn = (code: string) => ({ textLang: code, textDir: bannerDirection(code) });
