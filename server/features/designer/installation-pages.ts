import Joi from 'joi';
import { siteFrame } from '../../http/consent-tabs.ts';
import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import { line } from '../../wire.ts';
import { embedTag } from '../consent/service.ts';
import { siteParams, type SiteParams } from './schema.ts';
import { siteOf } from './section-pages.ts';
import { inspectSite, type Inspection } from './site-page.ts';

const INSTALLATION = '/o/:organization/consent/sites/:site/installation';

interface CheckForm {
  origin: string;
  path: string;
}
const checkForm = Joi.object<CheckForm>({
  origin: Joi.string().max(300).required(),
  path: line(500)
    .pattern(/^\/(?!\/)/u)
    .empty('')
    .default('/'),
});

const MARKED_SCRIPT =
  '<script type="text/plain" data-consent="analytics" data-src="https://stats.example.org/s.js"></script>';
const MARKED_FRAME =
  '<iframe data-consent="marketing" data-src="https://video.example.org/embed/1" title="Our video"></iframe>';

type SiteCall = StaffCall<SiteParams, unknown, unknown>;

interface Given {
  typed?: Record<string, unknown>;
  errors?: Record<string, string>;
  found?: Inspection;
}

const toneOf = (isGood: boolean | null) =>
  isGood === null ? 'info' : isGood ? 'success' : 'danger';

function inspectionView(
  { checks, lastRecordAt }: Inspection,
  { staff, language }: Pick<SiteCall, 'staff' | 'language'>,
) {
  const { t } = language;
  const faults = checks.filter(({ isGood }) => isGood === false).length;
  return {
    tone: faults === 0 ? 'success' : 'danger',
    title:
      faults === 0
        ? t('designer.installation.allWell')
        : t('designer.installation.faults', { count: faults }),
    checks: checks.map(({ code, isGood, about }) => ({
      tone: toneOf(isGood),
      verdict: t(`designer.installation.verdict.${toneOf(isGood)}`),
      text: t(`designer.check.${code}`, about),
    })),
    lastRecord:
      lastRecordAt === null
        ? t('designer.installation.noRecord')
        : t('designer.installation.lastRecord', {
            at: language.moment(lastRecordAt, staff.organization.timeZone),
          }),
  };
}

async function showInstallation(
  call: SiteCall,
  { typed = {}, errors = {}, found }: Given = {},
): Promise<Answer> {
  const { staff, language, params } = call;
  const { t } = language;
  const site = await siteOf(staff, params);
  const frame = siteFrame(staff, site, 'installation', language);
  const textOf = (value: unknown, otherwise: string) =>
    typeof value === 'string' ? value : otherwise;
  const copy = (id: string, value: string, multiline?: number) => ({
    id,
    label: t(`designer.installation.${id}`),
    hint: t(`designer.installation.${id}Hint`),
    value,
    multiline,
  });
  return {
    page: 'designer/installation',
    model: {
      ...frame,
      tag: copy('tag', embedTag(site)),
      marked: [copy('script', MARKED_SCRIPT, 3), copy('frame', MARKED_FRAME, 3)],
      action: `${frame.siteUrl}/installation`,
      origin: {
        id: 'origin',
        kind: 'select',
        label: t('designer.installation.origin'),
        value: textOf(typed.origin, site.origins[0] ?? ''),
        error: errors.origin,
        options: site.origins.map((value) => ({ value, label: value })),
      },
      path: {
        id: 'path',
        label: t('designer.installation.path'),
        value: textOf(typed.path, '/'),
        error: errors.path,
        maxlength: 500,
      },
      errors: Object.entries(errors).map(([id, text]) => ({ href: `#${id}`, text })),
      found: found && inspectionView(found, call),
    },
  };
}

/** How the banner gets onto a website, and whether it is there. */
export const installationPages: readonly Door[] = [
  staffPage('consent:read', {
    method: 'get',
    path: INSTALLATION,
    params: siteParams,
    act: (call) => showInstallation(call),
  }),
  staffPage('consent:read', {
    method: 'post',
    path: INSTALLATION,
    params: siteParams,
    body: checkForm,
    limit: 'form',
    onInvalid: (call, { values, errors }) => showInstallation(call, { typed: values, errors }),
    act: async (call) => {
      const { staff, params, body, language } = call;
      const site = await siteOf(staff, params);
      // Whatever is asked for, only the site's own pages are fetched.
      const origin = site.origins.find((known) => known === body.origin);
      const typed = { ...body };
      if (origin === undefined) {
        const errors = { origin: language.t('problems.field.any-only') };
        return { ...(await showInstallation(call, { typed, errors })), status: 422 };
      }
      const found = await inspectSite(site, new URL(body.path, origin).href);
      return showInstallation(call, { typed, found });
    },
  }),
];
