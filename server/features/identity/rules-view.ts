import { highestLevel, lowestLevel, pointIds } from '../../../config/identity.ts';
import { mayDo } from '../../../config/permissions.ts';
import { identityLevels, rightIds, type RightId } from '../../../config/rights.ts';
import type { Language } from '../../language.ts';
import { errorList, memberOf, textOf, type Errors, type Typed } from '../../typed.ts';
import type { StaffMember } from '../staff/service.ts';
import type { IdentityRulesRow, MatchEndpointRow } from './proof-model.ts';
import type { IdentityRules } from './rules.ts';

/** What was typed into one of the forms and not accepted. */
export interface RefusedRules {
  form: 'rules' | 'endpoint';
  values: Typed;
  errors: Errors;
}

/** A member of what was typed, however deep. */
const typed = (values: Typed, ...path: string[]): unknown => path.reduce<unknown>(memberOf, values);

function levelRows(language: Language, rules: IdentityRules, refused?: RefusedRules) {
  const { t } = language;
  const options = (right: RightId) =>
    identityLevels
      .filter((level) => level >= lowestLevel(right) && level <= highestLevel(right))
      .map((level) => ({ value: String(level), label: t(`identity.short.${String(level)}`) }));
  return rightIds.map((right) => {
    const isFixed = highestLevel(right) === 0;
    const cell = (kind: 'ordinary' | 'sensitive') => ({
      id: `levels.${right}.${kind}`,
      name: `levels[${right}][${kind}]`,
      label: t('identity.settings.levelOf', {
        right: t(`requests.right.${right}`),
        data: t(`identity.settings.${kind}`),
      }),
      value: refused
        ? textOf(typed(refused.values, 'levels', right, kind))
        : String(rules.levels[right][kind]),
      error: refused?.errors[`levels.${right}.${kind}`],
      options: options(right),
    });
    return {
      right: t(`requests.right.${right}`),
      fixed: isFixed ? t('identity.settings.fixed') : null,
      ordinary: cell('ordinary'),
      sensitive: cell('sensitive'),
    };
  });
}

function documentFields({ t }: Language, rules: IdentityRules, refused?: RefusedRules) {
  return rightIds
    .filter((right) => highestLevel(right) > 0)
    .map((right) => {
      const known = rules.documents.find((one) => one.right === right)?.reason;
      return {
        id: `documents.${right}`,
        name: `documents[${right}]`,
        label: t(`requests.right.${right}`),
        value: refused ? textOf(typed(refused.values, 'documents', right)) : known,
        error: refused?.errors[`documents.${right}`],
        optional: true,
      };
    });
}

/** How an organisation proves who somebody is, as a page with its forms. */
export function rulesView(
  language: Language,
  staff: StaffMember,
  found: {
    rules: IdentityRules;
    versions: readonly IdentityRulesRow[];
    endpoint: MatchEndpointRow | null;
    names: Map<string, string>;
    secret?: string | null;
  },
  refused?: RefusedRules,
) {
  const { t, moment } = language;
  const { rules, endpoint, versions, names } = found;
  const home = `/o/${staff.organization.slug}/settings/identity`;
  const ofRules = refused?.form === 'rules' ? refused : undefined;
  const ofEndpoint = refused?.form === 'endpoint' ? refused : undefined;
  const chosen = ofEndpoint ? [ofEndpoint.values.points ?? []].flat() : (endpoint?.points ?? []);
  const sends = ofEndpoint ? ofEndpoint.values.sends : (endpoint?.sends ?? 'hashes');
  return {
    mayChange: mayDo(staff.role, 'identity:write'),
    errorList: errorList(refused?.errors ?? {}),
    version: rules.version,
    action: home,
    rows: levelRows(language, rules, ofRules),
    declaration: ofRules ? ofRules.values.declaration === 'yes' : rules.declaration,
    documents: documentFields(language, rules, ofRules),
    documentsOpen: rules.documents.length > 0 || ofRules !== undefined,
    versions: versions.map(({ version, publishedAt, publishedBy }) => ({
      term: t('identity.settings.version', { version: String(version) }),
      text: moment(publishedAt, staff.organization.timeZone),
      sub: names.get(publishedBy ?? ''),
    })),
    secret: found.secret && {
      id: 'secret',
      label: t('identity.settings.secret'),
      value: found.secret,
    },
    endpoint: {
      action: `${home}/endpoint`,
      removeAction: endpoint ? `${home}/endpoint/removal` : null,
      url: ofEndpoint ? textOf(ofEndpoint.values.url) : endpoint?.url,
      errors: ofEndpoint?.errors ?? {},
      points: pointIds.map((value) => ({
        value,
        title: t(`identity.point.${value}`),
        checked: chosen.includes(value),
      })),
      sends: (['hashes', 'values'] as const).map((value) => ({
        value,
        title: t(`identity.sends.${value}.title`),
        description: t(`identity.sends.${value}.text`),
      })),
      chosen: sends,
    },
  };
}
