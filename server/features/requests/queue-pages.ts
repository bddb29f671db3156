import Joi from 'joi';
import type { Types } from 'mongoose';
import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import { objectId } from '../../wire.ts';
import { changeMany } from './bulk.ts';
import { listRequests, queueStamp, searchQueue } from './listing.ts';
import { queueModel, queueUrl, type QueueNotice } from './queue-page.ts';
import { saveView, removeView } from './saved-views.ts';
import {
  bulkChange,
  newView,
  queueFilters,
  searchForm,
  type BulkChange,
  type NewView,
  type QueueFilters,
  type SearchForm,
} from './queue-schema.ts';

type QueueCall<B> = StaffCall<Record<string, never>, QueueFilters, B>;

const viewId = Joi.object<{ view: Types.ObjectId }>({ view: objectId.required() });

async function showQueue(call: QueueCall<unknown>, notice?: QueueNotice): Promise<Answer> {
  const page = await listRequests(call.staff, call.query);
  return {
    page: 'requests/queue',
    model: await queueModel(call.staff, call.language, call.query, page, notice),
  };
}

/** Does what was chosen, and shows the queue as it stands now with what became of each. */
async function changeChosen(call: QueueCall<BulkChange>): Promise<Answer> {
  const { t } = call.language;
  const outcomes = await changeMany(call.staff, call.body);
  const left = outcomes.filter(({ result }) => result !== 'changed');
  return showQueue(call, {
    tone: left.length === 0 ? 'success' : 'warning',
    title: t('desk.bulk.done', { count: outcomes.length - left.length }),
    items: left.map(({ reference, result }) =>
      t(`desk.bulk.left.${result}`, { reference: reference ?? t('requests.unnamed') }),
    ),
  });
}

/** The queue, and what is done to several requests at once. */
export const queuePages: Door[] = [
  staffPage<Record<string, never>, QueueFilters>('requests:read', {
    method: 'get',
    path: '/o/:organization/requests',
    query: queueFilters,
    act: (call) => showQueue(call),
  }),
  staffPage<Record<string, never>, QueueFilters, BulkChange>('requests:work', {
    method: 'post',
    path: '/o/:organization/requests/bulk',
    query: queueFilters,
    body: bulkChange,
    act: changeChosen,
    onInvalid: (call, { errors }) => {
      const field = ['rows', 'tag', 'assigneeId'].find((name) =>
        Object.keys(errors).some((key) => key.startsWith(name)),
      );
      const title = call.language.t(`desk.bulk.error.${field ?? 'rows'}`);
      return showQueue(call, { tone: 'danger', title, items: [] });
    },
  }),
  // Tells whether a page that is open would look different now; nothing personal is read.
  staffPage<Record<string, never>, QueueFilters>('requests:read', {
    method: 'post',
    path: '/o/:organization/requests/pulse',
    query: queueFilters,
    act: async ({ staff, query }) => ({ json: { stamp: await queueStamp(staff, query) } }),
  }),
  staffPage<Record<string, never>, Record<string, never>, NewView>('requests:read', {
    method: 'post',
    path: '/o/:organization/requests/views',
    body: newView,
    act: async ({ staff, body }) => {
      const { filters } = await saveView(staff, body);
      return { redirect: queueUrl(staff, filters), flash: 'desk.flash.viewSaved' };
    },
    onInvalid: (call) => {
      const title = call.language.t('desk.views.error');
      return showQueue({ ...call, query: { group: 'open' } }, { tone: 'danger', title, items: [] });
    },
  }),
  staffPage<Record<string, never>, Record<string, never>, SearchForm>('requests:read', {
    method: 'post',
    path: '/o/:organization/requests/search',
    body: searchForm,
    act: async ({ staff, body }) => {
      const found = await searchQueue(staff, body.q);
      return { redirect: queueUrl(staff, { group: body.group, ...found }) };
    },
  }),
  staffPage<{ view: Types.ObjectId }>('requests:read', {
    method: 'post',
    path: '/o/:organization/requests/views/:view/removal',
    params: viewId,
    act: async ({ staff, params }) => {
      await removeView(staff, params.view);
      return { redirect: queueUrl(staff, {}), flash: 'desk.flash.viewRemoved' };
    },
  }),
];
