import { staffPage, type Door } from '../../http/doors.ts';
import { saveDraft } from './kept-drafts.ts';
import { standingNow } from './live-request.ts';
import { meetAt } from './presence.ts';
import { presenceText } from './request-desk.ts';
import { showRequest } from './request-pages.ts';
import { newDraft, requestId, type NewDraft, type RequestId } from './schema.ts';
import { tagForm, type TagForm } from './queue-schema.ts';
import { changeTags } from './tags.ts';

const PATH = '/o/:organization/requests/:id';

/** What keeps the page of a request alive while somebody works on it. */
export const deskPages: Door[] = [
  staffPage<RequestId, Record<string, never>, TagForm>('requests:work', {
    method: 'post',
    path: `${PATH}/tags`,
    params: requestId,
    body: tagForm,
    act: async ({ staff, params, body: { tags, seen } }) => {
      // Only what was changed here: a colleague may have changed others meanwhile.
      await changeTags(staff, params.id, {
        add: tags.filter((tag) => !seen.includes(tag)),
        remove: seen.filter((tag) => !tags.includes(tag)),
      });
      const { slug } = staff.organization;
      const redirect = `/o/${slug}/requests/${params.id.toHexString()}`;
      return { redirect, flash: 'desk.flash.tagged' };
    },
    onInvalid: (call, { values }) =>
      showRequest(call, {
        form: 'tags',
        values,
        errors: { tags: call.language.t('desk.tags.error') },
      }),
  }),
  // The same address for the button and for the script, which saves while somebody types.
  staffPage<RequestId, Record<string, never>, NewDraft>('requests:work', {
    method: 'post',
    path: `${PATH}/draft`,
    params: requestId,
    body: newDraft,
    act: async ({ staff, params, body, header }) => {
      await saveDraft(staff, params.id, body);
      if (header('accept') === 'application/json') return { json: { saved: true } };
      const { slug } = staff.organization;
      const redirect = `/o/${slug}/requests/${params.id.toHexString()}#${body.form}`;
      return { redirect, flash: 'desk.flash.draftSaved' };
    },
  }),
  staffPage<RequestId>('requests:read', {
    method: 'post',
    path: `${PATH}/pulse`,
    params: requestId,
    act: async ({ staff, params, language }) => {
      const stamp = await standingNow(staff.organizationId, params.id);
      const names = await meetAt(staff, params.id);
      return { json: { stamp, others: presenceText(language, names) } };
    },
  }),
];
