import { randomBytes } from 'node:crypto';
import { siteFrame } from '../../http/consent-tabs.ts';
import { staffPage, type Door } from '../../http/doors.ts';
import { languageCodes, languageOf } from '../../language.ts';
import { publishable } from './changes.ts';
import { previewChoices, queryText, sectionLinks } from './design-frame.ts';
import { draftOf } from './drafts.ts';
import { framingHeaders } from '../../http/headers.ts';
import { sampleHeaders } from './framing.ts';
import { previewWidget } from './preview.ts';
import { designOf } from './publishing.ts';
import { previewQuery, siteParams, type PreviewQuery } from './schema.ts';
import { siteOf } from './section-pages.ts';

const DESIGN = '/o/:organization/consent/sites/:site/design';

/** The preview of a draft: the page around it, and the sample website inside. */
export const previewPages: readonly Door[] = [
  staffPage('consent:read', {
    method: 'get',
    path: `${DESIGN}/preview`,
    params: siteParams,
    query: previewQuery,
    act: async ({ staff, language, params, query }) => {
      const site = await siteOf(staff, params);
      const { draft, faults } = await designOf(site);
      const frame = siteFrame(staff, site, 'design', language);
      const designUrl = `${frame.siteUrl}/design`;
      const { device = 'phone', ...asked } = query;
      const { regions, languages, themes } = previewChoices(draft.content, language);
      const { t } = language;
      const select = (id: keyof PreviewQuery, options: readonly object[], value: string) => ({
        id,
        label: t(`designer.preview.${id}`),
        options,
        value,
      });
      return {
        page: 'designer/preview',
        headers: framingHeaders,
        model: {
          ...frame,
          sections: sectionLinks(designUrl, 'preview', faults, language),
          action: `${designUrl}/preview`,
          filters: [
            select('region', regions, asked.region ?? regions[0]?.value ?? ''),
            select('language', languages, asked.language ?? languages[0]?.value ?? ''),
            select('theme', themes, asked.theme ?? draft.content.look.theme),
            select(
              'device',
              ['phone', 'desktop'].map((value) => ({
                value,
                label: t(`designer.preview.${value}`),
              })),
              device,
            ),
          ],
          device,
          sampleUrl: `${designUrl}/sample${queryText(asked)}`,
        },
      };
    },
  }),
  staffPage('consent:read', {
    method: 'get',
    path: `${DESIGN}/sample`,
    params: siteParams,
    query: previewQuery,
    act: async ({ staff, language, params, query }) => {
      const site = await siteOf(staff, params);
      const content = publishable((await draftOf(site)).content);
      const nonce = randomBytes(16).toString('base64');
      const { language: code, ...widget } = previewWidget(staff.organization, site, content, query);
      // Banners speak more languages than pages: the page around one then speaks that of the dashboard.
      const {
        t,
        direction,
        code: lang,
      } = languageCodes.includes(code) ? languageOf(code) : language;
      return {
        page: 'designer/sample',
        layout: 'bare',
        headers: sampleHeaders(nonce),
        model: {
          title: t('designer.sample.title'),
          nonce,
          ...widget,
          siteName: site.name,
          lang,
          direction,
          theme: query.theme ?? content.look.theme,
        },
      };
    },
  }),
];
