import { mayDo } from '../../../config/permissions.ts';
import type { Language } from '../../language.ts';
import {
  itemKinds,
  type Package,
  type PackageItem,
  type PackageSection,
} from '../packages/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { fileOfItem } from './answer-package.ts';
import { requestPath } from './links.ts';
import type { RequestRow } from './model.ts';
import { groupOf } from './states.ts';
import { fileItems, sizeText } from './timeline.ts';

const tones = { clear: 'success', withheld: 'neutral', open: 'warning' } as const;

/** What staff see of an answer while it is gathered, and after it was handed over. */
export function packageView(
  language: Language,
  { organization, role }: StaffMember,
  row: RequestRow,
  gathered: Package | null,
  sections: readonly PackageSection[],
) {
  const { t } = language;
  const request = requestPath(organization, row._id);
  const here = `${request}/package`;
  const isOpen = groupOf(row.state) === 'open' && (gathered?.state ?? 'open') === 'open';
  const items = gathered?.items ?? [];
  const nameOf = (category: string) =>
    sections.find(({ id }) => id === category)?.name ?? t('package.more');
  const left = items.filter(({ verdict }) => verdict === null).length;
  return {
    title: t('package.staff.title'),
    back: { href: request, label: t('package.staff.back', { reference: row.reference }) },
    state: gathered && stateOf(language, gathered, organization.timeZone),
    open: isOpen,
    toReview: isOpen && left > 0 ? t('package.staff.toReview', { count: left }) : null,
    ready: isOpen && items.length > 0 && left === 0,
    mayAdd: isOpen && mayDo(role, 'requests:work'),
    mayReview: isOpen && mayDo(role, 'requests:decide'),
    action: here,
    reviewAction: `${here}/review`,
    removalAction: `${here}/removal`,
    categories: sections.map(({ id, name }) => ({ value: id, label: name })),
    kinds: itemKinds.map((value) => ({
      value,
      title: t(`package.kind.${value}`),
      description: t(`package.kindText.${value}`),
    })),
    items: items.map((item) => itemView(language, request, item, nameOf(item.category))),
  };
}

function itemView(language: Language, request: string, item: PackageItem, category: string) {
  const { t } = language;
  const verdict = item.verdict ?? 'open';
  return {
    id: item._id.toHexString(),
    withholdId: `withhold-${item._id.toHexString()}`,
    removeId: `remove-${item._id.toHexString()}`,
    hidden: [{ name: 'item', value: item._id.toHexString() }],
    hiddenClear: [
      { name: 'item', value: item._id.toHexString() },
      { name: 'verdict', value: 'clear' },
    ],
    hiddenWithheld: [
      { name: 'item', value: item._id.toHexString() },
      { name: 'verdict', value: 'withheld' },
    ],
    name: item.name,
    files: fileItems(language, [fileOfItem(item)], (file) => `${request}/files/${file}`),
    sub: [
      category,
      item.count === null
        ? sizeText(language, item.size)
        : t('package.records', { count: item.count }),
    ].join(' · '),
    held: item.held.map((kind) => t(`package.held.${kind}`)).join(', '),
    badge: { text: t(`package.verdict.${verdict}`), tone: tones[verdict] },
    isClear: verdict === 'clear',
    reason: item.reason,
    reasonField: {
      id: `reason-${item._id.toHexString()}`,
      name: 'reason',
      label: t('package.staff.reason'),
      hint: t('package.staff.reasonHint'),
      rows: 3,
    },
  };
}

function stateOf({ t, moment }: Language, gathered: Package, timeZone: string) {
  const { state, releasedAt, endsAt, downloads } = gathered;
  if (state === 'open' || !releasedAt || !endsAt) return null;
  return {
    text: t(`package.staff.${state}`, {
      at: moment(releasedAt, timeZone),
      end: moment(endsAt, timeZone),
    }),
    fetched: t('package.staff.fetched', { count: downloads }),
  };
}
