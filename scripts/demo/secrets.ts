import { chief, demoOrganizations, officeAddress, staffAddress } from './organizations.ts';
import { inventStories, type Act, type Story } from './stories.ts';
import type { DemoSize } from './size.ts';

const LEAST_BYTES = 8;

/** A text, and each sentence of it: part of a message must not be found either. */
const withSentences = (text: string) => [text, ...text.split(/(?<=[.!?,])\s+|[\r\n]+/u)];

const wordsOf = (act: Act) => ('text' in act ? withSentences(act.text) : []);

const filesOf = (act: Act) =>
  act.kind === 'complete'
    ? [
        act.proof,
        ...act.files.flatMap(({ name, content }) => [name, ...withSentences(content.toString())]),
      ]
    : [];

const ofStory = ({ person, details, acts }: Story) => [
  person.name,
  person.email,
  ...person.name.split(' '),
  ...withSentences(details),
  ...acts.flatMap((act) => [...wordsOf(act), ...filesOf(act)]),
];

/**
 * Everything personal that a demo of this size stores, in pieces of eight bytes or more: names,
 * addresses, contacts, messages, details, names and contents of files.
 */
export function demoSecrets(size: DemoSize): string[] {
  const found = demoOrganizations.flatMap((organization) => [
    ...organization.staff.flatMap(([name]) => [name, staffAddress(organization, name)]),
    ...organization.invited,
    officeAddress(organization),
    organization.phone,
    organization.post,
    ...inventStories(organization, size).flatMap(ofStory),
  ]);
  const pieces = [chief.name, chief.email, ...found].map((piece) => piece.trim());
  return [...new Set(pieces)].filter((piece) => Buffer.byteLength(piece) >= LEAST_BYTES);
}
