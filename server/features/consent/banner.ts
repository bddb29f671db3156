import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { consentLaws, type ConsentLaw, type RegimeMode } from '../../../config/consent.ts';
import { config } from '../../../config/index.ts';
import { widgetFile } from '../../folders.ts';
import { languageOf, preferredLanguage } from '../../language.ts';
import type { SiteRow } from '../organizations/service.ts';
import { completeContent } from './content.ts';
import type { ConfigurationContent, ConfigurationRow } from './model.ts';

/** What the widget is told: `WidgetConfig` of `client-widget/types.ts`. */
export function widgetConfig(
  { siteKey }: Pick<SiteRow, 'siteKey'>,
  { hash, purposesHash, content: stored }: ConfigurationRow,
  { law, region, language }: { law: ConsentLaw; region: string | null; language: string },
) {
  const content = completeContent(stored);
  const texts = content.texts[language];
  if (!texts) throw new Error(`A configuration has no texts in ${language}.`);
  const {
    save,
    alwaysActive,
    preferencesTitle,
    preferencesBody,
    services,
    provider,
    transfer,
    cookies,
    providerPolicy,
    declaration,
    ...first
  } = texts.models[law.model];
  const optional = content.categories.map(({ id }) => id).filter((id) => id !== 'necessary');
  return {
    siteKey,
    endpoint: config.publicUrl,
    configurationHash: hash,
    purposesHash,
    model: law.model,
    regime: law.regime,
    region,
    language,
    direction: languageOf(language).direction,
    honoursGpc: law.honoursGpc,
    honoursDnt: content.honoursDnt,
    cookieDays: content.cookieDays,
    cookieDomain: content.cookieDomain,
    renewAfterDays: content.renewAfterDays,
    // Versions published before the laws named a pause had this one.
    refusalDays: (law as Partial<ConsentLaw>).refusalDays ?? content.renewAfterDays,
    policyUrl: content.policyUrl,
    links: { sell: null, limit: null },
    minimumAge: content.minimumAge,
    categories: optional,
    services: content.services
      .filter(({ category }) => category !== 'necessary')
      .map(({ id, category, name, domains }) => ({ id, category, name, domains })),
    blocksTrackers: content.blocksTrackers,
    allowed: content.allowed,
    consentMode: content.consentMode,
    group: content.group,
    countsPrompts: content.countsPrompts,
    cookies: content.cookies,
    texts: first,
    look: content.look,
    dialog: {
      texts: {
        save,
        alwaysActive,
        preferencesTitle,
        preferencesBody,
        services,
        provider,
        transfer,
        cookies,
        providerPolicy,
        declaration,
      },
      categories: content.categories.map(({ id }) => ({
        id,
        ...texts.categories[id],
        services: [],
      })),
      declarationUrl: null,
    },
  };
}

/** The law for a region (`DE`, `US-CA`), from the rows as they were published; unknown regions get the strictest. */
export function lawFor(
  { regimeMode, laws }: { regimeMode: RegimeMode; laws: readonly ConsentLaw[] },
  region: string | null,
): ConsentLaw {
  const strictest = laws[0] ?? consentLaws[0];
  if (regimeMode === 'strictest' || region === null) return strictest;
  const holdsIn = (place: string | undefined) =>
    laws.find(({ regions }) => place !== undefined && regions.includes(place));
  return holdsIn(region) ?? holdsIn(region.split('-')[0]) ?? strictest;
}

/** The language asked for by name, else the browser's first that the banner has, else the site's own. */
export function languageFor(
  { languages }: Pick<ConfigurationContent, 'languages'>,
  asked: string | undefined,
  acceptLanguage: string,
): string {
  const named = asked === undefined ? undefined : preferredLanguage(asked, languages);
  return named ?? preferredLanguage(acceptLanguage, languages) ?? languages[0] ?? 'en';
}

let bundle: string | undefined;

/** @throws Error saying how to build the widget when that was not done. */
function widgetBundle(): string {
  try {
    bundle ??= readFileSync(widgetFile, 'utf8');
    return bundle;
  } catch (error) {
    throw new Error(`The widget is not built (${widgetFile}): run npm run build.`, {
      cause: error,
    });
  }
}

// In a script these would end a tag or a line, wherever the text is pasted.
const UNSAFE: Record<string, string> = {
  '<': '\\u003c',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};
const scriptJson = (value: unknown) =>
  JSON.stringify(value).replace(/[<\u2028\u2029]/gu, (sign) => UNSAFE[sign] ?? '');

export const bannerEncodings = ['br', 'gzip', 'identity'] as const;
export type BannerEncoding = (typeof bannerEncodings)[number];

export interface BannerScript {
  /** Names the content, whatever its encoding. */
  digest: string;
  bytes: Record<BannerEncoding, Buffer>;
}

const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzip);

async function compose(...about: Parameters<typeof widgetConfig>): Promise<BannerScript> {
  const told = scriptJson(widgetConfig(...about));
  const identity = Buffer.from(`(()=>{const __HABEAS_CONFIG__=${told};${widgetBundle()}})();`);
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;
  const params = { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_SIZE_HINT]: identity.length };
  const [br, zipped] = await Promise.all([
    toBrotli(identity, { params }),
    toGzip(identity, { level: 9 }),
  ]);
  const digest = createHash('sha256').update(identity).digest('base64url').slice(0, 22);
  return { digest, bytes: { br, gzip: zipped, identity } };
}

// Compressed once per version, region and language; about 30 KB each.
const composed = new Map<string, Promise<BannerScript>>();
const MOST_KEPT = 400;

/** The whole script of a site for one region and language, compressed ahead of time. */
export function bannerScript(
  site: Pick<SiteRow, 'siteKey'>,
  configuration: ConfigurationRow,
  region: string | null,
  language: string,
): Promise<BannerScript> {
  const key = [configuration.hash, region ?? '', language].join(' ');
  let script = composed.get(key);
  if (!script) {
    const law = lawFor(configuration.content, region);
    script = compose(site, configuration, { law, region, language });
    // A failure (the widget was not built yet) must not be remembered.
    script.catch(() => composed.delete(key));
    const [oldest] = composed.keys();
    if (composed.size >= MOST_KEPT && oldest !== undefined) composed.delete(oldest);
    composed.set(key, script);
  }
  return script;
}

/** The best of our encodings that a browser accepts (RFC 9110, section 12.5.3). */
export function encodingFor(acceptEncoding: string): BannerEncoding {
  const accepted = new Map(
    acceptEncoding
      .toLowerCase()
      .split(',')
      .map((part) => {
        const [name = '', ...params] = part.split(';').map((piece) => piece.trim());
        const quality = params.find((param) => param.startsWith('q='))?.slice(2);
        return [name, quality === undefined ? 1 : Number(quality)] as const;
      }),
  );
  return (
    bannerEncodings.find((name) => (accepted.get(name) ?? accepted.get('*') ?? 0) > 0) ?? 'identity'
  );
}

/** The one tag that a site needs. */
export const embedTag = ({ siteKey }: Pick<SiteRow, 'siteKey'>): string =>
  `<script src="${config.publicUrl}/c/${siteKey}.js"></script>`;
