import { rightCatalogue } from '../../config/right-catalogue.ts';
import { chief, demoOrganizations, officeAddress, staffAddress } from './organizations.ts';
import { inventStories } from './stories.ts';
import type { Act, Story } from './story.ts';
import type { DemoSize } from './size.ts';
import { secretsInRooms } from './texts/rooms.ts';

const LEAST_BYTES = 8;
/** A greeting tells nothing of anybody: each letter of an office begins with one. */
const greeting = /^(?:Guten Tag|Thank you),$/u;

/** A text, and each sentence of it: part of a message must not be found either. */
const withSentences = (text: string) => [text, ...text.split(/(?<=[.!?,])\s+|[\r\n]+/u)];

const wordsOf = (act: Act) => ('text' in act ? withSentences(act.text) : []);

const filesOf = (act: Act) =>
  'files' in act
    ? act.files.flatMap(({ name, content }) => [name, ...withSentences(content.toString())])
    : [];

/** Answers in a person's own words; the rest are codes and days. */
const ownWords = ({ right, answers }: Story) =>
  rightCatalogue[right].questions
    .filter(({ kind }) => kind === 'text' || kind === 'textarea')
    .flatMap(({ id }) => withSentences(answers[id] ?? ''));

const ofWay = ({ way }: Story) => (way?.by === 'agent' ? Object.values(way.agent) : []);

const ofStory = (story: Story) => {
  const { person, details, acts } = story;
  return [
    ...ownWords(story),
    ...ofWay(story),
    person.name,
    person.email,
    ...person.name.split(' '),
    ...withSentences(details),
    ...acts.flatMap((act) => [...wordsOf(act), ...filesOf(act)]),
    ...acts.flatMap((act) => (act.kind === 'complete' ? [act.proof] : [])),
  ];
};

/**
 * Everything personal that a demo of this size stores, in pieces of eight bytes or more: names,
 * addresses, contacts, messages, details, names and contents of files.
 */
export function demoSecrets(size: DemoSize): string[] {
  const found = demoOrganizations.flatMap((organization) => [
    ...organization.staff.flatMap(([name]) => [name, staffAddress(organization, name)]),
    ...organization.invited,
    officeAddress(organization),
    ...secretsInRooms(organization),
    organization.phone,
    organization.post,
    ...inventStories(organization, size).flatMap(ofStory),
  ]);
  const pieces = [chief.name, chief.email, ...found].map((piece) => piece.trim());
  return [...new Set(pieces)].filter(
    (piece) => Buffer.byteLength(piece) >= LEAST_BYTES && !greeting.test(piece),
  );
}
