import type { Language } from '../../language.ts';
import type { SiteRow } from '../organizations/service.ts';
import { embedTag } from './banner.ts';
import type { ConfigurationRow } from './model.ts';
import type { Reading } from './record-views.ts';
import type { ActionCounts } from './service.ts';

/** The addresses of a site as people say them. */
export const shownOrigins = ({ origins }: Pick<SiteRow, 'origins'>): string =>
  origins.map((origin) => origin.replace(/^https?:\/\//u, '')).join(', ');

const tag = (site: SiteRow, language: Language) => ({
  id: `tag-${site.siteKey}`,
  label: language.t('consent.site.tag'),
  hint: language.t('consent.site.tagHint'),
  value: embedTag(site),
});

/** A site on the overview: how visitors chose lately, and the tag. */
export function siteCard(
  site: SiteRow,
  { version }: ConfigurationRow,
  counts: ActionCounts,
  reading: Reading,
) {
  const { language } = reading;
  const t = (key: string) => language.t(`consent.overview.${key}`);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const percent = new Intl.NumberFormat(language.code, {
    style: 'percent',
    maximumFractionDigits: 0,
  });
  const share = (count = 0) => percent.format(count / total);
  const refused = (counts['refuse-all'] ?? 0) + (counts.withdraw ?? 0) + (counts.gpc ?? 0);
  const siteUrl = `${reading.base}/sites/${site._id.toHexString()}`;
  return {
    name: site.name,
    url: siteUrl,
    designUrl: `${siteUrl}/design`,
    origins: shownOrigins(site),
    badge: { text: language.t('consent.site.version', { version }), tone: 'neutral', icon: 'flag' },
    // A website that nobody has visited yet has a sentence instead of four dashes.
    stats: total > 0 && [
      { label: t('choices'), value: language.number(total), sub: t('last30') },
      { label: t('accepted'), value: share(counts['accept-all']), sub: t('ofChoices') },
      { label: t('refused'), value: share(refused), sub: t('ofChoices') },
      { label: t('inDetail'), value: share(counts.choose), sub: t('ofChoices') },
    ],
    tag: tag(site, language),
  };
}
