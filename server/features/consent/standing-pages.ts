import { DateTime } from 'luxon';
import { Types } from 'mongoose';
import { staffPage, type Door } from '../../http/doors.ts';
import { siteById, type SiteRow } from '../organizations/service.ts';
import { publishedConfiguration } from './configurations.ts';
import { actionBadge, choicesTable, lawInWords, readingOf, type Reading } from './record-views.ts';
import { isBrowserKey, siteParams, typedStanding } from './schema.ts';
import { auditReading, standingAt, visitorsOf, type Whose } from './service.ts';

/** As an `<input type="datetime-local">` writes it. */
const TYPED = "yyyy-MM-dd'T'HH:mm";

/** What was typed, read in the organisation's time zone; wrong fields have the key of a sentence. */
function readTyped(typed: { of?: string; at?: string }, zone: string) {
  const at =
    typed.at === undefined
      ? DateTime.now().setZone(zone)
      : DateTime.fromFormat(typed.at.slice(0, 16), TYPED, { zone }).endOf('minute');
  const isKey = typed.of === undefined || isBrowserKey(typed.of) || /^[\da-f]{24}$/u.test(typed.of);
  const errors = {
    ...(!isKey && { of: 'standing.notKey' }),
    ...(!at.isValid && { at: 'standing.noMoment' }),
  };
  return { of: typed.of, at, errors };
}

/** Whom a typed key or id names on this site; undefined for nobody. */
async function whoIs(site: SiteRow, of: string): Promise<Whose | undefined> {
  const meant: Whose[] = isBrowserKey(of)
    ? [{ visitor: of }, { receipt: of }]
    : [{ subject: new Types.ObjectId(of) }];
  for (const whose of meant) if ((await visitorsOf(site, whose)).length > 0) return whose;
  return undefined;
}

async function resultOf(
  site: SiteRow,
  of: string,
  at: Date,
  { language, timeZone, base }: Reading,
): Promise<object> {
  const t = (key: string, params?: Record<string, unknown>) =>
    language.t(`standing.${key}`, params);
  const moment = language.moment(at, timeZone);
  const whose = await whoIs(site, of);
  if (!whose) return { empty: { title: t('nobody'), text: t('nobodyText') } };
  const { record, isOutdated } = await standingAt(site, whose, at);
  if (!record) return { empty: { title: t('notYet', { moment }), text: t('notYetText') } };
  const configuration = await publishedConfiguration(site, record.configurationHash);
  const siteUrl = `${base}/sites/${site._id.toHexString()}`;
  return {
    heading: t('then', { moment }),
    badge: actionBadge(language, record.action),
    isOutdated,
    table: choicesTable(record, configuration, language),
    facts: [
      {
        term: t('chosen'),
        text: language.moment(record.inForceAt, timeZone),
        href: `${siteUrl}/records/${record._id.toHexString()}`,
      },
      { term: t('law'), text: lawInWords(language, record) },
      { term: t('visitor'), text: record.visitorId, code: true },
      { term: t('receipt'), text: record.clientKey, code: true },
    ],
  };
}

export const standingPages: Door[] = [
  staffPage('consent:read', {
    method: 'get',
    path: '/o/:organization/consent/sites/:site/standing',
    params: siteParams,
    query: typedStanding,
    act: async ({ staff, params, query, language }) => {
      const { organizationId, organization } = staff;
      const t = (key: string) => language.t(`standing.${key}`);
      const site = await siteById(organizationId, params.site);
      const reading = readingOf({ staff, language });
      const siteUrl = `${reading.base}/sites/${site._id.toHexString()}`;
      const { of, at, errors } = readTyped(query, organization.timeZone);
      const isAsked = of !== undefined && Object.keys(errors).length === 0;
      if (isAsked) {
        await auditReading(staff, 'consent.visitor-searched', { kind: 'site', id: site._id });
      }
      const errorOf = (key: string | undefined) => key && language.t(key);
      const field = (id: 'of' | 'at', value: string | undefined, more: object) => ({
        ...{ id, label: t(id), hint: t(`${id}Hint`), value, error: errorOf(errors[id]) },
        ...more,
      });
      return {
        page: 'consent/standing',
        model: {
          title: t('title'),
          back: { href: siteUrl, label: language.t('consent.record.back') },
          siteName: site.name,
          action: `${siteUrl}/standing`,
          fields: [
            field('of', of, { spellcheck: 'false', autocomplete: 'off' }),
            field('at', at.isValid ? at.toFormat(TYPED) : query.at, { kind: 'datetime-local' }),
          ],
          errors: (['of', 'at'] as const).flatMap((id) =>
            errors[id] === undefined
              ? []
              : [{ href: `#${id}`, text: `${t(id)}: ${language.t(errors[id])}` }],
          ),
          result: isAsked ? await resultOf(site, of, at.toJSDate(), reading) : null,
        },
      };
    },
  }),
];
