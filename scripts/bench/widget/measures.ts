import { chromium } from 'playwright-core';
import { behaviourOf, type Finding } from './behaviour.ts';
import { measureBytes, type Bytes } from './bytes.ts';
import { reportBehaviour, reportBytes, reportGoals, reportTimes } from './report.ts';
import { openStand } from './stand.ts';
import { measureTimes } from './timing.ts';

const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });

/** Our banner and those of others on one page, in one run; everything, or the parts and entries named. */
export async function measureWidgets(rounds: number, named: readonly string[]): Promise<void> {
  const only = named
    .find((one) => one.startsWith('only='))
    ?.slice('only='.length)
    .split(',');
  const parts = named.filter((one) => !one.startsWith('only='));
  const isAsked = (part: string) => parts.length === 0 || parts.includes(part);
  const stand = await openStand();
  const entries = stand.entries.filter(
    ({ id }) => id.startsWith('_') || only === undefined || only.includes(id),
  );
  const banners = entries.filter(({ id }) => !id.startsWith('_'));
  const browser = await launch();
  console.log(`Chromium ${browser.version()}, Node ${process.version}, ${rounds} rounds`);
  if (isAsked('bytes')) {
    const bytes = new Map<string, Bytes>();
    for (const entry of banners) bytes.set(entry.id, await measureBytes(stand, browser, entry));
    reportBytes(bytes);
    reportGoals();
  }
  if (isAsked('behaviour')) {
    const findings = new Map<string, Finding[]>();
    for (const entry of banners) findings.set(entry.id, await behaviourOf(stand, browser, entry));
    reportBehaviour(findings);
    reportGoals();
  }
  await browser.close();
  if (isAsked('times')) {
    for (const condition of ['4x CPU', '4x CPU, slow 4G'] as const) {
      reportTimes(condition, await measureTimes(stand, launch, { rounds, condition, entries }));
      reportGoals();
    }
  }
  await stand.close();
}
