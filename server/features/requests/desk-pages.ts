import { staffPage, type Door } from '../../http/doors.ts';
import { saveDraft } from './kept-drafts.ts';
import { requestPath } from './links.ts';
import { liveRequest } from './live-request.ts';
import { meetAt } from './presence.ts';
import { presenceText } from './request-desk.ts';
import { showRequest } from './request-pages.ts';
import { newDraft, requestId, type NewDraft, type RequestId } from './schema.ts';
import { tagForm, type TagForm } from './queue-schema.ts';
import { standingStamp } from './standing.ts';
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
      return { redirect: requestPath(staff.organization, params.id), flash: 'desk.flash.tagged' };
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
      const redirect = `${requestPath(staff.organization, params.id)}#${body.form}`;
      return { redirect, flash: 'desk.flash.draftSaved' };
    },
  }),
  staffPage<RequestId>('requests:read', {
    method: 'post',
    path: `${PATH}/pulse`,
    params: requestId,
    act: async ({ staff, params, language }) => {
      const stamp = standingStamp(await liveRequest(staff.organizationId, params.id));
      const names = await meetAt(staff, params.id);
      return { json: { stamp, others: presenceText(language, names) } };
    },
  }),
];
