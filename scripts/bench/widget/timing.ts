import { setTimeout as wait } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { percentile } from '../measure.ts';
import type { Entry } from './entries.ts';
import type { Stand } from './stand.ts';
import { asks, isNoted, isShown, press, visit, type Condition } from './visit.ts';

/** One visit of one entry; milliseconds. What lies beyond first sight is measured in one round of four. */
export interface Sample {
  /** When the page began; this and what follows from the start of the navigation. */
  began: number;
  first: number;
  actionable: number;
  shift: number;
  script?: number;
  /** Longest event of the press on accept; 0 when none reached the 16 ms that browsers report. */
  press?: number;
  hidden?: number;
  largest?: string | null;
}

/** In one round of so many a visit goes on to the press. */
const PRESSED_EVERY = 4;

async function sampleOf(
  stand: Stand,
  browser: Browser,
  entry: Entry,
  condition: Condition,
  isPressed = false,
): Promise<Sample | null> {
  const at = await visit(stand, browser, entry, { condition });
  try {
    await at.go();
    if (!(await isShown(at, entry, 30_000))) return null;
    const seen = await asks<Sample>(
      at,
      '(({ began, first, actionable, shift }) => ({ began, first, actionable, shift }))(__probe)',
    );
    if (!isPressed) return seen;
    await wait(500);
    const { metrics } = await at.cdp.send('Performance.getMetrics');
    const script = (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? NaN) * 1000;
    const largest = await asks<string | null>(at, '__probe.largest');
    let left = {};
    if (entry.accept !== null) {
      await at.page.evaluate('__probe.watchLeaving()');
      await press(at, entry.accept);
      await isNoted(at, 'hiddenAt', 6000);
      await wait(350);
      left = await asks(
        at,
        '({ press: Math.max(0, ...__probe.events), hidden: __probe.hiddenAt - __probe.clickedAt })',
      );
    }
    return { ...seen, ...left, script, largest };
  } finally {
    await at.close();
  }
}

/** For so long, in milliseconds, the browser cleans up after a visit before the next one begins. */
const REST = 300;
const SEED = 20_261_122;

/** Numbers from 0 to 1 from a fixed beginning, so that the same samples give the same figures. */
function drawing(): () => number {
  let state = SEED;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function shuffled<T>(all: readonly T[], next: () => number): T[] {
  return all
    .map((one) => [next(), one] as const)
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one);
}

/**
 * Every entry once a round, in an order that is drawn anew for each, so that no entry always follows the same other
 * one; each round in a new browser: what the machine does meanwhile falls on all alike.
 */
export async function measureTimes(
  stand: Stand,
  launch: () => Promise<Browser>,
  { rounds, condition, entries }: { rounds: number; condition: Condition; entries: Entry[] },
): Promise<Map<string, (Sample | null)[]>> {
  const samples = new Map<string, (Sample | null)[]>(entries.map(({ id }) => [id, []]));
  const next = drawing();
  for (let round = 0; round < rounds; round += 1) {
    const browser = await launch();
    const [warm] = entries;
    if (warm) await sampleOf(stand, browser, warm, 'as it is');
    const isPressed = round % PRESSED_EVERY === 0;
    for (const entry of shuffled(entries, next)) {
      // Of a page without a banner nothing else is asked.
      if (entry.banner === null && !isPressed) continue;
      await wait(REST);
      samples.get(entry.id)?.push(await sampleOf(stand, browser, entry, condition, isPressed));
    }
    await browser.close();
    process.stdout.write(`${condition}: round ${round + 1} of ${rounds}\n`);
  }
  return samples;
}

/** The median of what was measured of one entry. */
export function medianOf(samples: readonly (Sample | null)[], key: keyof Sample): number {
  const values = samples.flatMap((sample) =>
    typeof sample?.[key] === 'number' && !Number.isNaN(sample[key]) ? [sample[key]] : [],
  );
  return percentile(values, 0.5);
}

const RESAMPLES = 4000;

/**
 * The mean of paired differences with its 95 % interval, by drawing the rounds again and again (a
 * bootstrap), from a fixed beginning so that the same samples give the same interval.
 */
export function meanWithInterval(values: readonly number[]): {
  mean: number;
  low: number;
  high: number;
} {
  const mean = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0) / all.length;
  const next = drawing();
  const means = Array.from({ length: RESAMPLES }, () =>
    mean(values.map(() => values[Math.floor(next() * values.length)] ?? NaN)),
  );
  return { mean: mean(values), low: percentile(means, 0.025), high: percentile(means, 0.975) };
}
