import { config } from '../../../config/index.ts';
import { mayDo } from '../../../config/permissions.ts';
import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import { addressPages } from './address-pages.ts';
import { inboundAddressesOf } from './addresses.ts';
import { attachDraft, dismissDraft, fileOfDraft, listDrafts, openDraft } from './drafts.ts';
import { draftEntryPages } from './entry-pages.ts';
import {
  attachment,
  dismissal,
  draftFile,
  draftId,
  inboxFilters,
  type Attachment,
  type Dismissal,
  type DraftFile,
  type DraftId,
  type InboxFilters,
} from './schema.ts';
import { draftView, inboxView } from './view.ts';

const PATH = '/o/:organization/inbox';
type None = Record<string, never>;

async function showInbox({
  staff,
  language,
  query,
}: StaffCall<None, InboxFilters, unknown>): Promise<Answer> {
  const [list, addresses] = await Promise.all([
    listDrafts(staff, query),
    inboundAddressesOf(staff.organizationId),
  ]);
  return {
    page: 'inbox/list',
    model: inboxView(staff.organization, language, query, list, {
      changeAddresses: mayDo(staff.role, 'organization:write'),
      hasAddresses: addresses.length > 0,
      isListening: config.inboundPort !== null,
    }),
  };
}

async function showDraft(
  { staff, language, params }: StaffCall<DraftId, unknown, unknown>,
  errors: Record<string, string> = {},
): Promise<Answer> {
  const draft = await openDraft(staff, params.id);
  return { page: 'inbox/mail', model: draftView(staff.organization, language, draft, errors) };
}

const sentences = (call: StaffCall<DraftId, unknown, unknown>, errors: Record<string, string>) =>
  Object.fromEntries(
    Object.keys(errors).map((field) => {
      const key = `inbox.error.${field}`;
      return [field, call.language.t(call.language.has(key) ? key : 'problems.field.other')];
    }),
  );

/** What came in by mail, and what becomes of it. */
export const inboxPages: Door[] = [
  staffPage<None, InboxFilters>('requests:work', {
    method: 'get',
    path: PATH,
    query: inboxFilters,
    act: showInbox,
  }),
  // Before the page of one mail, whose address would take the word for an id.
  ...addressPages,
  staffPage<DraftId>('requests:work', {
    method: 'get',
    path: `${PATH}/:id`,
    params: draftId,
    act: (call) => showDraft(call),
  }),
  staffPage<DraftFile>('requests:work', {
    method: 'get',
    path: `${PATH}/:id/files/:file`,
    params: draftFile,
    act: async ({ staff, params }) => ({ file: await fileOfDraft(staff, params.id, params.file) }),
  }),
  staffPage<DraftId, None, Dismissal>('requests:work', {
    method: 'post',
    path: `${PATH}/:id/dismissal`,
    params: draftId,
    body: dismissal,
    act: async ({ staff, params, body }) => {
      await dismissDraft(staff, params.id, body);
      return { redirect: `/o/${staff.organization.slug}/inbox`, flash: 'inbox.flash.dismissed' };
    },
    onInvalid: (call, { errors }) => showDraft(call, sentences(call, errors)),
  }),
  staffPage<DraftId, None, Attachment>('requests:work', {
    method: 'post',
    path: `${PATH}/:id/attachment`,
    params: draftId,
    body: attachment,
    act: async ({ staff, params, body }) => {
      const { requestId, kind } = await attachDraft(staff, params.id, body);
      return {
        redirect: `/o/${staff.organization.slug}/requests/${requestId.toHexString()}`,
        flash: kind === 'person' ? 'inbox.flash.attached' : 'inbox.flash.attachedAsNote',
      };
    },
    onInvalid: (call, { errors }) => showDraft(call, sentences(call, errors)),
  }),
  ...draftEntryPages,
];
