import { daysBetween } from '../../server/deadlines/days.ts';
import { computeDeadlines } from '../../server/deadlines/deadlines.ts';
import { extensionReasons, groundsFor } from '../../server/features/requests/grounds.ts';
import { regimesFor } from '../../server/deadlines/jurisdiction.ts';
import { roleFor, servesAnother } from '../../server/features/agreements/service.ts';
import { chanceOf, type Chance } from './chance.ts';
import { inventFiles } from './files.ts';
import type { DemoOrganization, Origin } from './organizations.ts';
import { inventPeople, type DemoPerson } from './people.ts';
import { promisesOf } from './rooms.ts';
import { scenesOf } from './scenes.ts';
import type { DemoSize, Ending } from './size.ts';
import type { Act, Story } from './story.ts';
import { english } from './texts/english.ts';
import { german } from './texts/german.ts';
import { demoGrounds, tones, type DemoGround, type DemoRight } from './texts/phrases.ts';

const texts = { en: english, de: german };
const HORIZON = 88;

interface Frame {
  /** Days within which to answer. */
  days: number;
  canExtend: boolean;
  needsProof: boolean;
  grounds: DemoGround[];
  /** Held for somebody else, who answers. */
  isServed: boolean;
}

/** The dates that a request would have, roughly: any day of receipt will do. */
function frameOf(organization: DemoOrganization, right: DemoRight, origin: Origin): Frame {
  const { timeZone, preset } = organization;
  const { roles } = promisesOf(organization);
  const role = roleFor({ roles }, origin.dataClass, 'own');
  const regimes = regimesFor(origin, origin.dataClass, organization.regimes);
  const receivedAt = new Date('2026-06-03T16:00:00Z');
  const { promiseDays } = preset;
  const dates = computeDeadlines({ right, regimes, receivedAt, timeZone, promiseDays, role });
  const needsProof = !dates.rules.some((rule) => rule.startsWith('ccpa-opt-out@'));
  const fitting = groundsFor({ right, regimes, needsProof });
  return {
    days: daysBetween(dates.receivedOn, dates.effectiveDue),
    canExtend: dates.extendedDue !== null,
    needsProof,
    isServed: servesAnother(role),
    grounds: demoGrounds.filter((ground) => fitting.includes(ground)),
  };
}

const suits = (ending: Ending, { needsProof, canExtend }: Frame) =>
  ending === 'waiting' || ending === 'expired'
    ? needsProof
    : ending === 'extended'
      ? canExtend
      : true;

function ageFor(chance: Chance, ending: Ending, { days }: Frame, at: number): number {
  switch (ending) {
    case 'waiting':
      return [0, 1, 2, 4, 8, 13, 20, 26][at % 8] ?? 0;
    case 'untouched':
      return at % 4;
    case 'working':
      return chance.between(2, Math.max(days - 1, 4));
    case 'overdue':
      // More than weekends and holidays may give to another day of receipt.
      return days + chance.between(9, 16);
    case 'extended':
      return days + chance.between(-3, 18);
    case 'expired':
      return chance.between(33, HORIZON);
    default:
      return chance.between(14, HORIZON);
  }
}

/** The wording of one story: what each side writes, in the person's language. */
function voiceOf(chance: Chance, organization: DemoOrganization, origin: Origin) {
  const own = texts[origin.language];
  const office = texts[organization.languages[0]];
  const tone = chance.weighted(tones.map((each) => [each, each === 'plain' ? 5 : 2] as const));
  const isPatient = organization.isClinical && (origin.dataClass === 'phi' || chance.percent(60));
  const words: Record<string, string> = organization.isClinical
    ? { thing: 'the patient portal', account: 'my patient record' }
    : { thing: 'the customer portal', account: 'my customer account' };
  const fill = (text: string) =>
    text.replaceAll(/\{(\w+)\}/gu, (_, name: string) => words[name] ?? '');
  return {
    own,
    note: () => chance.pick(office.notes),
    proof: office.proof,
    details: (right: DemoRight) => {
      const wishes = isPatient ? own.patientWishes : own.wishes;
      const parts = [chance.pick(own.openings[tone]), fill(chance.pick(wishes[right]))];
      if (chance.percent(75)) parts.push(chance.pick(own.closings[tone]));
      return parts.join(chance.percent(60) ? '\n\n' : ' ');
    },
  };
}

interface Scene extends Frame {
  chance: Chance;
  organization: DemoOrganization;
  right: DemoRight;
  person: DemoPerson;
  age: number;
  ending: Ending;
  voice: ReturnType<typeof voiceOf>;
}

/** Notes and messages while a request is worked on, between two hours of its life. */
function conversation({ chance, voice }: Scene, from: number, until: number): Act[] {
  const acts: Act[] = [];
  const hour = (share: number) => from + (until - from) * share;
  if (chance.percent(45)) acts.push({ kind: 'note', after: hour(0.2), text: voice.note() });
  if (chance.percent(55)) {
    acts.push({ kind: 'message', after: hour(0.35), text: chance.pick(voice.own.questions) });
    if (chance.percent(75)) {
      acts.push({ kind: 'reply', after: hour(0.6), text: chance.pick(voice.own.replies) });
    }
  }
  return acts;
}

function lastAct(scene: Scene, after: number): Act | null {
  const { chance, ending, right, grounds, voice, organization, person } = scene;
  switch (ending) {
    case 'completed':
      if (scene.isServed) return { kind: 'forward', after };
      return {
        kind: 'complete',
        after,
        text: chance.pick(voice.own.completions[right]),
        files: inventFiles(chance, person, right, organization.isClinical),
        proof: voice.proof,
      };
    case 'refused': {
      const ground = chance.pick(grounds);
      return { kind: 'refuse', after, ground, text: chance.pick(voice.own.refusals[ground]) };
    }
    default:
      return null;
  }
}

function extension({ chance, voice }: Scene, after: number): Act {
  const reason = chance.pick(extensionReasons);
  return { kind: 'extend', after, reason, text: chance.pick(voice.own.extensions[reason]) };
}

function actsOf(scene: Scene): Act[] {
  const { chance, ending, age, days, needsProof, voice } = scene;
  if (ending === 'waiting' || ending === 'expired') return [];
  if (ending === 'disowned') {
    return [{ kind: 'disown', after: chance.between(1, 30), silence: chance.percent(50) }];
  }
  const acts: Act[] = [];
  const isSlow = age > 6 && chance.percent(12);
  const proved = isSlow ? chance.between(30, 90) : chance.between(2, 25) / 60;
  if (needsProof || ending === 'withdrawn' || chance.percent(50)) {
    acts.push({ kind: 'verify', after: proved });
  }
  if (ending === 'untouched') return acts;
  const toAgent = chance.between(0, 2);
  const taken = Math.min(proved + chance.between(3, 60), Math.max(age * 24 - 8, proved + 1));
  acts.push({ kind: 'assign', after: taken, toAgent });
  if (ending === 'withdrawn') {
    const after = taken + chance.between(20, 120);
    acts.push({ kind: 'reply', after, text: chance.pick(voice.own.thanks) });
    return [...acts, { kind: 'withdraw', after: after + 0.1 }];
  }
  const isLong =
    ending === 'extended' || (age > days + 22 && scene.canExtend && chance.percent(12));
  if (isLong) acts.push(extension(scene, (days - chance.between(5, 8)) * 24));
  const latest = Math.min(isLong ? days + 16 : days - 1, age - 4);
  const isEnded = ending === 'completed' || ending === 'refused';
  const isLate = isEnded && !isLong && age > days + 9 && chance.percent(7);
  const wanted = isLate
    ? days + chance.between(3, 5)
    : chance.between(isLong ? days + 1 : 7, latest);
  // What is passed on has few days: it is taken first all the same.
  const end = isEnded ? Math.max(wanted * 24, taken + 4) : age * 24;
  acts.push(...conversation(scene, taken + 2, Math.max(end - 12, taken + 3)));
  const last = lastAct(scene, end);
  if (last) acts.push(last);
  // Most people look at what they get.
  if (last?.kind === 'complete' && last.files.length > 0 && chance.percent(70)) {
    acts.push({ kind: 'fetch', after: end + chance.between(1, 60) });
  }
  return acts;
}

const shares: readonly (readonly [DemoRight, number])[] = [
  ['access', 38],
  ['deletion', 24],
  ['correction', 12],
  ['portability', 10],
  ['objection', 10],
  ['restriction', 6],
];

/** What the forms ask beside the wish itself. */
function answersFor({ preset }: DemoOrganization, right: DemoRight, language: 'en' | 'de') {
  const purpose = preset.purposes.find(({ basis }) => basis === 'legitimate-interests')?.id;
  const answers: Partial<Record<DemoRight, Record<string, string>>> = {
    correction: texts[language].correction,
    objection: { purpose: purpose ?? 'other' },
    restriction: { reason: 'accuracy-contested' },
  };
  return answers[right] ?? {};
}

/** All requests that an organisation got in the last 90 days, from its first to its last act. */
export function inventStories(organization: DemoOrganization, size: DemoSize): Story[] {
  const chance = chanceOf(`stories of ${organization.slug}`);
  const unused = {
    en: inventPeople(chanceOf(`people of ${organization.slug}`), 'en', 80),
    de: inventPeople(chanceOf(`people of ${organization.slug}`), 'de', 80),
  };
  const known: Record<'en' | 'de', DemoPerson[]> = { en: [], de: [] };
  const personFor = (language: 'en' | 'de', ending: Ending): DemoPerson => {
    // Who disowned a request gets no mail for a while, so writes no other one.
    const mayReturn = ending !== 'disowned';
    if (mayReturn && known[language].length > 4 && chance.percent(10)) {
      return chance.pick(known[language]);
    }
    const person = unused[language].pop();
    if (!person) throw new Error('More people are needed.');
    if (mayReturn) known[language].push(person);
    return person;
  };
  const tell = (ending: Ending, at: number): Story => {
    const origin = chance.weighted(organization.origins.map((each) => [each, each.share] as const));
    const right = chance.weighted<DemoRight>(
      shares.filter(([each]) => promisesOf(organization).rights.includes(each)),
    );
    const frame = frameOf(organization, right, origin);
    if (!suits(ending, frame)) return tell(ending, at);
    const person = personFor(origin.language, ending);
    const voice = voiceOf(chance, organization, origin);
    const age = ageFor(chance, ending, frame, at);
    const scene = { ...frame, chance, organization, right, person, age, ending, voice };
    return {
      formKey: chance.uuid(),
      person,
      right,
      origin,
      language: origin.language,
      details: voice.details(right),
      answers: answersFor(organization, right, origin.language),
      age,
      minute: chance.between(7 * 60, 21 * 60),
      ending,
      acts: actsOf(scene).sort((a, b) => a.after - b.after),
    };
  };
  const told = Object.entries(size.endings).flatMap(([ending, count]) =>
    Array.from({ length: count }, (_, at) => tell(ending as Ending, at)),
  );
  return [...told, ...scenesOf(organization)];
}
