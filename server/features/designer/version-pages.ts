import { mayDo } from '../../../config/permissions.ts';
import { siteFrame } from '../../http/consent-tabs.ts';
import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import { Problem } from '../../problem.ts';
import { currentConfiguration, publishedVersion, versionsOf } from '../consent/service.ts';
import { memberNames } from '../staff/service.ts';
import { publishable } from './changes.ts';
import { faultItem } from './design-frame.ts';
import { differenceRows } from './difference-views.ts';
import { draftOf, takeVersionAsDraft } from './drafts.ts';
import { faultsOn, restorable, restoreVersion } from './publishing.ts';
import {
  compareQuery,
  restoreForm,
  seenIn,
  seenOnly,
  siteParams,
  versionParams,
  type Comparable,
  type SiteParams,
} from './schema.ts';
import { siteOf } from './section-pages.ts';
import { publisherText, versionFacts, versionTable, wordsOfVersion } from './version-views.ts';

const VERSIONS = '/o/:organization/consent/sites/:site/versions';

type VersionCall = StaffCall<SiteParams & { version: number }, unknown, unknown>;

async function showVersion(
  call: VersionCall,
  { notice }: { notice?: string } = {},
): Promise<Answer> {
  const { staff, language, params } = call;
  const { t } = language;
  const site = await siteOf(staff, params);
  const [version, current, draft] = await Promise.all([
    publishedVersion(site, params.version),
    currentConfiguration(site),
    draftOf(site),
  ]);
  const isInForce = version.version === current.version;
  const { siteUrl, ...frame } = siteFrame(staff, site, 'versions', language);
  const versionsUrl = `${siteUrl}/versions`;
  const here = `${versionsUrl}/${String(version.version)}`;
  const mayDesign = mayDo(staff.role, 'consent:publish') && !isInForce;
  const faults = mayDesign ? await faultsOn(site, restorable(version)) : [];
  const { publishedBy } = version;
  const names = await memberNames(staff.organizationId, publishedBy === null ? [] : [publishedBy]);
  const number = { version: version.version };
  return {
    page: 'designer/version',
    model: {
      title: t('consent.site.version', number),
      siteName: frame.title,
      back: { href: versionsUrl, label: t('designer.versions.tab') },
      badge: isInForce ? { text: t('designer.versions.inForce'), tone: 'success' } : undefined,
      notice,
      note: version.note,
      facts: versionFacts(version, publisherText(publishedBy, names, language), {
        language,
        timeZone: staff.organization.timeZone,
      }),
      words: wordsOfVersion(version, language),
      compareUrl: isInForce
        ? null
        : `${versionsUrl}/compare?from=${String(version.version)}&to=${String(current.version)}`,
      faults: faults.map((fault) => faultItem(fault, `${siteUrl}/design`, language)),
      restore: mayDesign &&
        faults.length === 0 && {
          id: 'restore',
          icon: 'history',
          summary: t('designer.versions.restore'),
          title: t('designer.versions.restoreTitle', number),
          text: t('designer.versions.restoreText', { version: current.version + 1 }),
          submit: t('designer.versions.restoreSubmit'),
          action: `${here}/restore`,
          hidden: [{ name: 'version', value: current.version }],
          reason: {
            id: 'note',
            label: t('designer.field.note'),
            optional: true,
            rows: 2,
            maxlength: 500,
          },
        },
      take: mayDesign && {
        id: 'take',
        icon: 'pencil',
        summary: t('designer.versions.take'),
        text: t(
          draft.savedAt === null ? 'designer.versions.takeText' : 'designer.versions.takeOver',
        ),
        submit: t('designer.versions.takeSubmit'),
        action: `${here}/draft`,
        hidden: [{ name: 'seen', value: seenIn(draft) }],
      },
    },
  };
}

/** The published versions of a site: all of them, one, and two beside each other. */
export const versionPages: readonly Door[] = [
  staffPage('consent:read', {
    method: 'get',
    path: VERSIONS,
    params: siteParams,
    act: async ({ staff, language, params }) => {
      const site = await siteOf(staff, params);
      await currentConfiguration(site);
      const versions = await versionsOf(site);
      const publishers = versions.flatMap(({ publishedBy }) => publishedBy ?? []);
      const names = await memberNames(staff.organizationId, [...new Set(publishers)]);
      const frame = siteFrame(staff, site, 'versions', language);
      const versionsUrl = `${frame.siteUrl}/versions`;
      return {
        page: 'designer/versions',
        model: {
          ...frame,
          table: versionTable(versions, versionsUrl, names, {
            language,
            timeZone: staff.organization.timeZone,
          }),
          compareUrl: `${versionsUrl}/compare`,
        },
      };
    },
  }),
  staffPage('consent:read', {
    method: 'get',
    path: `${VERSIONS}/compare`,
    params: siteParams,
    query: compareQuery,
    act: async ({ staff, language, params, query }) => {
      const { t } = language;
      const site = await siteOf(staff, params);
      const [current, draft] = await Promise.all([currentConfiguration(site), draftOf(site)]);
      const to: Comparable = query.to ?? (draft.savedAt === null ? current.version : 'draft');
      const from: Comparable =
        query.from ?? (to === 'draft' ? current.version : Math.max(1, current.version - 1));
      const contentOf = async (one: Comparable) =>
        one === 'draft' ? publishable(draft.content) : (await publishedVersion(site, one)).content;
      const nameOf = (one: Comparable) =>
        one === 'draft' ? t('designer.compare.draft') : t('consent.site.version', { version: one });
      const [before, after] = await Promise.all([contentOf(from), contentOf(to)]);
      const versions = await versionsOf(site);
      const options = [
        { value: 'draft', label: nameOf('draft') },
        ...versions.map(({ version }) => ({ value: String(version), label: nameOf(version) })),
      ];
      const { siteUrl, title } = siteFrame(staff, site, 'versions', language);
      const differences = differenceRows(before, after, language);
      return {
        page: 'designer/compare',
        model: {
          siteName: title,
          title: t('designer.compare.title'),
          back: { href: `${siteUrl}/versions`, label: t('designer.versions.tab') },
          action: `${siteUrl}/versions/compare`,
          filters: [
            { id: 'from', label: t('designer.compare.from'), options, value: String(from) },
            { id: 'to', label: t('designer.compare.to'), options, value: String(to) },
          ],
          count: t('designer.compare.count', { count: differences.length }),
          differences,
          before: nameOf(from),
          after: nameOf(to),
        },
      };
    },
  }),
  staffPage('consent:read', {
    method: 'get',
    path: `${VERSIONS}/:version`,
    params: versionParams,
    act: (call) => showVersion(call),
  }),
  staffPage('consent:publish', {
    method: 'post',
    path: `${VERSIONS}/:version/restore`,
    params: versionParams,
    body: restoreForm,
    act: async (call) => {
      const { staff, params, body, language } = call;
      const site = await siteOf(staff, params);
      try {
        const published = await restoreVersion(staff, site, params.version, body);
        const { siteUrl } = siteFrame(staff, site, 'versions', language);
        return {
          redirect: `${siteUrl}/versions`,
          flash: published ? 'designer.flash.restored' : 'designer.flash.nothingNew',
        };
      } catch (error) {
        if (!(error instanceof Problem) || error.problem === 'not-found') throw error;
        const notice = language.t('designer.versions.conflict');
        return { ...(await showVersion(call, { notice })), status: 409 };
      }
    },
  }),
  staffPage('consent:publish', {
    method: 'post',
    path: `${VERSIONS}/:version/draft`,
    params: versionParams,
    body: seenOnly,
    act: async ({ staff, params, body, language }) => {
      const site = await siteOf(staff, params);
      await takeVersionAsDraft(staff, site, params.version, body.seen);
      const { siteUrl } = siteFrame(staff, site, 'versions', language);
      return { redirect: `${siteUrl}/design`, flash: 'designer.flash.taken' };
    },
  }),
];
