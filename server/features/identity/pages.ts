import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import { settingsTabs } from '../../http/settings-tabs.ts';
import { Problem } from '../../problem.ts';
import { memberNames } from '../staff/service.ts';
import { matchEndpoint, removeMatchEndpoint, setMatchEndpoint } from './endpoint.ts';
import { endpointEdit, rulesEdit } from './rules-schema.ts';
import { identityRules, identityRulesVersions, publishIdentityRules } from './rules.ts';
import { rulesView, type RefusedRules } from './rules-view.ts';

const PATH = '/o/:organization/settings/identity';

type RulesCall = StaffCall<unknown, unknown, unknown>;

async function showRules(
  { staff, language }: RulesCall,
  refused?: RefusedRules,
  secret?: string | null,
): Promise<Answer> {
  const { organizationId } = staff;
  const [rules, versions, endpoint] = await Promise.all([
    identityRules(organizationId),
    identityRulesVersions(organizationId),
    matchEndpoint(organizationId),
  ]);
  const ids = versions.flatMap(({ publishedBy }) => publishedBy ?? []);
  const names = await memberNames(organizationId, ids);
  const found = { rules, versions, endpoint, names, secret: secret ?? null };
  const tabs = settingsTabs(staff, language, 'identity');
  return {
    page: 'identity/settings',
    model: { tabs, ...rulesView(language, staff, found, refused) },
  };
}

/** A refused form, with a sentence at each field. */
const refusedForm =
  (form: RefusedRules['form']) =>
  (
    call: RulesCall,
    { values, errors }: { values: Record<string, unknown>; errors: Record<string, string> },
  ) => {
    const { t, has } = call.language;
    const said = Object.keys(errors).map((field) => {
      const key = `identity.error.${field.split('.')[0] ?? ''}`;
      return [field, t(has(key) ? key : 'identity.error.other')] as const;
    });
    return showRules(call, { form, values, errors: Object.fromEntries(said) });
  };

const homeOf = ({ staff }: RulesCall) => `/o/${staff.organization.slug}/settings/identity`;

/** The settings of an organisation's identity checks. */
export const identityPages: Door[] = [
  staffPage('organization:read', {
    method: 'get',
    path: PATH,
    act: (call) => showRules(call),
  }),
  staffPage('identity:write', {
    method: 'post',
    path: PATH,
    body: rulesEdit,
    act: async (call) => {
      const published = await publishIdentityRules(call.staff, call.body);
      const flash = published ? 'identity.flash.published' : 'identity.flash.unchanged';
      return { redirect: homeOf(call), flash };
    },
    onInvalid: refusedForm('rules'),
  }),
  staffPage('identity:write', {
    method: 'post',
    path: `${PATH}/endpoint`,
    body: endpointEdit,
    act: async (call) => {
      try {
        const secret = await setMatchEndpoint(call.staff, call.body);
        // The secret is shown this once: it stands on the page, and in no address.
        if (secret !== null) return await showRules(call, undefined, secret);
      } catch (error) {
        if (!(error instanceof Problem) || error.problem !== 'invalid') throw error;
        const errors = { url: call.language.t('identity.error.url') };
        const page = await showRules(call, { form: 'endpoint', values: { ...call.body }, errors });
        return 'page' in page ? { ...page, status: 422 } : page;
      }
      return { redirect: homeOf(call), flash: 'identity.flash.endpoint' };
    },
    onInvalid: refusedForm('endpoint'),
  }),
  staffPage('identity:write', {
    method: 'post',
    path: `${PATH}/endpoint/removal`,
    act: async (call) => {
      await removeMatchEndpoint(call.staff);
      return { redirect: homeOf(call), flash: 'identity.flash.endpointRemoved' };
    },
  }),
];
