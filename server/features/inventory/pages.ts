import { mayDo } from '../../../config/permissions.ts';
import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import { inventoryHome, inventoryTabs } from '../../http/inventory-tabs.ts';
import { memberNames } from '../staff/service.ts';
import { itemPages } from './item-pages.ts';
import { itemKinds, versionQuery, type ItemKind, type VersionQuery } from './schema.ts';
import { inventoryChanges, inventoryOf, inventoryVersion } from './service.ts';
import { columnsOf, listUrl, rowsOf } from './views.ts';

const MOST_VERSIONS = 12;

async function showList(
  kind: ItemKind,
  { staff, language, query }: StaffCall<unknown, VersionQuery, unknown>,
): Promise<Answer> {
  const { t, moment } = language;
  const { organizationId, organization } = staff;
  const home = inventoryHome(staff);
  const here = listUrl(home, kind);
  const [current, changes] = await Promise.all([
    inventoryOf(organizationId),
    inventoryChanges(organizationId, MOST_VERSIONS),
  ]);
  const isPast = query.version !== undefined && query.version !== current.version;
  const shown = isPast ? await inventoryVersion(organizationId, query.version ?? 0) : current;
  const names = await memberNames(
    organizationId,
    changes.flatMap(({ changedBy }) => changedBy ?? []),
  );
  return {
    page: 'inventory/list',
    model: {
      title: t('inventory.title'),
      tabs: inventoryTabs(staff, language, kind),
      heading: t(`inventory.${kind}.title`),
      text: t(`inventory.${kind}.text`),
      add:
        mayDo(staff.role, 'inventory:write') && !isPast
          ? { href: `${home}/${kind}/new`, label: t(`inventory.${kind}.add`) }
          : null,
      past: isPast
        ? {
            text: t('inventory.past', { version: shown.version }),
            link: { href: here, label: t('inventory.to-current') },
          }
        : null,
      table: shown[kind].length > 0 && {
        caption: t(`inventory.${kind}.title`),
        columns: columnsOf(language, kind),
        rows: rowsOf(language, shown, kind, isPast ? null : home),
      },
      empty: { title: t(`inventory.${kind}.none`), text: t(`inventory.${kind}.none-text`) },
      versions: changes.map(({ version, changedAt, changedBy }) => ({
        href: version === current.version ? here : `${here}?version=${version.toString()}`,
        title: t('inventory.version', { version }),
        text: [moment(changedAt, organization.timeZone), names.get(changedBy ?? '') ?? '']
          .filter(Boolean)
          .join(' · '),
        current: version === shown.version,
      })),
    },
  };
}

/** What the organisation processes, and each item of it. */
export const inventoryPages: readonly Door[] = [
  ...itemKinds.map((kind) =>
    staffPage<Record<string, never>, VersionQuery>('inventory:read', {
      method: 'get',
      path: listUrl('/o/:organization/inventory', kind),
      query: versionQuery,
      act: (call) => showList(kind, call),
    }),
  ),
  ...itemPages,
];
