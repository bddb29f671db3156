import { identityFigures, type PointId } from '../../../config/identity.ts';
import type { Language } from '../../language.ts';
import { errorList } from '../../typed.ts';
import type { Organization } from '../organizations/service.ts';
import type { PersonView } from './portal.ts';
import type { identityForPerson } from './proof-person.ts';

/** What a request's page says of its proof: the way to what is asked, or that the office sees to it. */
export function proofNotice({ t }: Language, { proofBy }: PersonView, here: string) {
  if (proofBy === null) return null;
  if (proofBy === 'office') {
    return { title: t('identity.office.title'), text: t('identity.office.text') };
  }
  return {
    tone: 'warning',
    title: t('identity.notice.title'),
    text: t('identity.notice.text'),
    link: { href: `${here}/identity`, label: t('identity.notice.link') },
  };
}

type Asked = NonNullable<Awaited<ReturnType<typeof identityForPerson>>>;

/** What was typed into one of the forms, and what is wrong with it. */
export interface RefusedProof {
  form: 'points' | 'disputed' | 'declaration' | 'document';
  values?: Record<string, unknown>;
  errors?: Record<string, string>;
  notice?: string;
}

const pointField = (
  { t, has }: Language,
  point: PointId,
  { values = {}, errors = {} }: Partial<RefusedProof>,
) => ({
  id: point,
  label: t(`identity.point.${point}`),
  hint: has(`identity.pointHint.${point}`) ? t(`identity.pointHint.${point}`) : undefined,
  value: values[point],
  error: errors[point],
  autocomplete: 'off',
});

/** What is asked of a person beside the mailbox: why, in which ways, and what happens then. */
export function proofView(
  language: Language,
  organization: Organization,
  asked: Asked,
  { here, name, reference }: { here: string; name: string; reference: string },
  refused?: RefusedProof,
) {
  const { t } = language;
  const { isOpen, isProved, ways, set, document, reasons, evidence } = asked;
  const offers = (way: string) => isOpen && ways.includes(way as (typeof ways)[number]);
  const of = (form: RefusedProof['form']): Partial<RefusedProof> =>
    refused?.form === form ? refused : {};
  const errors = refused?.errors ?? {};
  return {
    back: { href: here, label: t('identity.back') },
    title: t(isProved ? 'identity.done.title' : 'identity.page.title'),
    lede: t(isProved ? 'identity.done.text' : 'identity.page.lede', {
      organization: organization.name,
    }),
    notice: refused?.notice,
    errorList: errorList(errors),
    why: isProved ? [] : reasons.map(({ code }) => t(`identity.why.${code}`)),
    proofs: evidence.map((kind) => t(`identity.evidence.${kind}`)),
    isOpen,
    waits: document === 'waiting',
    wasDeleted: document === 'expired' && offers('document'),
    choosesOne: isOpen && ways.includes('document') && ways.length > 1,
    disputed:
      offers('data-points') && set?.kind === 'disputed'
        ? {
            action: `${here}/identity/disputed`,
            options: set.points.map((value) => ({ value, title: t(`identity.point.${value}`) })),
          }
        : null,
    points:
      offers('data-points') && set?.kind === 'points'
        ? {
            action: `${here}/identity/points`,
            fields: set.points.map((point) => pointField(language, point, of('points'))),
          }
        : null,
    declaration: offers('declaration')
      ? {
          action: `${here}/identity/declaration`,
          words: declarationWords(language, organization, reference),
          name: of('declaration').values?.name ?? name,
          errors: of('declaration').errors ?? {},
        }
      : null,
    document: offers('document')
      ? {
          action: `${here}/identity/document`,
          error: of('document').errors?.document,
          hint: t('identity.document.hint', {
            megabytes: String(identityFigures.document.maxBytes / 1024 / 1024),
          }),
        }
      : null,
    office: offers('office') ? { href: `${here}#text` } : null,
  };
}

/** What is declared: shown, and stored as it was shown. */
export const declarationWords = (
  { t }: Language,
  organization: Organization,
  reference: string,
): string => t('identity.declaration.words', { organization: organization.name, reference });
