/** The value below which a share (0 to 1) of the samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** Milliseconds that each of `count` rounds took, one after the other. */
export async function timesOf(count: number, work: (round: number) => unknown): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < count; round++) {
    const begunAt = performance.now();
    await work(round);
    times.push(performance.now() - begunAt);
  }
  return times;
}

/** How often `work` was done in each second, by so many workers at once. */
export async function ratesOf(
  workers: number,
  seconds: number,
  work: (round: number) => Promise<unknown>,
): Promise<number[]> {
  const rates = new Array<number>(seconds).fill(0);
  const begunAt = performance.now();
  const secondNow = () => Math.floor((performance.now() - begunAt) / 1000);
  let round = 0;
  const worker = async () => {
    while (secondNow() < seconds) {
      await work(round++);
      const second = secondNow();
      if (second < seconds) rates[second] = (rates[second] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
  return rates;
}

const PEAK_SAMPLE_MS = 10;

/** What `work` took: milliseconds, and the peak of the process' memory in MB, whole and above the start. */
export async function costOf(
  work: () => Promise<unknown>,
): Promise<{ milliseconds: number; peak: number; growth: number }> {
  const atStart = process.memoryUsage.rss();
  let peak = atStart;
  const look = () => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(look, PEAK_SAMPLE_MS);
  const begunAt = performance.now();
  await work();
  const milliseconds = performance.now() - begunAt;
  clearInterval(timer);
  look();
  return { milliseconds, peak: peak / 2 ** 20, growth: (peak - atStart) / 2 ** 20 };
}

/** Prints rows below each other. */
export function printTable(title: string, rows: Record<string, string | number>[]): void {
  const names = Object.keys(rows[0] ?? {});
  const cells = [names, ...rows.map((row) => names.map((name) => String(row[name])))];
  const widths = names.map((_, i) => Math.max(...cells.map((line) => (line[i] ?? '').length)));
  console.log(`\n${title}`);
  for (const line of cells)
    console.log(
      `  ${line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')}`,
    );
}

export function inMilliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
}
