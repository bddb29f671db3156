import type Joi from 'joi';
import { mayDo } from '../../../config/permissions.ts';
import { siteFrame } from '../../http/consent-tabs.ts';
import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import { Problem } from '../../problem.ts';
import type { ConfigurationContent } from '../consent/service.ts';
import { siteById, type SiteRow } from '../organizations/service.ts';
import type { StaffMember } from '../staff/service.ts';
import type { Filling, FormModel } from './controls.ts';
import { previewPanel, sectionLinks } from './design-frame.ts';
import { saveDraft } from './drafts.ts';
import { framingHeaders } from '../../http/headers.ts';
import { designOf, otherHostsOf } from './publishing.ts';
import { seenIn, type SeenOnly, type SiteParams } from './schema.ts';

const DESIGN = '/o/:organization/consent/sites/:site/design';

/** What a form of the designer is made from. */
export interface FormView<P, Q = unknown> {
  content: ConfigurationContent;
  params: P;
  query: Q;
  filling: Filling;
  designUrl: string;
  otherHosts: readonly string[];
  /** The content holds the reader's own change, which somebody else's saving kept out. */
  isUnsaved: boolean;
}

/** One form of the designer: where it stands, what it shows, and what it makes of the draft. */
export interface DesignForm<P extends SiteParams, B extends SeenOnly, Q = unknown> {
  /** Below the designer's own address. */
  path: string;
  params: Joi.ObjectSchema<P>;
  body: Joi.ObjectSchema<B>;
  query?: Joi.ObjectSchema<Q>;
  /** Names what two people must not save at the same time. */
  part: (params: P) => string;
  change: (content: ConfigurationContent, params: P, body: B) => ConfigurationContent;
  form: (view: FormView<P, Q>) => FormModel;
  /** Where saving leads, below the designer's address; the form itself when left out. */
  next?: string;
}

interface Given {
  typed?: Record<string, unknown>;
  errors?: Record<string, string>;
  /** The draft with the reader's own change in it, which was not saved. */
  unsaved?: (content: ConfigurationContent) => ConfigurationContent;
}

export const siteOf = (staff: StaffMember, { site }: SiteParams): Promise<SiteRow> =>
  siteById(staff.organizationId, site);

const addressOf = (path: string, params: object) =>
  path.replaceAll(/:(\w+)/gu, (_, name: string) =>
    String((params as Record<string, unknown>)[name]),
  );

async function showForm<P extends SiteParams, B extends SeenOnly, Q>(
  { path, form }: DesignForm<P, B, Q>,
  { staff, language, params, query }: StaffCall<P, Q, unknown>,
  { typed, errors = {}, unsaved }: Given = {},
): Promise<Answer> {
  const site = await siteOf(staff, params);
  const [{ draft, faults }, otherHosts] = await Promise.all([designOf(site), otherHostsOf(site)]);
  const frame = siteFrame(staff, site, 'design', language);
  const designUrl = `${frame.siteUrl}/design`;
  const content = unsaved ? unsaved(draft.content) : draft.content;
  const { section, preview, ...shown } = form({
    content,
    params,
    query,
    filling: { language, typed: typed ?? null, errors },
    designUrl,
    otherHosts,
    isUnsaved: unsaved !== undefined,
  });
  const seen = seenIn(draft);
  return {
    page: 'designer/form',
    headers: framingHeaders,
    model: {
      ...frame,
      sections: sectionLinks(designUrl, section, faults, language),
      ...shown,
      heading: shown.heading ?? language.t(`designer.section.${section}`),
      removal: shown.removal && { ...shown.removal, hidden: [{ name: 'seen', value: seen }] },
      action: `${designUrl}/${addressOf(path, params)}`,
      seen,
      mayDesign: mayDo(staff.role, 'consent:publish'),
      conflict: unsaved !== undefined,
      preview: previewPanel(draft.content, designUrl, language, preview),
    },
  };
}

const isConflict = (error: unknown): error is Problem =>
  error instanceof Problem && error.problem === 'conflict';

/** A form of the designer as two doors: one shows it, one saves it into the draft. */
export function designDoors<P extends SiteParams, B extends SeenOnly, Q = unknown>(
  given: DesignForm<P, B, Q>,
): Door[] {
  const { path, params, body, query, part, change, next } = given;
  const address = `${DESIGN}/${path}`;
  return [
    staffPage<P, Q>('consent:read', {
      method: 'get',
      path: address,
      params,
      ...(query && { query }),
      act: (call) => showForm(given, call),
    }),
    staffPage<P, Q, B>('consent:publish', {
      method: 'post',
      path: address,
      params,
      body,
      onInvalid: (call, { values, errors }) => showForm(given, call, { typed: values, errors }),
      act: async (call) => {
        const { staff, params: where, body: typed, language } = call;
        const site = await siteOf(staff, where);
        const apply = (content: ConfigurationContent) => change(content, where, typed);
        try {
          const change = { part: part(where), seen: typed.seen };
          const isSaved = await saveDraft(staff, site, change, apply);
          const { siteUrl } = siteFrame(staff, site, 'design', language);
          return {
            redirect: `${siteUrl}/design/${addressOf(next ?? path, where)}`,
            flash: isSaved ? 'designer.flash.saved' : 'designer.flash.unchanged',
          };
        } catch (error) {
          if (!isConflict(error)) throw error;
          return { ...(await showForm(given, call, { unsaved: apply })), status: 409 };
        }
      },
    }),
  ];
}
