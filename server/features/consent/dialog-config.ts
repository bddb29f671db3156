import { config } from '../../../config/index.ts';
import type { SiteRow } from '../organizations/service.ts';
import { textsFor, wordsOf, type Shown } from './banner.ts';
import { completeContent } from './content.ts';
import type { ConfigurationRow, ConsentService } from './model.ts';

/** The words that only the second layer has. */
const DIALOG_WORDS = [
  'save',
  'alwaysActive',
  'preferencesTitle',
  'preferencesBody',
  'minor',
  'services',
  'provider',
  'transfer',
  'cookies',
  'providerPolicy',
  'declaration',
  'gpcHonoured',
] as const;

/** `DialogConfig`. */
export function dialogConfig(
  { siteKey }: Pick<SiteRow, 'siteKey'>,
  { content: stored }: ConfigurationRow,
  shown: Shown,
) {
  const content = completeContent(stored);
  const texts = textsFor(content, shown);
  return {
    texts: wordsOf(texts, DIALOG_WORDS),
    categories: content.categories.map(({ id }) => ({
      id,
      ...texts.categoryTexts[id],
      services: content.services
        .filter(({ category }) => category === id)
        .map((service) => dialogService(service, shown.language)),
    })),
    declarationUrl: `${config.publicUrl}/c/${siteKey}/cookies`,
  };
}

function dialogService(service: ConsentService, language: string) {
  const { id, name, provider, purpose, cookies, transfers, policyUrl } = service;
  const countries = new Intl.DisplayNames(language, { type: 'region' });
  const list = new Intl.ListFormat(language);
  const named = transfers.map((code) => countries.of(code) ?? code);
  return {
    id,
    name,
    provider,
    purpose: purpose[language] ?? '',
    cookies: cookies.map((cookie) => cookieInWords(cookie, language)),
    transfer: named.length > 0 ? list.format(named) : null,
    policyUrl,
  };
}

function cookieInWords(
  { name, days }: ConsentService['cookies'][number],
  language: string,
): string {
  if (days === null || days === 0) return name;
  const unit = { style: 'unit', unit: 'day', unitDisplay: 'long' } as const;
  return `${name} (${new Intl.NumberFormat(language, unit).format(days)})`;
}
