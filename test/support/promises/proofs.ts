/** A test that proves a promise: its file under `test/`, and its title as it stands there. */
export type Proof = readonly [file: string, title: string];

export interface Promised {
  readonly id: string;
  readonly says: string;
  readonly proofs: readonly Proof[];
}

export const types: Proof = [
  'journeys/request-types.test.ts',
  'is asked for, answered and seen: ${right}',
];
export const presetRights: Proof = [
  'features/presets.test.ts',
  'keep the rights that each kind of notice names',
];
export const forwarding = (title: string): Proof => ['features/forwarding.test.ts', title];
export const heldForAnother: Proof[] = [
  [
    'journeys/forwarding.test.ts',
    'is asked for, passed on, read by the clinic once, and followed by the patient',
  ],
  forwarding('gets its part, its agreement, and a clock of its own'),
  forwarding('cannot be answered directly, by nobody and in no way'),
  forwarding(
    'is passed on: the controller gets a link and no data, the person is told who answers',
  ),
];
export const optOut: Proof[] = [
  [
    'features/gpc.test.ts',
    'counts as the opt-out of a person who comes signed in, at once, and asks nothing',
  ],
  [
    'features/requests.test.ts',
    'asks no proof of a Californian who opts out, and tells the staff at once',
  ],
  [
    'features/presets.test.ts',
    'offer opting out, complaints, appeals and reports whatever a notice lists',
  ],
];
export const noAdvertising: Proof[] = [
  [
    'features/suppressions.test.ts',
    'is told to a machine that asks before each mail, at once and to no other organisation',
  ],
  [
    'features/suppressions.test.ts',
    'is not done by looking at the link of a mail, and is done by its one click',
  ],
];
export const entered: Proof[] = [
  [
    'features/request-entry.test.ts',
    'keeps a letter of somebody without e-mail, unverified, with its clock from the true day',
  ],
  [
    'features/request-entry.test.ts',
    'sends the reference and a code to an address, which opens the portal',
  ],
];
export const byMail: Proof = [
  'features/inbox.test.ts',
  'becomes a request whose clock runs from the moment of receipt',
];
export const complaint: Proof[] = [
  [
    'features/letter-writing.test.ts',
    'name the way to complain, and that no right is held against anybody: ${language}',
  ],
  [
    'features/right-catalogue.test.ts',
    'is known for each state of the EEA, its territories, the United Kingdom and Switzerland',
  ],
];
export const ages: Proof = [
  'features/presets.test.ts',
  'know the ages 13, 16 and 18, patients in care, and Europe',
];
export const sources: Proof[] = [
  ['features/inventory.test.ts', 'takes a category with all that people must be told of it'],
  [
    'features/inventory.test.ts',
    'is described to people in their language, else in one that is there',
  ],
];
