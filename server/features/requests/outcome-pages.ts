import Joi from 'joi';
import { staffPage, type Door } from '../../http/doors.ts';
import { clientKey, newClientKey, prose } from '../../wire.ts';
import { addAnswerItem, removeAnswerItem } from './answer-items.ts';
import { decisionPage } from './decision-pages.ts';
import { liftRestriction } from './restriction.ts';
import { lifting, requestItemId, type NewAnswerItem, type RequestItemId } from './schema.ts';

type TypedItem = Omit<NewAnswerItem, 'kind'>;

const typedItem = Joi.object<TypedItem>({
  formKey: clientKey.default(newClientKey),
  fields: Joi.object<Record<string, string>>()
    .pattern(/^[a-z-]{1,40}$/u, prose(2000).allow(''))
    .max(10)
    .required(),
});

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
      const { slug } = staff.organization;
      return {
        redirect: `/o/${slug}/requests/${id.toHexString()}`,
        flash: 'outcomes.flash.removed',
      };
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
