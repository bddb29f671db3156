import type { ConsentLaw } from '../../../config/consent.ts';
import { config } from '../../../config/index.ts';
import { publicJson, type Door, type Knock } from '../../http/doors.ts';
import { Problem } from '../../problem.ts';
import { briefOf, siteByKey, type SiteRow } from '../organizations/service.ts';
import { formsFor, languageFor, lawFor, type Shown } from './banner.ts';
import { choiceIn, pieceFor, renewedCookie } from './choice-cookie.ts';
import { configurationByHash, publishedVersion, servedConfiguration } from './configurations.ts';
import type { ConfigurationRow, ConsentRecordRow } from './model.ts';
import { composePiece, encodingFor, widgetBuild, type ComposedPiece } from './pieces.ts';
import { siteRules } from './site-rules.ts';
import { bannerQuery, moduleParams, rulesQuery, rulesReply, siteKeyParams } from './schema.ts';

/** What a shared cache must keep apart. The script needs no credentials, so any origin may read it. */
const varyBy = ['Accept-Encoding', 'Accept-Language', config.regionHeader].filter(
  (name) => name !== null,
);
export const anyOrigin = {
  'Access-Control-Allow-Origin': '*',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};
/** A shared cache cannot tell apart what the visitor's address decides. */
const SHARED = config.geoipFile === null ? 'public' : 'private';
/** Short, so that a new version arrives soon; while we are away, an old banner is better than none. */
export const LIFE = 'max-age=300, stale-while-revalidate=3600, stale-if-error=604800';
/** What was chosen for one visitor's choice is not used once that may have lapsed. */
const OWN_LIFE = 'private, max-age=300';

/** Whether the page reaches us on its own origin, through a server of the site that passes us on. */
const isPassedOn = ({ header }: Knock) => header('sec-fetch-site') === 'same-origin';

async function shownIn(
  { organizationId }: SiteRow,
  law: ConsentLaw,
  language: string,
): Promise<Shown> {
  return { law, language, forms: formsFor(await briefOf(organizationId), law, language) };
}

function bytesOf({ header }: Knock, { digest, bytes }: ComposedPiece) {
  const encoding = encodingFor(header('accept-encoding') ?? '');
  return {
    bytes: bytes[encoding],
    etag: `"${digest}-${encoding}"`,
    headers: encoding === 'identity' ? {} : { 'Content-Encoding': encoding },
  };
}

/** The cookie of the visitor's choice, renewed by the site's own server; nothing where it is not the one asked for. */
function renewal(
  call: Knock,
  site: SiteRow,
  configuration: ConfigurationRow,
  clientKey: string | undefined,
): Record<string, string> {
  const choice = isPassedOn(call) ? choiceIn(call.header('cookie'), configuration) : null;
  if (choice === null || (clientKey !== undefined && choice.clientKey !== clientKey)) return {};
  const isSecure = site.origins.every((origin) => origin.startsWith('https:'));
  const cookie = renewedCookie(choice, configuration, isSecure, Date.now());
  return cookie === null ? {} : { 'Set-Cookie': cookie };
}

/** The header by which the answer to a choice keeps its cookie, unless the visitor has chosen again since. */
export async function renewalOf(
  call: Knock & { params: { siteKey: string } },
  { clientKey, configurationHash }: ConsentRecordRow,
): Promise<Record<string, string>> {
  if (!isPassedOn(call)) return {};
  const site = await siteByKey(call.params.siteKey);
  const configuration = await configurationByHash(site, configurationHash);
  return configuration ? renewal(call, site, configuration, clientKey) : {};
}

export const deliveryRoutes: Door[] = [
  publicJson({
    method: 'get',
    path: '/c/:siteKey.js',
    name: 'bannerScript',
    summary: 'The consent widget of a site, with its configuration for the region and language',
    crossOrigin: true,
    params: siteKeyParams,
    query: bannerQuery,
    replies: { 200: { description: 'JavaScript' } },
    act: async (call) => {
      const { params, query, region, header } = call;
      const site = await siteByKey(params.siteKey);
      const configuration = await servedConfiguration(site);
      const law = lawFor(configuration.content, region);
      const wanted = header('accept-language') ?? '';
      const language = languageFor(configuration.content, query.lang, wanted);
      const signals = { gpc: header('sec-gpc') === '1', dnt: header('dnt') === '1' };
      const choice = choiceIn(header('cookie'), configuration);
      const piece = pieceFor(choice, configuration, law, signals, Date.now());
      const shown = await shownIn(site, law, language);
      const first = bytesOf(call, await composePiece('first', site, configuration, shown));
      // Who still has the whole widget needs nothing new.
      const isKnown = header('if-none-match')?.includes(first.etag) === true;
      const standing = {
        stands: choice?.stands ?? '',
        isGpcHonoured: signals.gpc && law.honoursGpc,
      };
      const sent =
        piece === 'first' || isKnown
          ? first
          : bytesOf(call, await composePiece(piece, site, configuration, { ...shown, standing }));
      return {
        script: sent.bytes,
        headers: {
          ...anyOrigin,
          ...sent.headers,
          ...(piece === 'first'
            ? { 'Cache-Control': `${SHARED}, ${LIFE}`, Vary: varyBy.join(', ') }
            : {
                'Cache-Control': OWN_LIFE,
                Vary: [...varyBy, 'Cookie'].join(', '),
                ...renewal(call, site, configuration, undefined),
              }),
          ETag: sent.etag,
          'Content-Language': language,
        },
      };
    },
  }),
  publicJson({
    method: 'get',
    path: '/c/:siteKey.json',
    name: 'consentRules',
    summary: 'What the site’s own server decides by which visitor allowed what',
    crossOrigin: true,
    params: siteKeyParams,
    query: rulesQuery,
    replies: { 200: { description: 'Rules for a region, else the strictest', schema: rulesReply } },
    act: async ({ params, query }) => {
      const configuration = await servedConfiguration(await siteByKey(params.siteKey));
      const law = lawFor(configuration.content, query.region ?? null);
      const headers = { ...anyOrigin, 'Cache-Control': `public, ${LIFE}` };
      return { json: siteRules(configuration, law), headers };
    },
  }),
  publicJson({
    method: 'get',
    path: '/c/:siteKey/:version/:language/:regime/:piece.js',
    name: 'bannerModule',
    summary: 'A part of the consent widget that is fetched when it is needed',
    crossOrigin: true,
    params: moduleParams,
    replies: { 200: { description: 'JavaScript module' } },
    act: async (call) => {
      const { siteKey, version, language, regime, piece } = call.params;
      const site = await siteByKey(siteKey);
      const configuration = await publishedVersion(site, version.number);
      const { laws, languages } = configuration.content;
      const law = laws.find((one) => one.regime === regime);
      if (!law || !languages.includes(language)) {
        throw new Problem('not-found', 'This version has no such law or language.');
      }
      const shown = await shownIn(site, law, language);
      const composed = await composePiece(piece, site, configuration, shown);
      const { bytes, etag, headers } = bytesOf(call, composed);
      // A page that was opened before an upgrade gets today's code, but not for good.
      const isOurs = version.build === widgetBuild();
      return {
        script: bytes,
        headers: {
          ...anyOrigin,
          ...headers,
          'Cache-Control': isOurs ? 'public, max-age=31536000, immutable' : 'no-cache',
          Vary: 'Accept-Encoding',
          ETag: etag,
          'Content-Language': language,
        },
      };
    },
  }),
];
