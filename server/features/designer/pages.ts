import { mayDo } from '../../../config/permissions.ts';
import { siteFrame } from '../../http/consent-tabs.ts';
import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import { Problem } from '../../problem.ts';
import { memberNames } from '../staff/service.ts';
import { publishable } from './changes.ts';
import { faultItem, previewPanel, sectionLinks } from './design-frame.ts';
import { differenceRows } from './difference-views.ts';
import { discardDraft, type Draft } from './drafts.ts';
import { framingHeaders } from '../../http/headers.ts';
import { designOf, publishDraft } from './publishing.ts';
import { publishForm, seenIn, seenOnly, siteParams, type SiteParams } from './schema.ts';
import { siteOf } from './section-pages.ts';

const DESIGN = '/o/:organization/consent/sites/:site/design';

type SiteCall = StaffCall<SiteParams, unknown, unknown>;

interface Given {
  note?: unknown;
  errors?: Record<string, string>;
  notice?: string;
}

async function savedText({ staff, language }: SiteCall, { savedAt, savedBy }: Draft) {
  if (savedAt === null) return null;
  const names = await memberNames(staff.organizationId, savedBy === null ? [] : [savedBy]);
  return language.t('designer.overview.saved', {
    at: language.moment(savedAt, staff.organization.timeZone),
    name: names.get(savedBy ?? '') ?? language.t('consent.version.byStaff'),
  });
}

async function showOverview(
  call: SiteCall,
  { note, errors = {}, notice }: Given = {},
): Promise<Answer> {
  const { staff, language, params } = call;
  const { t } = language;
  const site = await siteOf(staff, params);
  const { current, draft, faults, remarks } = await designOf(site);
  const frame = siteFrame(staff, site, 'design', language);
  const designUrl = `${frame.siteUrl}/design`;
  const seen = seenIn(draft);
  const version = { version: current.version };
  const differences = differenceRows(current.content, publishable(draft.content), language);
  const mayDesign = mayDo(staff.role, 'consent:publish');
  const items = faults.map((fault) => faultItem(fault, designUrl, language));
  const [firstFault] = items;
  return {
    page: 'designer/overview',
    headers: framingHeaders,
    model: {
      ...frame,
      sections: sectionLinks(designUrl, 'overview', faults, language),
      notice:
        notice ??
        (draft.baseVersion < current.version ? t('designer.overview.newer', version) : undefined),
      saved: await savedText(call, draft),
      inForce: t('designer.overview.inForce', version),
      mayDesign,
      faults: items,
      remarks: remarks.map((remark) => faultItem(remark, designUrl, language, 'remark')),
      faultsTitle: t('designer.overview.missing', { count: items.length }),
      differences,
      differencesTitle: t('designer.overview.changes', { count: differences.length }),
      publish: mayDesign &&
        draft.savedAt !== null && {
          action: `${designUrl}/publish`,
          seen,
          version: current.version,
          label:
            firstFault === undefined
              ? t('designer.overview.publish', { version: current.version + 1 })
              : items.length === 1
                ? t('designer.overview.firstPut', { fault: firstFault.text })
                : t('designer.overview.putRight', { count: items.length }),
          isReady: items.length === 0,
          firstHref: firstFault?.href,
          note: typeof note === 'string' ? note : '',
          noteError: errors.note,
        },
      discard: mayDesign &&
        draft.savedAt !== null && {
          id: 'discard',
          icon: 'trash',
          tone: 'danger',
          summary: t('designer.overview.discard'),
          text: t('designer.overview.discardText', version),
          submit: t('designer.overview.discardSubmit'),
          action: `${designUrl}/discard`,
          hidden: [{ name: 'seen', value: seen }],
        },
      preview: previewPanel(draft.content, designUrl, language),
    },
  };
}

const noticeOf = (error: unknown): string | null => {
  if (!(error instanceof Problem)) return null;
  if (error.problem === 'conflict') return 'designer.overview.conflict';
  return error.problem === 'not-allowed-now' ? 'designer.overview.refused' : null;
};

/** The designer's first page: what is prepared, what is missing, and the way to publish it. */
export const designPages: readonly Door[] = [
  staffPage('consent:read', {
    method: 'get',
    path: DESIGN,
    params: siteParams,
    act: (call) => showOverview(call),
  }),
  staffPage('consent:publish', {
    method: 'post',
    path: `${DESIGN}/publish`,
    params: siteParams,
    body: publishForm,
    onInvalid: (call, { values, errors }) => showOverview(call, { note: values.note, errors }),
    act: async (call) => {
      const { staff, params, body, language } = call;
      const site = await siteOf(staff, params);
      try {
        const published = await publishDraft(staff, site, body);
        const { siteUrl } = siteFrame(staff, site, 'design', language);
        return {
          redirect: `${siteUrl}/design`,
          flash: published ? 'designer.flash.published' : 'designer.flash.nothingNew',
        };
      } catch (error) {
        const notice = noticeOf(error);
        if (notice === null) throw error;
        const shown = await showOverview(call, { note: body.note, notice: language.t(notice) });
        return { ...shown, status: 409 };
      }
    },
  }),
  staffPage('consent:publish', {
    method: 'post',
    path: `${DESIGN}/discard`,
    params: siteParams,
    body: seenOnly,
    act: async (call) => {
      const { staff, params, body, language } = call;
      const site = await siteOf(staff, params);
      await discardDraft(staff, site, body.seen);
      const { siteUrl } = siteFrame(staff, site, 'design', language);
      return { redirect: `${siteUrl}/design`, flash: 'designer.flash.discarded' };
    },
  }),
];
