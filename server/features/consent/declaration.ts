import type { CategoryId } from '../../../config/consent.ts';
import { bannerWords } from './banner-languages.ts';
import { choiceDays, completeContent } from './content.ts';
import type { ConfigurationContent, ConsentService, ServiceCookie } from './model.ts';

/** One entry as it is told to visitors. */
export interface DeclaredCookie {
  name: string;
  kind: ServiceCookie['kind'];
  kindLabel: string;
  life: string;
  purpose: string;
}

export interface DeclaredService {
  name: string;
  provider: string;
  purpose: string;
  hosts: string[];
  /** Countries, ready to read; empty for none. */
  transfer: string;
  policyUrl: string | null;
  cookies: DeclaredCookie[];
}

export interface DeclaredCategory {
  id: CategoryId;
  title: string;
  description: string;
  services: DeclaredService[];
}

/** The columns of the table. */
export const declarationHeadings = [
  'service',
  'provider',
  'purpose',
  'cookies',
  'life',
  'transfer',
] as const;

/** What the columns are called in a language of banners. */
export function headingsIn(code: string): Record<(typeof declarationHeadings)[number], string> {
  const { common, declaration } = bannerWords(code);
  const { provider, cookies, transfer } = common;
  return { ...declaration.heading, provider, cookies, transfer };
}

/** What our own widget keeps: `client-widget/storage.ts` and `cookie.ts`. */
const ownEntries = (cookieDays: number): ServiceCookie[] => [
  { name: 'privacy_choice', kind: 'cookie', days: cookieDays, purpose: {} },
  { name: 'privacy_choice_outbox', kind: 'local', days: null, purpose: {} },
  { name: 'privacy_notice_closed', kind: 'local', days: null, purpose: {} },
];

function lifeOf({ kind, days }: ServiceCookie, code: string): string {
  const { life } = bannerWords(code).declaration;
  if (kind === 'session' || (kind === 'cookie' && days === 0)) return life.session;
  if (days === null || days === 0) return life.untilCleared;
  const unit = { style: 'unit', unit: 'day', unitDisplay: 'long' } as const;
  return new Intl.NumberFormat(code, unit).format(days);
}

/** An entry without words of its own is there for what its service does. */
const cookieView = (cookie: ServiceCookie, ofService: string, code: string): DeclaredCookie => ({
  name: cookie.name,
  kind: cookie.kind,
  kindLabel: bannerWords(code).declaration.kind[cookie.kind],
  life: lifeOf(cookie, code),
  purpose: cookie.purpose[code] ?? ofService,
});

function serviceView(service: ConsentService, code: string): DeclaredService {
  const { name, provider, purpose, domains, transfers, policyUrl, cookies } = service;
  const countries = new Intl.DisplayNames(code, { type: 'region' });
  return {
    name,
    provider,
    purpose: purpose[code] ?? '',
    hosts: domains,
    transfer: new Intl.ListFormat(code).format(
      transfers.map((country) => countries.of(country) ?? country),
    ),
    policyUrl,
    cookies: cookies.map((cookie) => cookieView(cookie, purpose[code] ?? '', code)),
  };
}

/**
 * Everything that a published configuration says about cookies and services, by category, our own among
 * the necessary. `provider` is who answers for the site (GDPR Art. 13(1)(a), ePrivacy Art. 5(3)).
 */
export function declarationOf(
  stored: ConfigurationContent,
  provider: string,
  code: string,
): DeclaredCategory[] {
  const content = completeContent(stored);
  const { common, declaration } = bannerWords(code);
  const [first = code] = content.languages;
  const texts = content.texts[code] ?? content.texts[first];
  const own: DeclaredService = {
    name: common.preferencesTitle,
    provider,
    purpose: declaration.ownPurpose,
    hosts: [],
    transfer: '',
    policyUrl: content.policyUrl,
    cookies: ownEntries(choiceDays(content)).map((cookie) =>
      cookieView(cookie, declaration.ownPurpose, code),
    ),
  };
  return content.categories.map(({ id }) => ({
    id,
    title: texts?.categories[id].title ?? id,
    description: texts?.categories[id].description ?? '',
    services: [
      ...(id === 'necessary' ? [own] : []),
      ...content.services
        .filter(({ category }) => category === id)
        .map((service) => serviceView(service, code)),
    ],
  }));
}

/** The same for machines: names and hosts with their category, as the scanner measures them. */
export function declaredNames(stored: ConfigurationContent): {
  cookies: { name: string; category: CategoryId }[];
  hosts: { host: string; category: CategoryId }[];
} {
  const content = completeContent(stored);
  const { services, cookies } = content;
  const entries = (category: CategoryId, names: readonly string[]) =>
    names.map((name) => ({ name, category }));
  return {
    cookies: [
      ...entries(
        'necessary',
        ownEntries(choiceDays(content)).map(({ name }) => name),
      ),
      ...services.flatMap(({ category, cookies: own }) =>
        entries(
          category,
          own.map(({ name }) => name),
        ),
      ),
      ...Object.entries(cookies).flatMap(([category, names]) =>
        entries(category as CategoryId, names),
      ),
    ],
    hosts: services.flatMap(({ category, domains }) => domains.map((host) => ({ host, category }))),
  };
}
