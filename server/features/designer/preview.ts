import {
  formsFor,
  hashOf,
  inlineWidget,
  lawFor,
  purposesHashOf,
  type ConfigurationContent,
} from '../consent/service.ts';
import type { Organization, SiteRow } from '../organizations/service.ts';
import type { PreviewQuery } from './schema.ts';

/** Versions count from 1: no record can name the hash of a preview. */
const NEVER_PUBLISHED = 0;

/** The widget as a page of its own holds it: nothing is fetched, so nobody else can ask for a draft. */
export interface PreviewWidget {
  script: string;
  /** Leads its dynamic imports to what is written here. */
  importMap: string;
  /** In which language it speaks. */
  language: string;
}

const dataUrl = (code: string) =>
  `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;

/** The very widget that visitors would get, made from a draft. */
export function previewWidget(
  organization: Organization,
  site: SiteRow,
  draft: ConfigurationContent,
  { region, language: asked, theme }: PreviewQuery,
): PreviewWidget {
  const content = { ...draft, look: { ...draft.look, theme: theme ?? draft.look.theme } };
  const { languages } = content;
  const language = languages.find((code) => code === asked) ?? languages[0] ?? 'en';
  const shown = {
    organizationId: site.organizationId,
    _id: site._id,
    siteId: site._id,
    version: NEVER_PUBLISHED,
    hash: hashOf(site.siteKey, NEVER_PUBLISHED, content),
    purposesHash: purposesHashOf(content, site.organizationId),
    content,
    note: '',
    publishedAt: new Date(0),
    publishedBy: null,
  };
  const law = lawFor(content, region ?? null);
  const forms = formsFor(organization, law, language);
  const { script, modules } = inlineWidget(site, shown, { law, language, forms });
  const imports = Object.fromEntries(
    Object.entries(modules).map(([address, code]) => [address, dataUrl(code)]),
  );
  return { script, importMap: JSON.stringify({ imports }), language };
}
