import type { Types } from 'mongoose';
import { identityFigures, type PointId } from '../../../config/identity.ts';
import { log } from '../../log.ts';
import { Unreachable } from '../../outbound.ts';
import { Problem } from '../../problem.ts';
import { countHit, takeHitBack } from '../../security/counts.ts';
import { fingerprint } from '../../security/tokens.ts';
import { addressPrint } from './allowance.ts';
import { askEndpoint, matchEndpoint, type Verdict } from './endpoint.ts';
import { IdentityCaseModel, type IdentityCaseRow } from './proof-model.ts';

const { pointsPerSet, sets, setsDays } = identityFigures;
const TRIES_MINUTES = setsDays * 24 * 60;

/** Every way to choose some of a list, in the order of the list. */
function choices<T>(list: readonly T[], count: number): T[][] {
  if (count === 0) return [[]];
  return list.flatMap((first, at) =>
    choices(list.slice(at + 1), count - 1).map((rest) => [first, ...rest]),
  );
}

/**
 * The sets of points that a person may try, each once: no two alike, none with a field that the
 * person says is wrong. Fewer than two points prove nothing.
 */
export function setsOf(points: readonly PointId[], disputed: readonly PointId[] = []): PointId[][] {
  const usable = points.filter((point) => !disputed.includes(point));
  if (usable.length < 2) return [];
  return choices(usable, Math.min(pointsPerSet, usable.length)).slice(0, sets);
}

/** Who wants a record corrected says first what is wrong in it: nobody is asked for that. */
const mustSayDisputed = ({ right, disputed }: IdentityCaseRow) =>
  disputed === null && (right === 'correction' || right === 'amendment');

/** What a person is asked for now: first what is in dispute, then a set of points; null for nothing. */
export async function nextSet(
  row: IdentityCaseRow,
): Promise<{ kind: 'disputed' | 'points'; points: PointId[] } | null> {
  const endpoint = await matchEndpoint(row.organizationId);
  if (!endpoint) return null;
  if (mustSayDisputed(row)) return { kind: 'disputed', points: endpoint.points };
  const points = setsOf(endpoint.points, row.disputed ?? [])[row.setsTried];
  return points ? { kind: 'points', points } : null;
}

/** Notes what a correction is about, once, so that no other choice of points can be tried later. */
export async function setDisputed(
  { _id, organizationId }: IdentityCaseRow,
  disputed: readonly PointId[],
): Promise<void> {
  await IdentityCaseModel.updateOne({ _id, organizationId, disputed: null }, { disputed });
}

const noneLeft = () =>
  new Problem('not-allowed-now', 'There is no further try with such details.', {
    code: 'no-set-left',
  });

/** What counts the tries of one address at an organisation: a new request gives no new guesses. */
const triesOf = (organizationId: Types.ObjectId, email: string) =>
  fingerprint('points', `${organizationId.toHexString()}:${addressPrint(email)}`);

/**
 * Compares points with what the organisation holds. The try is counted before anything is asked, so
 * it stays counted; one that the endpoint did not answer is given back. For the address, a set that
 * matched as a whole was no guess. Call it outside of a transaction. @throws Problem not-allowed-now (`no-set-left`), unavailable (`endpoint-silent`)
 */
export async function matchPoints(
  row: IdentityCaseRow,
  about: { reference: string; email: string },
  given: Partial<Record<PointId, string>>,
): Promise<Verdict & { asked: number }> {
  const { _id, organizationId, setsTried } = row;
  const endpoint = await matchEndpoint(organizationId);
  const set =
    endpoint && !mustSayDisputed(row) && setsOf(endpoint.points, row.disputed ?? [])[setsTried];
  if (!set) throw noneLeft();
  const taken = await IdentityCaseModel.updateOne(
    { _id, organizationId, setsTried },
    { setsTried: setsTried + 1 },
  );
  if (taken.matchedCount === 0) throw noneLeft();
  const tries = triesOf(organizationId, about.email);
  if ((await countHit(tries, TRIES_MINUTES)).totalHits > sets) {
    await IdentityCaseModel.updateOne({ _id, organizationId }, { setsTried: sets });
    throw noneLeft();
  }
  const points = Object.fromEntries(set.map((point) => [point, given[point] ?? '']));
  try {
    const verdict = await askEndpoint(endpoint, about, points);
    if (verdict.matched === set.length) await takeHitBack(tries, TRIES_MINUTES);
    return { ...verdict, asked: set.length };
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    log.warn({ err: error }, 'the endpoint for data points gave no answer');
    await giveBack(_id, organizationId, setsTried);
    await takeHitBack(tries, TRIES_MINUTES);
    throw new Problem('unavailable', 'The details could not be compared just now.', {
      code: 'endpoint-silent',
    });
  }
}

const giveBack = (_id: Types.ObjectId, organizationId: Types.ObjectId, setsTried: number) =>
  IdentityCaseModel.updateOne({ _id, organizationId, setsTried: setsTried + 1 }, { setsTried });
