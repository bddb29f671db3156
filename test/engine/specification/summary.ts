import type { TestReport, Verdict } from './runner.ts';

export interface FileReport {
  name: string;
  tests: TestReport[];
}

/** One line for each test that failed. */
export function failureLines({ name, tests }: FileReport): string[] {
  return tests.flatMap(({ description, verdict }) =>
    verdict.kind === 'failed' ? [`FAILED ${name}: ${description}: ${verdict.why}`] : [],
  );
}

/** A row per file and one for all: how many passed, failed and were skipped, and why these were. */
export function tableOf(files: readonly FileReport[]): string {
  const all = { name: 'all', tests: files.flatMap(({ tests }) => tests) };
  const width = Math.max(...[...files, all].map(({ name }) => name.length));
  const row = (name: string, ...cells: (string | number)[]) =>
    [name.padEnd(width), ...cells.map((cell) => String(cell).padStart(7))].join(' ');
  const rows = [...files, all].map(({ name, tests }) => {
    const count = (kind: Verdict['kind']) =>
      tests.filter((test) => test.verdict.kind === kind).length;
    const counts = row(name, count('passed'), count('failed'), count('skipped'));
    return `${counts}  ${reasonsOf(tests)}`.trimEnd();
  });
  return [row('file', 'passed', 'failed', 'skipped'), ...rows].join('\n');
}

function reasonsOf(tests: readonly TestReport[]): string {
  const counts = new Map<string, number>();
  for (const { verdict } of tests)
    if (verdict.kind === 'skipped') counts.set(verdict.why, (counts.get(verdict.why) ?? 0) + 1);
  return [...counts].map(([why, count]) => `${count} ${why}`).join('; ');
}
