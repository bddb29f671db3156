import { inMilliseconds, printTable } from '../measure.ts';
import type { Finding } from './behaviour.ts';
import type { Bytes } from './bytes.ts';
import { meanWithInterval, medianOf, type Sample } from './timing.ts';
import type { Condition } from './visit.ts';

const OURS = 'habeas';
const kib = (bytes: number | null) => (bytes === null ? '–' : (bytes / 1024).toFixed(2));

const goals: Record<string, string>[] = [];
function goal(name: string, measured: string, isMet: boolean): void {
  goals.push({ goal: name, measured, met: isMet ? 'yes' : 'no' });
}

export function reportBytes(measured: Map<string, Bytes>): void {
  printTable(
    'KiB of brotli, everything fetched',
    [...measured].map(([id, { requests, banner, dialog, repeat, isAskedAgain }]) => ({
      entry: id,
      requests,
      'to the banner': kib(banner),
      'more on dialog': kib(dialog),
      'repeat visit, cold cache': kib(repeat),
      'asked again': isAskedAgain ? 'yes' : 'no',
    })),
  );
  const own = measured.get(OURS);
  if (!own) return;
  const limit = (name: string, bytes: number | null, most: number) => {
    goal(name, `${kib(bytes)} KiB`, bytes !== null && bytes <= most * 1024);
  };
  limit('banner, all in, <= 6.0 KiB', own.banner, 6);
  limit('dialog later <= 6 KiB', own.dialog, 6);
  limit('repeat visit, proxied, <= 1.5 KiB', own.repeat, 1.5);
  goal('requests to the banner: 1', String(own.requests), own.requests === 1);
}

/**
 * Excess over the floor, round by round; rounds in which either did not show are left out. Counted from each page's own
 * beginning: a third of a visit lies before it, differs from visit to visit, and has nothing to do with the entry.
 */
function excess(
  samples: Map<string, (Sample | null)[]>,
  id: string,
  key: 'first' | 'actionable',
): (number | null)[] {
  const floor = samples.get('_floor') ?? [];
  return (samples.get(id) ?? []).map((sample, round) => {
    const least = floor[round];
    return sample && least ? sample[key] - sample.began - (least[key] - least.began) : null;
  });
}

export function reportTimes(condition: Condition, samples: Map<string, (Sample | null)[]>): void {
  const idle = medianOf(samples.get('_baseline') ?? [], 'script');
  const scriptOf = (id: string) => medianOf(samples.get(id) ?? [], 'script') - idle;
  const number = (value: number, digits = 0) => (Number.isNaN(value) ? '–' : value.toFixed(digits));
  printTable(
    `Times, ${condition} (medians, ms)`,
    [...samples].map(([id, all]) => ({
      entry: id,
      shown: `${all.filter((one) => one !== null).length} of ${all.length}`,
      visible: number(medianOf(all, 'first')),
      actionable: number(medianOf(all, 'actionable')),
      'script added': number(scriptOf(id), 1),
      CLS: number(medianOf(all, 'shift'), 4),
      'INP of accept': medianOf(all, 'press') === 0 ? '<16' : number(medianOf(all, 'press')),
      'click to hidden': number(medianOf(all, 'hidden')),
      'largest paint': all.findLast((one) => one?.largest !== undefined)?.largest ?? '–',
    })),
  );
  const own = samples.get(OURS);
  if (!own || !samples.has('_floor')) return;
  for (const key of ['first', 'actionable'] as const) {
    const rivals = [...samples.keys()].filter((id) => !id.startsWith('_') && !id.startsWith(OURS));
    const median = (id: string) => medianOf(samples.get(id) ?? [], key);
    const [best] = rivals.sort((a, b) => median(a) - median(b));
    if (best === undefined) continue;
    const mine = excess(samples, OURS, key);
    const theirs = excess(samples, best, key);
    const pairs = mine.flatMap((value, round) => {
      const other = theirs[round];
      return value !== null && other !== null && other !== undefined ? [value - other / 2] : [];
    });
    const { mean, low, high } = meanWithInterval(pairs);
    const name = key === 'first' ? 'visible' : 'actionable';
    goal(
      `${condition}: ${name}, our excess less half of ${best}’s, over the floor, <= 0`,
      `${mean.toFixed(0)} ms (95 %: ${low.toFixed(0)} to ${high.toFixed(0)})`,
      high <= 0,
    );
  }
  const press = medianOf(own, 'press');
  goal(`${condition}: INP of accept < 16 ms`, press === 0 ? '<16' : `${press} ms`, press < 16);
  const hidden = medianOf(own, 'hidden');
  goal(`${condition}: click to hidden <= 25 ms`, inMilliseconds(hidden), hidden <= 25);
  goal(`${condition}: CLS 0`, medianOf(own, 'shift').toFixed(4), medianOf(own, 'shift') === 0);
  if (condition === '4x CPU') {
    const script = scriptOf(OURS);
    goal('4x CPU: script time added <= 35 ms', inMilliseconds(script), script <= 35);
  }
}

export function reportBehaviour(measured: Map<string, Finding[]>): void {
  const columns = measured.get(OURS)?.map(({ column }) => column) ?? [];
  printTable(
    'Access, policies, blocking',
    columns.map((column) => ({
      column,
      ...Object.fromEntries(
        [...measured].map(([id, all]) => [
          id.slice(0, 14),
          all.find((one) => one.column === column)?.seen.slice(0, 24) ?? '–',
        ]),
      ),
    })),
  );
  const bad = measured.get(OURS)?.filter(({ isGood }) => !isGood) ?? [];
  goal('every column', bad.map(({ column }) => column).join(', ') || 'all', bad.length === 0);
}

/** What has been reported since it was asked last: a run that is cut off has told what it measured. */
export function reportGoals(): void {
  printTable('Goals', goals.splice(0));
}
