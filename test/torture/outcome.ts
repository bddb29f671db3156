import { expect } from 'chai';
import type { Installation } from '../support/installation.ts';

/** A mail whose worker died is leased for some minutes. */
const AFTER_LEASES_MS = 15 * 60_000;

/** What is there of something that was acknowledged. Each number must be 1. */
export type Evidence = Record<string, number>;

/** An action after all its kills. */
export interface Struck {
  action: string;
  kills: number;
  /** Kills of which the trace proves that they fell between the first write and the reply. */
  between: number;
  /** What was acknowledged: how much at a time, and how to look for it. */
  things: { size: number; evidence: () => Promise<Evidence> }[];
  seconds: number;
}

export interface Outcome extends Omit<Struck, 'things'> {
  acknowledged: number;
  found: number;
  missing: string[];
  duplicates: string[];
}

/** Lets a survivor finish its work: the clock passes every lease, and all mail goes out. */
export async function settle(installation: Installation): Promise<void> {
  await installation.restart(AFTER_LEASES_MS);
  await installation.untilMailIsOut();
}

/** Looks for everything that was acknowledged. */
export async function look({ things, ...struck }: Struck): Promise<Outcome> {
  const missing: string[] = [];
  const duplicates: string[] = [];
  let acknowledged = 0;
  let lost = 0;
  for (const { size, evidence } of things) {
    const found = Object.entries(await evidence());
    const absent = found.filter(([, times]) => times < 1).map(([what]) => what);
    missing.push(...absent);
    duplicates.push(
      ...found.filter(([, times]) => times > 1).map(([what, times]) => `${what} ×${times}`),
    );
    acknowledged += size;
    lost += Math.min(size, absent.length);
  }
  return { ...struck, acknowledged, found: acknowledged - lost, missing, duplicates };
}

/** Nothing acknowledged is lost or doubled, and the kills were where they hurt. */
export function expectIntact(outcome: Outcome, kills: number): void {
  expect(outcome.missing, `${outcome.action}: acknowledged, but not there`).to.deep.equal([]);
  expect(outcome.duplicates, `${outcome.action}: there more than once`).to.deep.equal([]);
  expect(outcome.kills, `${outcome.action}: kills`).to.be.at.least(kills);
  expect(outcome.between, `${outcome.action}: between first write and reply`).to.be.at.least(1);
}

/** The table of what was done and found. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const head = ['action', 'kills', 'between', 'acknowledged', 'found', 'duplicates', 'seconds'];
  const rows = outcomes.map((one) => [
    one.action,
    ...[one.kills, one.between, one.acknowledged, one.found, one.duplicates.length].map(String),
    one.seconds.toFixed(0),
  ]);
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lineOf = (row: readonly string[]) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ');
  return [head, ...rows].map(lineOf).join('\n');
}
