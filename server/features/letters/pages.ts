import { mayDo } from '../../../config/permissions.ts';
import { staffPage, type Answer, type Door, type StaffCall } from '../../http/doors.ts';
import { Problem } from '../../problem.ts';
import { memberNames } from '../staff/service.ts';
import { defaultLetter } from './defaults.ts';
import {
  letterEdit,
  letterName,
  letterVersionName,
  seenVersion,
  type LetterName,
} from './schema.ts';
import {
  currentLetter,
  letterVersion,
  ownLetters,
  resetLetter,
  restoreLetter,
  saveLetter,
  versionsOfLetter,
} from './service.ts';
import {
  letterList,
  letterPreview,
  letterTitle,
  letterView,
  pathOfLetter,
  savedByText,
} from './views.ts';
import type { LetterSource } from './writing.ts';

const one = '/o/:organization/letters/:code/:language';

type LetterCall = StaffCall<LetterName, unknown, unknown>;

async function showLetter(
  { staff, language, params }: LetterCall,
  given: { typed?: LetterSource; isRefused?: boolean; notice?: string } = {},
): Promise<Answer> {
  const { organizationId, organization, role } = staff;
  const [current, versions] = await Promise.all([
    currentLetter(organizationId, params),
    versionsOfLetter(organizationId, params),
  ]);
  const who = await memberNames(
    organizationId,
    versions.map(({ savedBy }) => savedBy),
  );
  const { typed = current, isRefused = false, notice } = given;
  return {
    page: 'letters/letter',
    model: letterView(language, organization, {
      name: params,
      current,
      typed,
      versions,
      who,
      mayWrite: mayDo(role, 'letters:write'),
      isRefused,
      ...(notice !== undefined && { notice }),
    }),
  };
}

const typedIn = (values: Record<string, unknown>): LetterSource => ({
  subject: typeof values.subject === 'string' ? values.subject : '',
  body: typeof values.body === 'string' ? values.body : '',
});

/** Does something about a letter; whoever saw an older version is shown how it stands now. */
async function changed(
  call: LetterCall,
  typed: LetterSource | null,
  work: () => Promise<string>,
): Promise<Answer> {
  try {
    const flash = await work();
    return { redirect: pathOfLetter(call.staff.organization, call.params), flash };
  } catch (error) {
    if (!(error instanceof Problem) || error.problem !== 'conflict') throw error;
    const notice = call.language.t('letters.edit.conflict');
    return { ...(await showLetter(call, { ...(typed && { typed }), notice })), status: 409 };
  }
}

/** The letters of an organisation: which there are, and their words. */
export const letterPages: Door[] = [
  staffPage('letters:read', {
    method: 'get',
    path: '/o/:organization/letters',
    act: async ({ staff, language }) => ({
      page: 'letters/list',
      model: {
        stages: letterList(language, staff.organization, await ownLetters(staff.organizationId)),
      },
    }),
  }),
  staffPage('letters:read', {
    method: 'get',
    path: one,
    params: letterName,
    act: (call) => showLetter(call),
  }),
  staffPage('letters:write', {
    method: 'post',
    path: one,
    params: letterName,
    body: letterEdit,
    act: (call) =>
      changed(call, call.body, async () => {
        const version = await saveLetter(call.staff, call.params, call.body);
        return version === null ? 'letters.flash.unchanged' : 'letters.flash.saved';
      }),
    onInvalid: (call, { values }) => showLetter(call, { typed: typedIn(values), isRefused: true }),
  }),
  staffPage('letters:write', {
    method: 'post',
    path: `${one}/preview`,
    params: letterName,
    body: letterEdit,
    act: (call) => showLetter(call, { typed: call.body }),
    onInvalid: (call, { values }) => showLetter(call, { typed: typedIn(values) }),
  }),
  staffPage('letters:write', {
    method: 'post',
    path: `${one}/standard`,
    params: letterName,
    body: seenVersion,
    act: (call) =>
      changed(call, null, async () => {
        await resetLetter(call.staff, call.params, call.body.version);
        return 'letters.flash.reset';
      }),
  }),
  staffPage('letters:read', {
    method: 'get',
    path: `${one}/versions/:version`,
    params: letterVersionName,
    act: async ({ staff, language, params }) => {
      const { organizationId, organization, role } = staff;
      const [version, current] = await Promise.all([
        letterVersion(organizationId, params, params.version),
        currentLetter(organizationId, params),
      ]);
      const source = version.isOwn ? version : defaultLetter(params.code, params.language);
      const who = await memberNames(organizationId, [version.savedBy]);
      const { t } = language;
      const number = { version: params.version };
      const here = pathOfLetter(organization, params);
      const isInForce = current.version === params.version;
      return {
        page: 'letters/version',
        model: {
          title: t('letters.edit.version', number),
          eyebrow: letterTitle(language, params.code),
          subtitle: savedByText(language, organization, version, who),
          back: { href: here, label: t('letters.version.back') },
          badge: isInForce && { text: t('letters.version.inForce'), tone: 'success' },
          isOwn: version.isOwn,
          source,
          preview: letterPreview(organization, params, source),
          restore: !isInForce &&
            mayDo(role, 'letters:write') && {
              action: `${here}/versions/${params.version.toString()}/restore`,
              title: t('letters.version.restoreTitle', number),
              hidden: [{ name: 'version', value: current.version }],
            },
        },
      };
    },
  }),
  staffPage('letters:write', {
    method: 'post',
    path: `${one}/versions/:version/restore`,
    params: letterVersionName,
    body: seenVersion,
    act: (call) =>
      changed(call, null, async () => {
        const { version } = call.params;
        await restoreLetter(call.staff, call.params, { version, seen: call.body.version });
        return 'letters.flash.restored';
      }),
  }),
];
