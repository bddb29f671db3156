import type { Language } from '../../language.ts';
import type { Category, InventoryContent, Purpose, Recipient } from './model.ts';
import type { ItemKind } from './schema.ts';
import { usersOf } from './service.ts';
import { retentionText, wordsIn } from './words.ts';

export const listUrl = (home: string, kind: ItemKind) =>
  kind === 'categories' ? home : `${home}/${kind}`;

const columns: Record<ItemKind, string[]> = {
  categories: ['name', 'purposes', 'retention', 'class'],
  purposes: ['name', 'basis', 'used-by'],
  recipients: ['name', 'contract', 'used-by'],
};

export const columnsOf = ({ t }: Language, kind: ItemKind) =>
  columns[kind].map((column) => ({ label: t(`inventory.column.${column}`) }));

type View = InventoryContent;

function categoryCells(language: Language, { purposes }: View, category: Category) {
  const { t } = language;
  const named = purposes.filter(({ id }) => category.purposeIds.includes(id));
  return [
    { text: named.map(({ name }) => wordsIn(name, language)).join(', ') },
    { text: retentionText(language, category.retention) },
    {
      text: t(`inventory.class.${category.dataClass}`),
      sub: category.role === 'controller' ? '' : t(`inventory.role.${category.role}`),
    },
  ];
}

const usedBy = ({ t }: Language, view: View, kind: ItemKind, id: string) => ({
  text: t('inventory.used-by', { count: usersOf(view, kind, id).length }),
});

const purposeCells = (language: Language, view: View, purpose: Purpose) => [
  {
    text: language.t(`inventory.basis.${purpose.basis}`),
    sub: purpose.isDirectMarketing ? language.t('inventory.direct-marketing') : '',
  },
  usedBy(language, view, 'purposes', purpose.id),
];

const recipientCells = (language: Language, view: View, recipient: Recipient) => [
  recipient.contractOn === null
    ? { badge: { text: language.t('inventory.no-contract'), tone: 'warning' } }
    : {
        text: language.day(recipient.contractOn),
        sub: recipient.hasSubcontractorAgreement ? language.t('inventory.subcontractor') : '',
      },
  usedBy(language, view, 'recipients', recipient.id),
];

function cellsOf(language: Language, view: View, kind: ItemKind): (object[] & { 0?: object })[] {
  if (kind === 'categories') {
    return view.categories.map((one) => categoryCells(language, view, one));
  }
  return kind === 'purposes'
    ? view.purposes.map((one) => purposeCells(language, view, one))
    : view.recipients.map((one) => recipientCells(language, view, one));
}

/** The rows of a list; they link to their forms unless `home` is null. */
export function rowsOf(language: Language, view: View, kind: ItemKind, home: string | null) {
  const cells = cellsOf(language, view, kind);
  return view[kind].map(({ id, name }, at) => ({
    cells: [
      {
        text: wordsIn(name, language),
        ...(home !== null && { href: `${home}/${kind}/${id}` }),
      },
      ...(cells[at] ?? []),
    ],
  }));
}
