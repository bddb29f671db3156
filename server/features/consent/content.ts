import { createHash } from 'node:crypto';
import type { Types } from 'mongoose';
import type { ConfigurationContent, ConsentRecordRow } from './model.ts';

/** JSON with members sorted by code unit and no white space (after RFC 8785): one value, one text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What versions published before these settings existed leave out. */
const LATER_SETTINGS = {
  services: [],
  cookieDomain: null,
  blocksTrackers: false,
  allowed: [],
  consentMode: false,
  honoursDnt: false,
  group: [],
  minimumAge: null,
  countsPrompts: false,
} satisfies Partial<ConfigurationContent>;

const LATER_LOOK = { corner: 'start' } satisfies Partial<ConfigurationContent['look']>;

/**
 * A published content with every setting that there is today. Versions are never rewritten, as their
 * hash is the proof of what was shown; what they do not name was off.
 */
export function completeContent(content: ConfigurationContent): ConfigurationContent {
  return { ...LATER_SETTINGS, ...content, look: { ...LATER_LOOK, ...content.look } };
}

/**
 * Days for which a browser keeps a choice: as long as its cookie is set to live, and never shorter than
 * somebody who refused is to be left alone, or they would be asked again too early.
 */
export function choiceDays({ cookieDays, laws }: ConfigurationContent): number {
  const pauses = laws.map((law) => (law as Partial<typeof law>).refusalDays ?? 0);
  return Math.max(cookieDays, ...pauses);
}

/** What records leave out that were made before these were kept. */
const LATER_FIELDS = {
  services: {},
  textsHash: '',
  dnt: false,
  tcf: null,
  gpp: null,
} satisfies Partial<ConsentRecordRow>;

/** A record with every field that there is today: records are never rewritten. */
export const completeRecord = (row: ConsentRecordRow): ConsentRecordRow => ({
  ...LATER_FIELDS,
  ...row,
});

/**
 * What visitors decide about, and towards whom: when it changes, they are asked again. Sites of two organisations below
 * one domain may see each other's cookie, and a choice made on one is none on the other. Older versions named no owner.
 */
export const purposesHashOf = (
  { categories, services }: Pick<ConfigurationContent, 'categories' | 'services'>,
  owner?: Types.ObjectId,
): string =>
  sha256(
    canonicalJson({
      ...(owner && { owner: owner.toHexString() }),
      categories,
      services: services.map(({ id, category, provider }) => ({ id, category, provider })),
    }),
  ).slice(0, 32);
