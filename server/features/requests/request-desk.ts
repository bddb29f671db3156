import type { Language } from '../../language.ts';
import type { StaffMember } from '../staff/service.ts';
import { requestPath } from './links.ts';
import type { NextStepCode } from './next-step.ts';
import { nextStepText } from './queue-view.ts';
import type { RequestView } from './reading.ts';
import { standingStamp } from './standing.ts';

/** Who else has the page open; empty for nobody. */
export function presenceText({ t, code }: Language, names: readonly string[]): string {
  const [name] = names;
  if (name === undefined) return '';
  if (names.length === 1) return t('desk.presence.one', { name });
  return t('desk.presence.more', { names: new Intl.ListFormat(code).format(names) });
}

/** Where on the page the next step is taken, when this member may take it. */
function wayTo(
  code: NextStepCode,
  { can }: RequestView,
  here: string,
): { href: string; isFold: boolean } | null {
  switch (code) {
    case 'answer':
    case 'answer-appeal':
      return can.complete ? { href: '#complete', isFold: true } : null;
    case 'forward':
      return can.forward ? { href: '#forward', isFold: true } : null;
    case 'prove-identity':
    case 'review-document':
      return { href: `${here}/identity`, isFold: false };
    case 'agent-permission':
    case 'review-agent':
      return can.note ? { href: `${here}/agent`, isFold: false } : null;
    case 'review-package':
      return { href: `${here}/package`, isFold: false };
    default:
      return null;
  }
}

/** The head of a request's page: the one thing that is next, who else looks, and what was kept. */
export function deskHead(
  language: Language,
  { organization }: StaffMember,
  view: RequestView,
  others: readonly string[],
) {
  const { t } = language;
  const here = requestPath(organization, view.id);
  const { code, by } = view.nextStep;
  const way = wayTo(code, view, here);
  return {
    next: code !== 'nothing' && {
      text: nextStepText(language, view.nextStep),
      turn: by === 'nobody' ? '' : t(`desk.head.${by}`),
      isOfPerson: by === 'person',
      isAssign: code === 'assign' && view.can.assign,
      way: way && { ...way, label: t(`desk.way.${code}`) },
    },
    pulse: {
      url: `${here}/pulse`,
      stamp: standingStamp(view),
      others: presenceText(language, others),
      here,
    },
    tags: view.tags.map((name) => ({
      name,
      href: `/o/${organization.slug}/requests?tag=${encodeURIComponent(name)}`,
    })),
    tagText: view.tags.join(', '),
    queueUrl: `/o/${organization.slug}/requests`,
    draftUrl: `${here}/draft`,
    tagsUrl: `${here}/tags`,
  };
}
