import { readdirSync, readFileSync } from 'node:fs';
import type { CategoryId, ConsentModel } from '../../../config/consent.ts';
import type { ServicePurpose } from '../../../config/services-catalogue.ts';
import { templatesFolder } from '../../folders.ts';
import type { BannerTexts, CategoryTexts, ServiceCookie } from './model.ts';

/** The words that differ by what the law asks for. */
type ModelTexts = Pick<
  BannerTexts,
  'title' | 'body' | 'acceptAll' | 'refuseAll' | 'reopen' | 'preferencesBody'
>;

/** A file of `templates/banner`: our own words for visitors, in one language. */
export interface BannerWords extends Record<ConsentModel, ModelTexts> {
  common: Omit<BannerTexts, keyof ModelTexts>;
  categories: Record<CategoryId, CategoryTexts>;
  /** What a well-known service is there for. */
  services: Record<ServicePurpose, string>;
  /** What the table of cookies says beside them. */
  declaration: {
    ownPurpose: string;
    heading: Record<'service' | 'purpose' | 'life', string>;
    kind: Record<ServiceCookie['kind'], string>;
    life: Record<'session' | 'untilCleared', string>;
  };
}

const folder = `${templatesFolder}/banner`;
const words = new Map(
  readdirSync(folder).map((file) => [
    file.replace(/\.json$/u, ''),
    JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as BannerWords,
  ]),
);

/** The languages in which banners can speak (BCP 47): more than pages have. */
export const bannerLanguageCodes: readonly string[] = [...words.keys()].sort();

/** Our words in a language; English where we have none. */
export function bannerWords(code: string): BannerWords {
  const found = words.get(code) ?? words.get('en');
  if (!found) throw new Error('The English words of the banner are missing.');
  return found;
}

const FROM_RIGHT_TO_LEFT: readonly string[] = ['ar', 'he'];

export const bannerDirection = (code: string): 'ltr' | 'rtl' =>
  FROM_RIGHT_TO_LEFT.includes(code) ? 'rtl' : 'ltr';
