import { staffPage, type Door } from '../../http/doors.ts';
import { addAnswerItem, removeAnswerItem } from './answer-items.ts';
import { decisionPage } from './decision-pages.ts';
import { requestPath } from './links.ts';
import { liftRestriction } from './restriction.ts';
import { lifting, requestItemId, typedItem, type RequestItemId, type TypedItem } from './schema.ts';

/** What staff list in an answer, and what comes after it. */
export const outcomePages: Door[] = [
  ...(['kept', 'change', 'disclosure'] as const).map((kind) =>
    decisionPage<TypedItem>({
      form: `item-${kind}`,
      allow: 'requests:work',
      path: `items/${kind}`,
      body: typedItem,
      flash: 'outcomes.flash.added',
      decide: ({ staff, params, body }) => addAnswerItem(staff, params.id, { ...body, kind }),
    }),
  ),
  staffPage<RequestItemId>('requests:work', {
    method: 'post',
    path: '/o/:organization/requests/:id/items/:item/remove',
    params: requestItemId,
    act: async ({ staff, params: { id, item } }) => {
      await removeAnswerItem(staff, id, item);
      return { redirect: requestPath(staff.organization, id), flash: 'outcomes.flash.removed' };
    },
  }),
  decisionPage({
    form: 'lift',
    allow: 'requests:decide',
    path: 'lifting',
    body: lifting,
    flash: 'outcomes.flash.lifting',
    decide: ({ staff, params, body }) => liftRestriction(staff, params.id, body),
  }),
];
