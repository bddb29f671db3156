import Joi from 'joi';
import { mayDo } from '../../../config/permissions.ts';
import { defaults } from '../../../config/defaults.ts';
import { regimeIds } from '../../../config/regimes.ts';
import { rightIds } from '../../../config/rights.ts';
import {
  accountPage,
  staffPage,
  type AccountCall,
  type Answer,
  type Door,
  type StaffCall,
} from '../../http/doors.ts';
import { settingsTabs } from '../../http/settings-tabs.ts';
import type { Language } from '../../language.ts';
import { Problem } from '../../problem.ts';
import { type Errors, type Typed } from '../../typed.ts';
import { foundFromPreset, presetById, presetIds } from '../presets/service.ts';
import type { Account } from '../staff/service.ts';
import { newOrganization, organizationSettings, type NewOrganization } from './schema.ts';
import { allOrganizations, changeOrganization } from './service.ts';
import { inChosenOrder, settingsFields } from './settings-form.ts';
import { sitePages } from './site-pages.ts';

type SettingsCall = StaffCall<unknown, unknown, unknown>;

function settingsView({ staff, language }: SettingsCall, typed: Typed, errors: Errors): Answer {
  return {
    page: 'organizations/settings',
    model: {
      tabs: settingsTabs(staff, language, 'organization'),
      action: `/o/${staff.organization.slug}/settings`,
      mayChange: mayDo(staff.role, 'organization:write'),
      ...settingsFields(typed, errors, language),
    },
  };
}

const settingsDoors = [
  staffPage('organization:read', {
    method: 'get',
    path: '/o/:organization/settings',
    act: (call) => Promise.resolve(settingsView(call, { ...call.staff.organization }, {})),
  }),
  staffPage('organization:write', {
    method: 'post',
    path: '/o/:organization/settings',
    body: organizationSettings,
    act: async ({ staff, body }) => {
      const { slug, languages } = staff.organization;
      const settings = inChosenOrder(body, languages[0] ?? '');
      await changeOrganization(staff, staff.organizationId, settings);
      return { redirect: `/o/${slug}/settings`, flash: 'organizations.flash.saved' };
    },
    onInvalid: (call, { values, errors }) => Promise.resolve(settingsView(call, values, errors)),
  }),
];

/** @throws Problem not-found for all but administrators of the installation: others need not know that this exists. */
function admitInstallationAdministrator({ isInstallationAdministrator }: Account): void {
  if (!isInstallationAdministrator) throw new Problem('not-found', 'There is nothing here.');
}

/** Not a preset: everything is offered, and the rest is left open. */
const BLANK = 'blank';

interface PresetQuery {
  preset?: string;
}
const chosenPreset = Joi.string().valid(...presetIds, BLANK);
const presetQuery = Joi.object<PresetQuery>({ preset: chosenPreset.empty('') });

function freshSettings(language: Language, preset: string): Typed {
  const { regimes, rights, promiseDays } = presetById(preset) ?? {
    regimes: regimeIds,
    rights: rightIds,
    promiseDays: defaults.promiseDays,
  };
  return {
    preset,
    timeZone: defaults.timeZone,
    languages: [language.code],
    regimes,
    rights,
    promiseDays,
  };
}

async function organizationsView({
  account,
}: AccountCall<unknown, unknown, unknown>): Promise<Answer> {
  admitInstallationAdministrator(account);
  const own = new Set(account.memberships.map(({ slug }) => slug));
  const organizations = await allOrganizations();
  return {
    page: 'organizations/list',
    layout: 'plain',
    model: {
      wide: true,
      organizations: organizations.map(({ slug, name }) => ({
        name,
        slug,
        href: own.has(slug) ? `/o/${slug}` : `/privacy/${slug}`,
        isOwn: own.has(slug),
      })),
    },
  };
}

const NEW = '/staff/organizations/new';

const chooseView = ({ t }: Language): Answer => ({
  page: 'organizations/choose',
  layout: 'plain',
  model: {
    wide: true,
    presets: [...presetIds, BLANK].map((id) => ({
      href: `${NEW}?preset=${id}`,
      title: t(`presets.preset.${id}.title`),
      text: t(`presets.preset.${id}.text`),
    })),
  },
});

function newView(language: Language, typed: Typed, errors: Errors): Answer {
  const preset = presetIds.includes(String(typed.preset)) ? String(typed.preset) : BLANK;
  const name = language.t(`presets.preset.${preset}.title`);
  return {
    page: 'organizations/new',
    layout: 'plain',
    model: {
      wide: true,
      preset,
      lede: language.t('organizations.choose.lede', { name }),
      chooseUrl: NEW,
      ...settingsFields(typed, errors, language),
    },
  };
}

const installationDoors = [
  accountPage({ method: 'get', path: '/staff/organizations', act: organizationsView }),
  accountPage<Record<string, never>, PresetQuery>({
    method: 'get',
    path: NEW,
    query: presetQuery,
    act: ({ account, language, query }) => {
      admitInstallationAdministrator(account);
      return Promise.resolve(
        query.preset === undefined
          ? chooseView(language)
          : newView(language, freshSettings(language, query.preset), {}),
      );
    },
  }),
  accountPage({
    method: 'post',
    path: '/staff/organizations',
    body: newOrganization.append<NewOrganization & { preset: string }>({
      preset: chosenPreset.default(BLANK),
    }),
    act: async ({ account, body: { preset, ...input }, language }) => {
      admitInstallationAdministrator(account);
      try {
        const { slug } = await foundFromPreset(account, presetById(preset), input);
        return { redirect: `/o/${slug}/settings`, flash: 'organizations.flash.founded' };
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== 'slug-taken') throw error;
        const errors = { slug: language.t('problems.code.slug-taken') };
        const view = newView(language, { ...input, preset }, errors);
        return { ...view, status: 422 };
      }
    },
    onInvalid: ({ account, language }, { values, errors }) => {
      admitInstallationAdministrator(account);
      return Promise.resolve(newView(language, values, errors));
    },
  }),
];

/** The settings of an organisation and its sites, and the organisations of the installation. */
export const organizationPages: readonly Door[] = [
  ...settingsDoors,
  ...sitePages,
  ...installationDoors,
];
