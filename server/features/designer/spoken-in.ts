import { bannerDirection } from '../consent/service.ts';

/** What a field says of the text in it, so that it is read aloud and written in the right way (WCAG 3.1.2). */
export const spokenIn = (code: string) => ({ textLang: code, textDir: bannerDirection(code) });
