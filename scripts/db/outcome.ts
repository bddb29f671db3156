/** A tool cannot do what it was asked; the message says why. */
export class ToolFailed extends Error {}

/** What a tool tells in the end. */
export interface Outcome {
  report: string;
  /** False when the database is damaged. */
  isSound: boolean;
}

/** Left-aligned first column, right-aligned others. */
export function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 2 : 0)} MB`;
}
