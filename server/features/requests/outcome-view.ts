import {
  answerItemFields,
  rightCatalogue,
  type AnswerItemKind,
} from '../../../config/right-catalogue.ts';
import type { Language } from '../../language.ts';
import { newClientKey } from '../../wire.ts';
import { isCalendarDay } from '../../deadlines/days.ts';
import type { Purpose } from '../inventory/service.ts';
import { itemFieldsOf, type AnswerItem } from './answer-items.ts';
import { answerItems } from './question-view.ts';
import type { RequestView } from './reading.ts';

/** A form that was not accepted. */
interface Refused {
  form: string;
  values: Record<string, unknown>;
  errors: Record<string, string>;
}

/** One line of an answer, field by field in words; fields without words are left out. */
function itemFacts({ t, day }: Language, { kind, fields }: AnswerItem) {
  return answerItemFields[kind].flatMap(({ id, kind: fieldKind }) => {
    const value = fields[id] ?? '';
    if (value === '') return [];
    const text =
      fieldKind === 'ground'
        ? t(`requests.groundForPerson.${value}`)
        : fieldKind === 'date' && isCalendarDay(value)
          ? day(value)
          : value;
    return [{ term: t(`outcomes.item.${kind}.${id}`), text }];
  });
}

/** What was changed: as staff wrote it down, or else as the person asked for it. */
function changesOf(
  items: readonly AnswerItem[],
  { right, answers, outcome }: Pick<RequestView, 'right' | 'answers' | 'outcome'>,
): AnswerItem[] {
  const written = items.filter(({ kind }) => kind === 'change');
  const { field = '', present = '', wanted = '' } = answers;
  const isDone = outcome?.kind === 'completed' && rightCatalogue[right].items === 'change';
  if (written.length > 0 || !isDone || field === '') return written;
  const fields = { field, before: present, after: wanted };
  return [{ id: '', kind: 'change', at: outcome.at, fields }];
}

/** What the answer lists, under a heading for each kind. */
export function listedItems(
  language: Language,
  view: Pick<RequestView, 'items' | 'right' | 'answers' | 'outcome'>,
) {
  const { items } = view;
  const lists = (['kept', 'change', 'disclosure', 'statement'] as const).map((kind) => ({
    kind,
    title: language.t(`outcomes.list.${kind}`),
    items: (kind === 'change'
      ? changesOf(items, view)
      : items.filter((one) => one.kind === kind)
    ).map((item) => ({ facts: itemFacts(language, item) })),
  }));
  return lists.filter((list) => list.items.length > 0);
}

function itemForm(
  { t }: Language,
  kind: AnswerItemKind,
  view: RequestView,
  refused: Refused | undefined,
) {
  const form = `item-${kind}`;
  const mine = refused?.form === form ? refused : undefined;
  const typed = (mine?.values.fields ?? {}) as Record<string, string | undefined>;
  return {
    id: form,
    kind,
    open: mine !== undefined,
    title: t(`outcomes.add.${kind}`),
    formKey: newClientKey(),
    fields: itemFieldsOf(kind, view.right).map(({ id, kind: fieldKind, required }) => ({
      id: `${form}-fields.${id}`,
      name: `fields[${id}]`,
      kind: fieldKind === 'ground' ? 'select' : fieldKind,
      label: t(`outcomes.item.${kind}.${id}`),
      optional: !required,
      value: typed[id] ?? '',
      error: mine?.errors[`fields.${id}`],
      ...(fieldKind === 'date' && { short: true }),
      ...(fieldKind === 'ground' && {
        placeholder: t('right-form.choose'),
        options: view.grounds.map((value) => ({ value, label: t(`requests.ground.${value}`) })),
      }),
    })),
  };
}

/** What the desk shows of an answer in the making, beside its words. */
export function outcomeModel(
  language: Language,
  view: RequestView,
  { here, purposes, refused }: { here: string; purposes: readonly Purpose[]; refused?: Refused },
) {
  const { t, day } = language;
  const { outcomes, results = [] } = rightCatalogue[view.right];
  const kinds = view.can.item ? view.itemKinds : [];
  return {
    answers: answerItems(language, view.right, view.answers, purposes),
    itemLists: view.can.item
      ? kinds.map((kind) => ({
          title: t(`outcomes.list.${kind}`),
          action: `${here}/items/${kind}`,
          items: view.items
            .filter((item) => item.kind === kind)
            .map((item) => ({
              facts: itemFacts(language, item),
              removeUrl: `${here}/items/${item.id}/remove`,
            })),
          form: itemForm(language, kind, view, refused),
        }))
      : [],
    listed: view.can.item ? [] : listedItems(language, view),
    outcomeKinds: outcomes.includes('partial')
      ? (['completed', 'partial'] as const).map((value) => ({
          value,
          label: t(`outcomes.kind.${value}`),
        }))
      : null,
    outcomeResults:
      results.length > 0
        ? results.map((value) => ({ value, label: t(`outcomes.result.${view.right}.${value}`) }))
        : null,
    outcomeResult:
      view.outcome?.result != null
        ? t(`outcomes.result.${view.right}.${view.outcome.result}`)
        : null,
    awaits: view.awaitsConfirmation && view.can.item ? t('outcomes.awaitsConfirmation') : null,
    liftAction: `${here}/lifting`,
    lifting: view.lifting && {
      title: t('outcomes.lifting', { day: day(view.lifting.liftsOn) }),
      text: view.lifting.text,
    },
  };
}
