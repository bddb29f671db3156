import type { DataClass, RightId } from '../../config/rights.ts';
import { chanceOf } from './chance.ts';
import { inventFiles } from './files.ts';
import { mailboxOf, type DemoOrganization } from './organizations.ts';
import type { Act, Story } from './story.ts';
import { customersOf } from './texts/rooms.ts';
import { sceneTexts as say } from './texts/scenes.ts';

type Given = Partial<Story> & { at: readonly [country: string, state?: string, data?: DataClass] };
type Scene = [name: string, right: RightId, age: number, given: Given, ...acts: Act[]];

const verify: Act = { kind: 'verify', after: 0.2 };
const take: Act = { kind: 'assign', after: 4, toAgent: 1 };
const forward: Act = { kind: 'forward', after: 30 };
const tag = (...tags: string[]): Act => ({ kind: 'tag', after: 6, tags });
const answer = (text: string, how: (Act & { kind: 'complete' })['how'], after = 60): Act => ({
  ...{ kind: 'complete', after, text, files: [], proof: say.proof },
  ...(how && { how }),
});
const filesFor = (name: string) =>
  inventFiles(chanceOf(name), personNamed(name), 'access', false).slice(0, 1);

const personNamed = (name: string) => ({ name, email: `${mailboxOf(name)}@example.org` });

/** An answer that is gathered, looked through and handed over as one package. */
const handOver = (name: string): Act[] => [
  {
    kind: 'gather',
    after: 40,
    files: [
      ...filesFor(name),
      { name: 'letter.txt', type: 'text/plain', content: Buffer.from(say.letter) },
    ],
  },
  answer(say.answered, undefined, 64),
];

const agent = {
  by: 'agent',
  agent: {
    agentName: 'Lysander Proxmere',
    company: 'Proxmere Privacy Agents',
    agentEmail: 'requests@proxmere.example',
  },
} as const;

const california = ['US', 'CA'] as const;

/** What happens once in an organisation, so that every right and every way in is there. */
const scenes: Record<string, (customer: string) => Scene[]> = {
  fernhill: () => [
    [
      'Tamsin Overleigh',
      'access-categories',
      20,
      { at: california, answers: { from: '2024-01-01' } },
      verify,
      take,
      answer(say.categories, undefined),
    ],
    [
      'Rafferty Dunmoor',
      'automated-review',
      12,
      { at: california, answers: say.decision },
      verify,
      take,
      answer(say.reviewed, { result: 'changed' }),
    ],
    [
      'Capucine Vaubrillant',
      'consent-withdrawal',
      3,
      { at: ['FR'], language: 'fr', answers: { consent: say.consent } },
      verify,
      take,
      answer(say.consentEnded, undefined, 6),
    ],
    [
      'Solange Mirefleur',
      'access',
      5,
      { at: ['FR'], language: 'fr', details: say.wishes.fr },
      verify,
      take,
      { kind: 'ask', after: 22, text: say.questions.fr },
    ],
    [
      'Xiomara Valdeluna',
      'complaint',
      16,
      { at: ['ES'], language: 'es', answers: say.complaint },
      take,
      answer(say.apology, { result: 'partly-upheld' }),
    ],
    ['Jacinta Roblemar', 'deletion', 2, { at: ['ES'], language: 'es', details: say.wishes.es }],
    ['Wilfrid Pennycross', 'sale-opt-out', 9, { at: california, way: { by: 'gpc' } }],
    ['Marguerite Sallowfield', 'marketing-opt-out', 8, { at: ['US', 'NY'], answers: say.topic }],
    ['Ottoline Fernsby', 'child-report', 1, { at: ['US', 'NY'], answers: say.child }, take],
    ['Barnaby Loftwick', 'security-report', 0, { at: ['US', 'NJ'], answers: say.incident }],
    [
      'Horatio Glenwhistle',
      'deletion',
      24,
      { at: ['US', 'TX'], details: say.wishes.en },
      verify,
      take,
      tag('former-customer'),
      { kind: 'keep', after: 50, fields: say.kept },
      answer(say.partly, { kind: 'partial' }),
      { kind: 'appeal', after: 110, text: say.appeal },
    ],
    ['Minerva Cobblestone', 'access', 30, { at: california }, verify, take, ...handOver('Minerva')],
    [
      'Phineas Wetherby-Crane',
      'access',
      4,
      { at: california },
      verify,
      take,
      tag('identity'),
      { kind: 'document', after: 26, text: say.documentReason },
    ],
    [
      'Lettice Ravenshaw',
      'correction',
      7,
      {
        at: ['US', 'NY'],
        answers: say.correction,
        way: { by: 'staff', channel: 'phone', daysLate: 2 },
      },
    ],
    [
      'Cuthbert Marshgate',
      'access',
      6,
      { at: ['US', 'NY'], way: { by: 'staff', channel: 'post', daysLate: 5 } },
    ],
    ['Dorabella Finchwood', 'deletion', 3, { at: california, way: agent }],
    [
      'Alaric Stoneyhurst',
      'access',
      9,
      { at: california, way: agent },
      { kind: 'permit', after: 5 },
      { ...take, after: 30 },
    ],
    ['Evangeline Mossop', 'portability', 5, { at: ['DE'], way: { by: 'signed-in' } }, take],
    [
      'Ebenezer Thrupp',
      'access',
      28,
      { at: ['US', 'TX'] },
      verify,
      take,
      { kind: 'refuse', after: 90, ground: 'identity-not-proved', text: say.unproved },
    ],
  ],
  harbourlight: (customer) => [
    [
      'Prudence Applegarth',
      'amendment',
      14,
      {
        at: ['US', 'CA', 'phi'],
        answers: say.amendment,
        held: { relation: 'patient', customer },
      },
      verify,
      take,
      forward,
    ],
    [
      'Obadiah Quickthorn',
      'disclosure-accounting',
      3,
      {
        at: ['US', 'OR', 'phi'],
        answers: { from: '2024-05-01' },
        held: { relation: 'patient', customer },
      },
      verify,
      take,
    ],
    [
      'Clarimond Fewtrell',
      'access',
      2,
      { at: ['US', 'CA'], way: { by: 'staff', channel: 'in-person', daysLate: 0 } },
      take,
      tag('front-desk'),
    ],
  ],
  lindenhof: (customer) => [
    [
      'Waltraud Haselmaier',
      'access',
      26,
      { at: ['DE'], language: 'de', details: say.wishes.de },
      verify,
      take,
      ...handOver('Waltraud'),
    ],
    [
      'Korbinian Zirbelwald',
      'access',
      12,
      {
        at: ['DE'],
        language: 'de',
        details: say.wishes.de,
        held: { relation: 'patient', customer },
      },
      verify,
      take,
      forward,
    ],
    [
      'Eleonore Weidenkätz',
      'restriction',
      4,
      {
        at: ['AT'],
        language: 'de',
        answers: { reason: 'accuracy-contested' },
        way: { by: 'staff', channel: 'email', daysLate: 1 },
      },
      verify,
      take,
    ],
  ],
  oakmere: (customer) => [
    [
      'Septimus Wayfarer',
      'limit-sensitive',
      10,
      { at: ['GB'] },
      take,
      answer(say.limited, undefined),
    ],
    [
      'Philomena Greengage',
      'correction',
      6,
      { at: ['GB'], answers: say.correction, held: { relation: 'patient', customer } },
      verify,
      take,
      forward,
    ],
  ],
  silverbirch: (customer) => [
    [
      'Isambard Fellowes-Pike',
      'deletion',
      9,
      { at: ['US', 'IL'], details: say.wishes.en, held: { relation: 'employee', customer } },
      verify,
      take,
    ],
    ['Araminta Dewbury', 'objection', 5, { at: ['GB'], answers: say.marketing }],
  ],
};

/** What goes with a right that asks nothing else. */
const wishes: Partial<Record<RightId, string>> = {
  access: say.copy,
  portability: say.copy,
  deletion: say.wishes.en,
};

/** The scenes of an organisation, as stories like any other. */
export function scenesOf(organization: DemoOrganization): Story[] {
  const customer = customersOf(organization)[0]?.name ?? '';
  return (scenes[organization.slug]?.(customer) ?? []).map(([name, right, age, given, ...acts]) => {
    const chance = chanceOf(`${organization.slug} ${name}`);
    const { at, ...known } = given;
    const [country, state = null, dataClass = 'ordinary'] = at;
    return {
      formKey: chance.uuid(),
      person: personNamed(name),
      right,
      origin: { country, state, dataClass, language: 'en', share: 0 },
      language: 'en',
      details: wishes[right] ?? '',
      answers: {},
      age,
      minute: chance.between(8 * 60, 15 * 60),
      ending: 'working',
      acts,
      ...known,
    };
  });
}
