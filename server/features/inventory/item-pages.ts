import type Joi from 'joi';
import { mayDo } from '../../../config/permissions.ts';
import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import { inventoryHome } from '../../http/inventory-tabs.ts';
import { Problem } from '../../problem.ts';
import { type Errors, type Typed } from '../../typed.ts';
import { itemFields } from './item-form.ts';
import type { Category, Purpose, Recipient } from './model.ts';
import {
  categoryForm,
  itemParams,
  purposeForm,
  recipientForm,
  seen,
  type ItemKind,
  type ItemOf,
  type ItemParams,
} from './schema.ts';
import { inventoryOf, putItem, removeItem, usersOf } from './service.ts';
import { listUrl } from './views.ts';
import { wordsIn } from './words.ts';

const PATH = '/o/:organization/inventory';

type ItemCall = StaffCall<ItemParams, unknown, unknown>;

const freshItems: Record<ItemKind, Typed> = {
  categories: { dataClass: 'ordinary', role: 'controller', sources: ['person'] },
  purposes: {},
  recipients: {},
};

async function showItem(
  kind: ItemKind,
  { staff, language, params }: ItemCall,
  typed?: Typed,
  errors: Errors = {},
): Promise<Answer> {
  const { t } = language;
  const inventory = await inventoryOf(staff.organizationId);
  const items: readonly (Category | Purpose | Recipient)[] = inventory[kind];
  const item = items.find(({ id }) => id === params.item);
  const isNew = params.item === 'new';
  if (!item && !isNew) throw new Problem('not-found', 'There is no such item.');
  const home = inventoryHome(staff);
  const here = `${home}/${kind}/${params.item}`;
  const mayChange = mayDo(staff.role, 'inventory:write');
  const users = usersOf(inventory, kind, params.item);
  const filling = {
    typed: typed ?? { ...(item ?? freshItems[kind]) },
    errors,
    languages: staff.organization.languages,
  };
  return {
    page: `inventory/${kind}`,
    model: {
      title: item ? wordsIn(item.name, language) : t(`inventory.${kind}.add`),
      back: { href: listUrl(home, kind), label: t(`inventory.${kind}.title`) },
      action: here,
      mayChange,
      version: typed?.version ?? inventory.version,
      users: users.map(({ id, name }) => ({
        href: `${home}/categories/${id}`,
        title: wordsIn(name, language),
      })),
      removal: mayChange &&
        !isNew &&
        users.length === 0 && {
          id: 'remove',
          icon: 'trash',
          tone: 'danger',
          summary: t('inventory.remove.summary'),
          text: t('inventory.remove.text'),
          submit: t('inventory.remove.submit'),
          action: `${here}/remove`,
          hidden: [{ name: 'version', value: inventory.version }],
        },
      ...itemFields(language, kind, inventory, filling),
    },
  };
}

const doorsOf = <K extends ItemKind>(
  kind: K,
  body: Joi.ObjectSchema<Omit<ItemOf[K], 'id'> & { version: number }>,
): Door[] => [
  staffPage<ItemParams>('inventory:read', {
    method: 'get',
    path: `${PATH}/${kind}/:item`,
    params: itemParams,
    act: (call) => showItem(kind, call),
  }),
  staffPage('inventory:write', {
    method: 'post',
    path: `${PATH}/${kind}/:item`,
    params: itemParams,
    body,
    act: async (call) => {
      await putItem(call.staff, kind, call.params.item, call.body);
      const redirect = listUrl(inventoryHome(call.staff), kind);
      return { redirect, flash: 'inventory.flash.saved' };
    },
    onInvalid: (call, { values, errors }) => showItem(kind, call, values, errors),
  }),
  staffPage('inventory:write', {
    method: 'post',
    path: `${PATH}/${kind}/:item/remove`,
    params: itemParams,
    body: seen,
    act: async ({ staff, params, body }) => {
      await removeItem(staff, kind, params.item, body.version);
      const redirect = listUrl(inventoryHome(staff), kind);
      return { redirect, flash: 'inventory.flash.removed' };
    },
  }),
];

/** The form of each item, and its removal. */
export const itemPages: readonly Door[] = [
  ...doorsOf('categories', categoryForm),
  ...doorsOf('purposes', purposeForm),
  ...doorsOf('recipients', recipientForm),
];
