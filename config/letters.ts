/**
 * The letters as data: what each can say. Their words are in `templates/letters`, their names for
 * staff in `templates/locales/<language>/letters.json`.
 */

import type { RightId } from './rights.ts';

/** What stands where a letter names it; `list` is gone through with `each`. */
interface Variable {
  readonly kind: 'text' | 'day' | 'link' | 'list';
  /** Of each item of a list; `until` is a day. */
  readonly members?: readonly string[];
}

/** Every variable of every letter. None of a mail is personal data. */
export const letterVariables = {
  organization: { kind: 'text' },
  reference: { kind: 'text' },
  right: { kind: 'text' },
  receivedOn: { kind: 'day' },
  answerBy: { kind: 'day' },
  /** Contacts of the privacy office and of the data protection officer, in one line each. */
  office: { kind: 'text' },
  officer: { kind: 'text' },
  /** Whom the person may complain to. */
  authorities: { kind: 'list', members: ['name', 'contact'] },
  /** Where the person has the decision looked at again. */
  appealLink: { kind: 'link' },
  /** The same for whom no mail reaches: all contacts of the privacy office, in one line. */
  appealContact: { kind: 'text' },
  /** Where the button of a mail leads. */
  link: { kind: 'link' },
  /** When what the mail asks for, or offers, ends. */
  endsOn: { kind: 'day' },
  liftedOn: { kind: 'day' },
  name: { kind: 'text' },
  ground: { kind: 'text' },
  reason: { kind: 'text' },
  purpose: { kind: 'text' },
  controller: { kind: 'text' },
  kept: { kind: 'list', members: ['category', 'reason', 'until'] },
  changes: { kind: 'list', members: ['field', 'before', 'after'] },
} as const satisfies Record<string, Variable>;
export type LetterVariable = keyof typeof letterVariables;

/** What any letter may say. */
const common = [
  'organization',
  'reference',
  'right',
  'receivedOn',
  'answerBy',
  'office',
  'officer',
  'authorities',
  'appealLink',
  'appealContact',
] as const satisfies readonly LetterVariable[];

interface Letter {
  readonly code: string;
  readonly stage: (typeof letterStages)[number];
  /**
   * `mail` goes out by mail and holds no personal data; `portal` is the draft of what the person
   * reads there, and is announced by the mail named.
   */
  readonly place: 'mail' | 'portal';
  readonly announcedBy?: string;
  readonly more?: readonly LetterVariable[];
}

export const letterStages = ['arrival', 'identity', 'work', 'answer', 'after', 'others'] as const;

export const letters = [
  { code: 'acknowledged', stage: 'arrival', place: 'mail' },
  // Printed for whom no mail reaches.
  { code: 'acknowledged-on-paper', stage: 'arrival', place: 'mail' },
  { code: 'reminder', stage: 'arrival', place: 'mail', more: ['endsOn'] },
  { code: 'expired', stage: 'arrival', place: 'mail' },
  { code: 'withdrawn', stage: 'arrival', place: 'mail' },
  { code: 'report-received', stage: 'arrival', place: 'mail' },
  { code: 'complaint-acknowledged', stage: 'arrival', place: 'mail' },
  { code: 'identity-asked', stage: 'identity', place: 'mail', more: ['endsOn'] },
  { code: 'identity-reminder', stage: 'identity', place: 'mail', more: ['endsOn'] },
  { code: 'document-asked', stage: 'identity', place: 'mail', more: ['endsOn'] },
  { code: 'document-rejected', stage: 'identity', place: 'mail' },
  { code: 'former-address', stage: 'identity', place: 'mail' },
  { code: 'deletion-confirm', stage: 'identity', place: 'mail', more: ['endsOn'] },
  { code: 'message', stage: 'work', place: 'mail' },
  { code: 'clarification-asked', stage: 'work', place: 'mail', more: ['endsOn'] },
  { code: 'extended', stage: 'work', place: 'mail' },
  {
    code: 'extension',
    stage: 'work',
    place: 'portal',
    announcedBy: 'extended',
    more: ['name', 'reason'],
  },
  { code: 'forwarded', stage: 'work', place: 'mail' },
  {
    code: 'forwarding',
    stage: 'work',
    place: 'portal',
    announcedBy: 'forwarded',
    more: ['name', 'controller'],
  },
  { code: 'answered', stage: 'answer', place: 'mail' },
  {
    code: 'completed',
    stage: 'answer',
    place: 'portal',
    announcedBy: 'answered',
    more: ['name'],
  },
  {
    code: 'partial',
    stage: 'answer',
    place: 'portal',
    announcedBy: 'answered',
    more: ['name', 'ground', 'kept'],
  },
  {
    code: 'refused',
    stage: 'answer',
    place: 'portal',
    announcedBy: 'answered',
    more: ['name', 'ground'],
  },
  {
    code: 'not-verifiable',
    stage: 'answer',
    place: 'portal',
    announcedBy: 'answered',
    more: ['name'],
  },
  {
    code: 'correction-done',
    stage: 'answer',
    place: 'portal',
    announcedBy: 'answered',
    more: ['name', 'changes'],
  },
  {
    code: 'objection-upheld',
    stage: 'answer',
    place: 'portal',
    announcedBy: 'answered',
    more: ['name', 'purpose'],
  },
  {
    code: 'objection-rejected',
    stage: 'answer',
    place: 'portal',
    announcedBy: 'answered',
    more: ['name', 'purpose', 'ground'],
  },
  { code: 'opt-out-done', stage: 'answer', place: 'mail' },
  { code: 'package-ready', stage: 'answer', place: 'mail', more: ['endsOn'] },
  { code: 'package-expires', stage: 'answer', place: 'mail', more: ['endsOn'] },
  { code: 'restriction-lifted', stage: 'after', place: 'mail', more: ['liftedOn'] },
  { code: 'appeal-received', stage: 'after', place: 'mail' },
  {
    code: 'appeal-answered',
    stage: 'after',
    place: 'portal',
    announcedBy: 'answered',
    more: ['name', 'ground'],
  },
  {
    code: 'complaint-answered',
    stage: 'after',
    place: 'portal',
    announcedBy: 'answered',
    more: ['name'],
  },
  { code: 'agent-permission', stage: 'others', place: 'mail', more: ['endsOn'] },
  { code: 'agent-told', stage: 'others', place: 'mail' },
  { code: 'agent-review', stage: 'others', place: 'mail' },
  { code: 'agent-decided', stage: 'others', place: 'mail' },
  { code: 'agent-acts', stage: 'others', place: 'mail' },
] as const satisfies readonly Letter[];

type AnyLetter = (typeof letters)[number];
export type LetterCode = AnyLetter['code'];
export type MailCode = Extract<AnyLetter, { place: 'mail' }>['code'];
export type PortalCode = Extract<AnyLetter, { place: 'portal' }>['code'];

const byCode = new Map<string, Letter>(letters.map((letter) => [letter.code, letter]));

export function letterOf(code: LetterCode): Letter {
  const letter = byCode.get(code);
  if (!letter) throw new Error(`There is no letter ${code}.`);
  return letter;
}

export const letterCodes: readonly LetterCode[] = letters.map(({ code }) => code);
export const mailCodes = letterCodes.filter(
  (code) => letterOf(code).place === 'mail',
) as MailCode[];

/** The mail that tells of a letter: itself, or that an answer waits in the portal. */
export const mailFor = (code: LetterCode): MailCode =>
  (letterOf(code).announcedBy ?? code) as MailCode;

/** What the body of a letter may name. */
export function variablesOf(code: LetterCode): LetterVariable[] {
  const { place, more = [] } = letterOf(code);
  return [...common, ...(place === 'mail' ? (['link'] as const) : []), ...more];
}

/** A subject is read on locked screens: it may name the organisation, the reference and days. */
export const subjectVariablesOf = (code: LetterCode): LetterVariable[] =>
  variablesOf(code).filter(
    (name) =>
      name === 'organization' || name === 'reference' || letterVariables[name].kind === 'day',
  );

export const letterLimits = { subject: 150, body: 20_000 } as const;

/** Rights whose answer or refusal has a letter of its own. */
export const lettersOfRight: Partial<
  Record<RightId, { completed: PortalCode; refused?: PortalCode }>
> = {
  correction: { completed: 'correction-done' },
  amendment: { completed: 'correction-done' },
  objection: { completed: 'objection-upheld', refused: 'objection-rejected' },
  appeal: { completed: 'appeal-answered', refused: 'appeal-answered' },
  complaint: { completed: 'complaint-answered', refused: 'complaint-answered' },
};
