import {
  ages,
  byMail,
  complaint,
  entered,
  forwarding,
  heldForAnother,
  noAdvertising,
  optOut,
  presetRights,
  sources,
  types,
  type Promised,
} from './proofs.ts';

/** The promises of first rank about requests, rights, identity, roles and channels. */
export const kept: readonly Promised[] = [
  { id: 'P-001', says: 'an answer names every source, third parties too', proofs: sources },
  {
    id: 'P-002',
    says: 'full card numbers are never stored',
    proofs: [
      ['features/requests.test.ts', 'masks card numbers before anything is stored'],
      ['features/inbox.test.ts', 'has its payment card numbers masked wherever it is kept'],
    ],
  },
  { id: 'P-004', says: 'advertising stops the moment somebody opts out', proofs: noAdvertising },
  {
    id: 'P-005',
    says: 'no purpose without a legal basis; interests are balanced',
    proofs: [
      ['features/inventory.test.ts', 'rejects a purpose without a legal basis'],
      [
        'features/inventory.test.ts',
        'accepts legitimate interests only with a balancing of interests',
      ],
    ],
  },
  {
    id: 'P-006',
    says: 'withdrawing consent leaves what was lawful before',
    proofs: [
      ['features/consent-choices.test.ts', 'leaves what was granted before a withdrawal as it was'],
      types,
    ],
  },
  { id: 'P-007', says: 'nothing is sold, and opt-outs are taken all the same', proofs: optOut },
  {
    id: 'P-012',
    says: 'health data of clients are the clients’ to answer for',
    proofs: heldForAnother,
  },
  {
    id: 'P-031',
    says: 'reports about children under 16 are taken from anybody',
    proofs: [ages, types],
  },
  {
    id: 'P-032',
    says: 'seven rights, portability in a form that machines read',
    proofs: [
      types,
      presetRights,
      ['features/packages.test.ts', 'fit the schema that is made of them'],
    ],
  },
  {
    id: 'P-033',
    says: 'one click in a mail unsubscribes, looking does not',
    proofs: [
      [
        'features/suppressions.test.ts',
        'is not done by looking at the link of a mail, and is done by its one click',
      ],
    ],
  },
  {
    id: 'P-034',
    says: 'a mail to the privacy address is a request from that moment',
    proofs: [byMail],
  },
  {
    id: 'P-035',
    says: 'an answer within 30 days, or sooner where the law says so',
    proofs: [
      ['deadlines/vectors.test.ts', 'agree on ${vector.id}: ${vector.title}'],
      [
        'features/presets.test.ts',
        'promise 30 days and 30 days’ notice where the notice does, else what the law says',
      ],
    ],
  },
  {
    id: 'P-036',
    says: 'identity is proved as far as the right needs, and never for an opt-out',
    proofs: [
      ['features/identity-levels.test.ts', 'is decided for every right'],
      [
        'features/identity-levels.test.ts',
        'is never above 0 for opt-outs and reports, whatever speaks for more',
      ],
    ],
  },
  {
    id: 'P-038',
    says: 'Californians learn categories, opt out of sale, limit sensitive data',
    proofs: [types, presetRights, ...optOut],
  },
  {
    id: 'P-042',
    says: 'mail, telephone and post are ways in, each with its day of receipt',
    proofs: [byMail, ...entered],
  },
  {
    id: 'P-101',
    says: 'agreements with customers are on record; a request without one raises an alert',
    proofs: [
      ['features/agreements.test.ts', 'takes an agreement; name and contact are sealed'],
      forwarding('raises an alert where no agreement covers it'),
    ],
  },
  {
    id: 'P-102',
    says: 'personal data, patients’ data and technical data are kept apart',
    proofs: [
      [
        'features/presets.test.ts',
        'hold health data for customers only, and subscribers’ people as a processor',
      ],
      [
        'features/agreements.test.ts',
        "is ${part} for ${dataClass} data of ${relation} under ${roles.join(' and ')}",
      ],
    ],
  },
  { id: 'P-103', says: 'nothing is sold, traded or rented', proofs: optOut },
  {
    id: 'P-109',
    says: 'five rights, among them to stop certain messages',
    proofs: [types, presetRights, ...noAdvertising],
  },
  {
    id: 'P-110',
    says: 'people may complain to an authority, and are told which',
    proofs: complaint,
  },
  {
    id: 'P-111',
    says: 'the officer takes requests by mail, telephone and post',
    proofs: [byMail, ...entered],
  },
  {
    id: 'P-201',
    says: 'patients’ data only under the agreement with the clinic',
    proofs: heldForAnother,
  },
  { id: 'P-202', says: 'nothing is sold', proofs: optOut },
  {
    id: 'P-208',
    says: 'the rights depend on where somebody lives',
    proofs: [
      ['deadlines/jurisdiction.test.ts', 'follow residence for ordinary data'],
      ['features/explain.test.ts', 'takes the strictest law where the residence is not known'],
    ],
  },
  {
    id: 'P-210',
    says: 'the data protection officer is reachable',
    proofs: [
      ['features/policies.test.ts', 'finds contacts that are missing here or there'],
      [
        'features/letter-writing.test.ts',
        'name the way to complain, and that no right is held against anybody: ${language}',
      ],
    ],
  },
  {
    id: 'P-211',
    says: 'an opt-out of advertising stops no service messages',
    proofs: noAdvertising,
  },
  {
    id: 'P-301',
    says: 'five kinds of patients’ data, part of the record set',
    proofs: [
      ...sources,
      [
        'features/presets.test.ts',
        'are inventories that staff could have entered themselves: ${preset.id}',
      ],
    ],
  },
  {
    id: 'P-308',
    says: 'six rights, each refused only on a ground of the law',
    proofs: [
      types,
      presetRights,
      [
        'features/right-catalogue.test.ts',
        'lets no request be refused without a ground that fits it',
      ],
    ],
  },
  {
    id: 'P-309',
    says: 'who is signed in needs no code; who has no account has another way',
    proofs: [
      [
        'features/assertions.test.ts',
        'files a request that is verified without a code, at level 2',
      ],
      [
        'features/policies.test.ts',
        'finds rights only through account settings, where there are patients',
      ],
    ],
  },
  {
    id: 'P-311',
    says: 'an answer names the transfer to the United States',
    proofs: [
      ['features/presets.test.ts', 'record what is hosted in the United States as a transfer'],
      [
        'features/inventory.test.ts',
        'is described to people in their language, else in one that is there',
      ],
    ],
  },
  { id: 'P-312', says: 'not for those under 13, save patients in care', proofs: [ages, types] },
  {
    id: 'P-401',
    says: 'one address takes everything, by post and by mail',
    proofs: [byMail, ...entered],
  },
  {
    id: 'P-404',
    says: 'subscribers see and change their data themselves',
    proofs: [
      [
        'features/assertions.test.ts',
        'shows the person’s own requests, and opens them without a code',
      ],
      [
        'journeys/signed-in.test.ts',
        'comes in without a code, asks, follows, and deletes the account',
      ],
    ],
  },
  {
    id: 'P-405',
    says: 'subscribers delete their account in the product',
    proofs: [
      ['features/assertions.test.ts', 'deletes the account after a confirmation, and not before'],
    ],
  },
  { id: 'P-407', says: 'patients’ data only under licence and agreement', proofs: heldForAnother },
  { id: 'P-410', says: 'promotional mails can be stopped', proofs: noAdvertising },
  {
    id: 'P-414',
    says: 'rights for people in the 30 states of the EEA and in the United Kingdom',
    proofs: [
      ['deadlines/jurisdiction.test.ts', 'count thirty states of the European Economic Area'],
      ['deadlines/jurisdiction.test.ts', 'follow residence for ordinary data'],
      ...complaint,
    ],
  },
  {
    id: 'P-415',
    says: 'controller for subscribers, processor for their patients and employees',
    proofs: [
      [
        'features/agreements.test.ts',
        "is ${part} for ${dataClass} data of ${relation} under ${roles.join(' and ')}",
      ],
      ...heldForAnother,
    ],
  },
  {
    id: 'P-417',
    says: 'of two rules the one that protects more counts',
    proofs: [
      ['deadlines/vectors.test.ts', 'agree on ${vector.id}: ${vector.title}'],
      ['features/explain.test.ts', 'takes the strictest law where the residence is not known'],
    ],
  },
  {
    id: 'P-418',
    says: 'all six legal bases are known',
    proofs: [['features/inventory.test.ts', 'knows the six legal bases, and no other']],
  },
  {
    id: 'P-422',
    says: 'an answer names sign-in services, advertising partners and automatic collection',
    proofs: sources,
  },
  {
    id: 'P-424',
    says: 'each purpose that rests on interests can be objected to; advertising stops at once',
    proofs: [
      types,
      [
        'features/presets.test.ts',
        'is chosen among six kinds, filled in, and starts with its promises and its inventory',
      ],
    ],
  },
  { id: 'P-426', says: 'in Europe nothing knowingly of those under 16', proofs: [ages, types] },
  {
    id: 'P-427',
    says: 'eight rights, the complaint among them',
    proofs: [types, presetRights, ...complaint],
  },
  { id: 'P-428', says: 'requests come by mail', proofs: [byMail] },
  {
    id: 'P-429',
    says: 'what cannot be met is refused with a ground, in words, and with the way to complain',
    proofs: [
      [
        'features/request-desk.test.ts',
        'refuses with a coded ground only, keeping the typed words',
      ],
      [
        'features/right-catalogue.test.ts',
        'lets no request be refused without a ground that fits it',
      ],
      ...complaint,
    ],
  },
];
