import { mayDo } from '../../../config/permissions.ts';
import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import { inventoryHome, inventoryTabs } from '../../http/inventory-tabs.ts';
import type { Language } from '../../language.ts';
import { namedErrorList, textOf, type Errors, type Typed } from '../../typed.ts';
import { textFindings, type Finding } from './finding.ts';
import { lintPolicy } from './lint.ts';
import { isEnglish } from './passages.ts';
import { policyEdit, versionQuery, type PolicyEdit, type VersionQuery } from './schema.ts';
import {
  configurationOf,
  currentPolicy,
  policyVersion,
  policyVersions,
  storePolicy,
} from './service.ts';

const PATH = '/o/:organization/inventory/policy';
const MOST_VERSIONS = 12;

/** Where the words for the codes of a finding are: key before and after the code. */
const WORDS: Readonly<Record<string, [before: string, after: string]>> = {
  right: ['requests.right.', ''],
  regime: ['organizations.regime.', ''],
  role: ['layout.contact.', ''],
  category: ['consent.category.', ''],
};

function findingView({ t, has }: Language, { code, quote, facts }: Finding) {
  const params = Object.fromEntries(
    Object.entries(facts).map(([name, value]) => {
      const [before, after] = WORDS[name] ?? ['', ''];
      const key = `${before}${value}${after}`;
      return [name, before !== '' && has(key) ? t(key) : value];
    }),
  );
  const isInText = (textFindings as readonly string[]).includes(code);
  return {
    title: t(`policies.finding.${code}.title`, params),
    todo: t(`policies.finding.${code}.todo`, params),
    quote,
    badge: {
      text: t(isInText ? 'policies.in-text' : 'policies.in-settings'),
      tone: isInText ? 'warning' : 'info',
    },
  };
}

async function showPolicy(
  { staff, language, query }: StaffCall<unknown, VersionQuery, unknown>,
  typed?: Typed,
  errors: Errors = {},
): Promise<Answer> {
  const { t, day, moment } = language;
  const { organizationId, organization } = staff;
  const here = `${inventoryHome(staff)}/policy`;
  const [current, versions] = await Promise.all([
    currentPolicy(organizationId),
    policyVersions(organizationId, MOST_VERSIONS),
  ]);
  const isPast = query.version !== undefined && query.version !== current?.version;
  const shown = isPast ? await policyVersion(organizationId, query.version ?? 0) : current;
  const values: Typed = typed ?? { ...shown, version: current?.version ?? 0 };
  const isRead = shown !== null && isEnglish(shown.text);
  const findings = isRead ? lintPolicy(shown.text, configurationOf(organization)) : [];
  return {
    page: 'policies/policy',
    model: {
      title: t('inventory.title'),
      tabs: inventoryTabs(staff, language, 'policy'),
      action: here,
      past: isPast && {
        text: t('inventory.past', { version: shown?.version ?? 0 }),
        link: { href: here, label: t('inventory.to-current') },
      },
      mayChange: mayDo(staff.role, 'inventory:write') && !isPast,
      isStored: shown !== null,
      isRead,
      summary: findings.length > 0 ? t('policies.found', { count: findings.length }) : null,
      findings: findings.map((finding) => findingView(language, finding)),
      values: {
        version: textOf(values.version),
        text: textOf(values.text),
        publishedOn: textOf(values.publishedOn),
        effectiveOn: textOf(values.effectiveOn),
      },
      errors,
      errorList: namedErrorList(language, 'policies.field', errors),
      versions: versions.map(({ version, hash, storedAt, effectiveOn }) => ({
        href: version === current?.version ? here : `${here}?version=${version.toString()}`,
        title: t('inventory.version', { version }),
        text: [
          effectiveOn === null ? '' : t('policies.effective', { day: day(effectiveOn) }),
          moment(storedAt, organization.timeZone),
          hash.slice(0, 12),
        ]
          .filter(Boolean)
          .join(' · '),
        current: version === shown?.version,
      })),
    },
  };
}

/** The privacy notice of an organisation, and where it contradicts itself or the settings. */
export const policyPages: readonly Door[] = [
  staffPage<Record<string, never>, VersionQuery>('inventory:read', {
    method: 'get',
    path: PATH,
    query: versionQuery,
    act: (call) => showPolicy(call),
  }),
  staffPage<Record<string, never>, VersionQuery, PolicyEdit>('inventory:write', {
    method: 'post',
    path: PATH,
    query: versionQuery,
    body: policyEdit,
    act: async ({ staff, body }) => {
      await storePolicy(staff, body);
      return { redirect: `${inventoryHome(staff)}/policy`, flash: 'policies.flash.stored' };
    },
    onInvalid: (call, { values, errors }) => showPolicy(call, values, errors),
  }),
];
