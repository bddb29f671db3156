import { defaults } from '../../../config/defaults.ts';
import { rightCatalogue } from '../../../config/right-catalogue.ts';
import type { Language } from '../../language.ts';
import { servesAnother } from '../agreements/service.ts';
import type { ActorKind, AuditRow } from '../audit/service.ts';
import type { Organization } from '../organizations/service.ts';
import type { Member, StaffMember } from '../staff/service.ts';
import { localDay } from '../../deadlines/days.ts';
import { ruleOf } from '../../deadlines/rules.ts';
import { residenceText } from './choice.ts';
import { wantedDay } from './clock.ts';
import { deadlineMeter } from './deadline-text.ts';
import { extensionReasons } from './grounds.ts';
import { requestPath } from './links.ts';
import { initialsOf, regimesText, stateBadge } from './queue-view.ts';
import type { PersonMail } from './person-mails.ts';
import { pauseForStaff } from './pause-view.ts';
import type { RequestView } from './reading.ts';
import { groupOf } from './states.ts';
import { fileItems, historyItems, sizeText } from './timeline.ts';
import { workerOptions } from './workers.ts';
import { regimeName, traceLines } from '../explain/service.ts';

/** What a member sees of a request: the case on the left, the clock and the decisions on the right. */
export function requestView(
  language: Language,
  staff: StaffMember,
  view: RequestView,
  around: {
    events: readonly AuditRow[];
    members: readonly Member[];
    names: Map<string, string>;
    mails: readonly PersonMail[];
  },
) {
  const { t, day, moment } = language;
  const { timeZone, slug } = staff.organization;
  const here = requestPath(staff.organization, view.id);
  const nameOf = (actor: { kind: ActorKind; id: string | null }) =>
    ({
      staff: around.names.get(actor.id ?? '') ?? t('requests.request.someone'),
      machine: around.names.get(actor.id ?? '') ?? t('audit.actor.machine'),
      subject: view.name,
      visitor: t('requests.request.theVisitor'),
      system: t('requests.request.theSystem'),
    })[actor.kind];
  const right = t(`requests.right.${view.right}`);
  return {
    title: t('requests.request.title', { right, name: view.name }),
    back: { href: `/o/${slug}/requests`, label: t('requests.request.back') },
    reference: view.reference,
    badge: stateBadge(language, { state: view.state, outcome: view.outcome?.kind ?? null }),
    details: view.details,
    history: historyItems(
      language,
      timeZone,
      { ...around, messages: view.messages, notes: view.notes },
      nameOf,
    ).map((item) =>
      item.kind === 'event'
        ? item
        : { ...item, initials: initialsOf('author' in item ? item.author : '') },
    ),
    clock: clockOf(language, view, timeZone),
    trace: traceLines(language, view.deadlines.trace),
    pause:
      groupOf(view.state) === 'closed'
        ? null
        : pauseForStaff(
            language,
            view,
            timeZone,
            view.can.message ? `${here}/clarification` : null,
          ),
    shorter: view.shorter && {
      text: t('deadlines.newerRule.text', {
        day: day(view.shorter.due),
        before: day(view.deadlines.effectiveDue),
      }),
      sources: newerSources(language, view.shorter.rules),
    },
    facts: factsOf(language, view, staff.organization),
    outcome: view.outcome && {
      title: t(`requests.request.outcome.${view.outcome.kind}`),
      ground: view.outcome.ground && t(`requests.ground.${view.outcome.ground}`),
      text: view.outcome.text,
      when: moment(view.outcome.at, timeZone),
    },
    extension: view.extension && {
      reason: t(`requests.extensionReason.${view.extension.reason}`),
      text: view.extension.text,
      until: day(view.deadlines.effectiveDue),
    },
    mails: mailItems(language, around.mails, staff.organization),
    files: fileItems(language, view.files, (id) => `${here}/files/${id}`),
    assignee: view.assigneeId,
    assigneeName:
      view.assigneeId === null
        ? t('requests.nobody')
        : nameOf({ kind: 'staff', id: view.assigneeId }),
    assignees: workerOptions(around.members),
    isMine: view.assigneeId === staff.id,
    myId: staff.id,
    can: view.can,
    cannot: whyNot(language, view),
    version: view.version,
    extend: {
      title: t('requests.request.extendTitle', {
        day: day(view.deadlines.extendedDue ?? view.deadlines.effectiveDue),
        noticeBy: day(view.deadlines.extensionNoticeBy ?? view.deadlines.effectiveDue),
      }),
      whyNot:
        view.whyNotExtend === null || view.whyNotExtend === 'state'
          ? null
          : t(`requests.extensionRefusal.${view.whyNotExtend}`),
      reasons: extensionReasons.map((value) => ({
        value,
        label: t(`requests.extensionReason.${value}`),
      })),
    },
    grounds: view.grounds.map((value) => ({ value, label: t(`requests.ground.${value}`) })),
    filesHint: t('requests.request.completeFilesHint', {
      count: defaults.files.maxCount,
      size: sizeText(language, defaults.files.maxStagedBytes),
    }),
    packageUrl: `${here}/package`,
    showsPackage:
      view.hasPackage ||
      (groupOf(view.state) !== 'closed' && rightCatalogue[view.right].group === 'see'),
    actions: {
      assign: `${here}/assignment`,
      extend: `${here}/extension`,
      adopt: `${here}/newer-rules`,
      forward: `${here}/forwarding`,
      refuse: `${here}/refusal`,
      complete: `${here}/completion`,
      message: `${here}/messages`,
      note: `${here}/notes`,
      extendLetter: `${here}/letters/extend`,
      refuseLetter: `${here}/letters/refuse`,
      completeLetter: `${here}/letters/complete`,
    },
  };
}

/** The deadline as a meter, and in one line for where the aside is far below. */
function clockOf(language: Language, view: RequestView, timeZone: string) {
  const { deadlines, state, closedAt } = view;
  if (groupOf(state) === 'closed') {
    const day = language.day(localDay(closedAt ?? view.receivedAt, timeZone));
    const isAnswered = view.outcome !== null && view.outcome.kind !== 'forwarded';
    const name = isAnswered ? 'answered' : 'closedOn';
    return { line: language.t(`requests.request.${name}`, { day }) };
  }
  const { receivedOn, effectiveDue: dueOn, isExtended } = deadlines;
  const today = localDay(new Date(), timeZone);
  const wantedOn = wantedDay(view.right, receivedOn);
  const meter = deadlineMeter(language, { receivedOn, dueOn, isExtended, wantedOn }, today);
  return { meter, line: `${meter.text}, ${meter.sub}` };
}

function factsOf(language: Language, view: RequestView, organization: Organization) {
  const { t, day, moment } = language;
  const { timeZone } = organization;
  const here = requestPath(organization, view.id);
  const fact = (name: string, text: string, more: object = {}) => ({
    term: t(`requests.request.${name}`),
    text,
    ...more,
  });
  const proved = view.verifiedAt
    ? {
        text: t(view.email === '' ? 'entry.identityChecked' : 'requests.request.verified'),
        tone: 'success',
      }
    : view.needsProof
      ? { text: t('requests.request.unverified'), tone: 'warning' }
      : { text: t('requests.request.noProof'), tone: 'neutral' };
  return [
    fact('person', view.name),
    ...(view.email === ''
      ? [
          fact('email', t('entry.noEmail'), { sub: t('entry.answerByPost') }),
          {
            term: t('entry.post'),
            text: t('entry.letter.title'),
            href: `${here}/letter`,
            ...(view.post !== '' && { sub: view.post }),
          },
        ]
      : [fact('email', view.email, { href: `mailto:${view.email}` })]),
    ...(view.phone === '' ? [] : [{ term: t('entry.phone'), text: view.phone }]),
    ...(view.post === '' || view.email === '' ? [] : [{ term: t('entry.post'), text: view.post }]),
    // Where a level is to be proved, a panel of its own says how far that is.
    ...(view.requiredLevel > 0
      ? []
      : [
          {
            term: t('requests.request.identity'),
            badge: proved,
            ...(view.verifiedAt && {
              sub: t('requests.request.verifiedAt', { at: moment(view.verifiedAt, timeZone) }),
            }),
          },
        ]),
    fact('residence', residenceText(language, view.residence)),
    fact('regimes', regimesText(language, view.regimes), {
      ...(view.regimes[0] && {
        sub: view.regimes.map((id) => t(`deadlines.regime.${id}.name`)).join(' · '),
      }),
    }),
    ...(view.dataClass === 'phi' ? [fact('data', t('requests.dataClass.phi'))] : []),
    fact('received', moment(view.receivedAt, timeZone), { at: view.receivedAt.toISOString() }),
    ...(view.acknowledgedAt
      ? [fact('acknowledged', moment(view.acknowledgedAt, timeZone))]
      : view.deadlines.acknowledgeBy === null
        ? []
        : [fact('acknowledgeBy', day(view.deadlines.acknowledgeBy))]),
    fact('language', language.languageName(view.language)),
    fact('channel', t(`requests.channel.${view.channel}`)),
    ...(view.needsPermission
      ? [
          {
            term: t('agents.fact.agent'),
            text: t('agents.toReview'),
            href: `${here}/agent`,
          },
        ]
      : []),
  ];
}

/** Which laws have changed, and where that is written. */
const newerSources = (language: Language, rules: readonly string[]) =>
  rules
    .map(ruleOf)
    .map(({ regime, sources: [source = ''] }) => `${regimeName(language, regime)}: ${source}`)
    .join(' · ');

/** Why nothing can be decided now; null when something can. */
function whyNot(
  { t }: Language,
  { state, can, email, needsPermission, role, awaitsConfirmation }: RequestView,
): string | null {
  if (state === 'unverified') {
    if (needsPermission) return t('agents.cannotUnverified');
    return t(email === '' ? 'entry.cannotUnverified' : 'requests.request.cannot.unverified');
  }
  if (groupOf(state) === 'closed' || servesAnother(role) || can.complete) return null;
  if (!can.refuse) return t('requests.request.cannot.role');
  // What a deletion waits for is said in a notice of its own.
  return awaitsConfirmation ? null : t('requests.request.cannot.proof');
}

/** Mails that did not arrive stand out: the person then waits in vain. */
function mailItems(
  { t, moment }: Language,
  mails: readonly PersonMail[],
  { slug, timeZone }: Organization,
) {
  return mails.map(({ _id, template, state, queuedAt }) => {
    const isLost = state === 'refused' || state === 'bounced';
    const words = `${t(`mail.state.${state}`)} · ${moment(queuedAt, timeZone)}`;
    return {
      term: t(`requests.mail.${template}`),
      text: words,
      href: `/o/${slug}/mail/${_id.toHexString()}`,
      ...(isLost && { sub: t('requests.request.mailLost') }),
    };
  });
}
