import type { ConfigurationContent } from '../consent/service.ts';
import { canonicalJson } from '../consent/service.ts';

/** One setting that two contents have differently; null where a content has nothing of the kind. */
export interface Difference {
  /** Names of members, from the outside in: `look`, `theme`. */
  path: string[];
  before: unknown;
  after: unknown;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Lists of things with a name of their own are compared by that name, whatever their order. */
const NAMED: Record<string, string> = { laws: 'regime', categories: 'id', services: 'id' };

function byName(path: readonly string[], value: unknown): unknown {
  const name = path.length === 1 ? NAMED[path[0] ?? ''] : undefined;
  if (name === undefined || !Array.isArray(value)) return value;
  return Object.fromEntries(value.map((one: Record<string, unknown>) => [one[name], one]));
}

/** A language, a service or a category that is new or gone is one difference, not one per word. */
const isWhole = (path: readonly string[]) =>
  path.length === 2 && ['texts', 'services', 'categories', 'laws'].includes(path[0] ?? '');

function compare(path: string[], before: unknown, after: unknown, into: Difference[]): void {
  const [one, other] = [byName(path, before), byName(path, after)];
  if (canonicalJson([one]) === canonicalJson([other])) return;
  if (isRecord(one) && isRecord(other)) {
    for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
      compare([...path, key], one[key], other[key], into);
    }
    return;
  }
  const isOneSided = one === undefined || other === undefined;
  if (isOneSided && !isWhole(path) && isRecord(one ?? other)) {
    for (const key of Object.keys((one ?? other) as object)) {
      const inner = (value: unknown) => (isRecord(value) ? value[key] : undefined);
      compare([...path, key], inner(one), inner(other), into);
    }
    return;
  }
  into.push({ path, before: one ?? null, after: other ?? null });
}

/** Every setting and word in which two contents differ. */
export function differencesOf(
  before: ConfigurationContent,
  after: ConfigurationContent,
): Difference[] {
  const found: Difference[] = [];
  compare([], before, after, found);
  return found;
}
