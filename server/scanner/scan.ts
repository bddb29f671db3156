import { setTimeout as wait } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { answerBanner, findBanner, type Answer, type Banner } from './banner.ts';
import { Visitor, type Sighting } from './browse.ts';
import { classOfEntry, classOfHost, declaredEntry, declaredHost, isSameSite } from './classify.ts';
import type { Declaration, ScanPhase, ScanReport, Trace, Violation } from './report.ts';

export interface ScanOptions {
  url: string;
  /** How many pages of the site are looked at in each phase, the first among them. */
  pages: number;
  /** What the site declares; null when that is not known. */
  declaration: Declaration | null;
  /** How long each page is watched after it has loaded, in milliseconds. */
  settleMs: number;
  /** A site that keeps the scan waiting longer than this, in milliseconds, is given up. */
  mostMs: number;
}

const BANNER_MS = 6_000;

/** Whether the banner is there and stays: some managers build theirs before they read the choice. */
async function isStillAsked({ current }: Visitor, settleMs: number): Promise<boolean> {
  for (const pause of [0, settleMs * 2]) {
    await wait(pause);
    const { canAccept, canRefuse } = await findBanner(current, 0);
    if (!canAccept || !canRefuse) return false;
  }
  return true;
}

interface Walk {
  sightings: readonly Sighting[];
  banner: Banner;
  links: string[];
  isAskedAgain: boolean;
}

/** One walk through the site, with an answer to the banner or without one. */
async function walk(
  browser: Browser,
  { settleMs, until }: { settleMs: number; until: number },
  urls: readonly string[],
  answer: Answer | null,
): Promise<Walk> {
  const visitor = await Visitor.arrive(browser, settleMs);
  // A page can keep the browser from ever answering; whoever leaves need not wait for it.
  const timer = setTimeout(() => void visitor.leave(), Math.max(0, until - Date.now()));
  const isOver = () => Date.now() >= until;
  try {
    const found = await walkAs(visitor, settleMs, urls, answer);
    // Half a walk must not be taken for a clean site.
    if (!isOver()) return found;
  } catch (error) {
    if (!isOver()) throw error;
  } finally {
    clearTimeout(timer);
    await visitor.leave();
  }
  throw new Error('The scan took too long.');
}

async function walkAs(
  visitor: Visitor,
  settleMs: number,
  urls: readonly string[],
  answer: Answer | null,
): Promise<Walk> {
  const [first = ''] = urls;
  await visitor.open(first);
  const banner = await findBanner(visitor.current, BANNER_MS);
  const links = await visitor.links();
  let isAskedAgain = false;
  if (answer !== null) {
    const stood = answer === 'accept' ? banner.canAccept : banner.canRefuse;
    if (!stood || !(await answerBanner(visitor.current, answer)))
      return { sightings: [], banner, links, isAskedAgain };
    await wait(settleMs);
    // What came before the answer is told by the walk without one.
    await visitor.takeStock();
    visitor.forget();
    await visitor.open(first);
    isAskedAgain = await isStillAsked(visitor, settleMs);
  }
  await visitor.takeStock();
  for (const url of urls.slice(1)) {
    // A page that cannot be opened is told by what is missing from the list of pages.
    const isOpen = await visitor.open(url).then(
      () => true,
      () => false,
    );
    if (isOpen) await visitor.takeStock();
  }
  return { sightings: visitor.sightings, banner, links, isAskedAgain };
}

function traceOf(
  { kind, name, host, page, days }: Sighting,
  phase: ScanPhase,
  declaration: Declaration | null,
): Trace {
  const isThirdParty = !isSameSite(host, new URL(page).hostname);
  const known = kind === 'request' ? classOfHost(host) : classOfEntry(name, host, isThirdParty);
  const declared = declaration
    ? kind === 'request'
      ? declaredHost(declaration, host)
      : declaredEntry(declaration, name)
    : undefined;
  // The lists know more of trackers than the site's own words may say.
  const category = known.category === 'unknown' ? (declared ?? 'unknown') : known.category;
  return { kind, name, host, page, phase, days, category, company: known.company, isThirdParty };
}

const tracesOf = (
  sightings: readonly Sighting[],
  phase: ScanPhase,
  declaration: Declaration | null,
): Trace[] => sightings.map((sighting) => traceOf(sighting, phase, declaration));

const isOptional = ({ category }: Trace) => category !== 'necessary' && category !== 'unknown';

/**
 * What a declaration leaves out: entries that it does not name, whoever keeps them, and hosts of others
 * that are known to track. A site need not declare where its fonts come from.
 */
function isUndeclared(trace: Trace, declaration: Declaration): boolean {
  if (trace.kind !== 'request') {
    const known = declaredEntry(declaration, trace.name);
    return known === undefined && trace.category !== 'necessary';
  }
  return isOptional(trace) && declaredHost(declaration, trace.host) === undefined;
}

export function violationsIn(
  traces: readonly Trace[],
  declaration: Declaration | null,
): Violation[] {
  const found: Violation[] = [];
  const told = new Set<string>();
  for (const trace of traces) {
    if (trace.phase === 'before' && isOptional(trace))
      found.push({ code: 'before-consent', trace });
    if (trace.phase === 'refused' && isOptional(trace))
      found.push({ code: 'after-refusal', trace });
    const key = [trace.kind, trace.name, trace.host].join(' ');
    if (declaration && !told.has(key) && isUndeclared(trace, declaration)) {
      told.add(key);
      found.push({ code: 'undeclared', trace });
    }
  }
  return found;
}

/**
 * Crawls a site before consent, after refusal and after acceptance, each time as a new visitor, and tells
 * what it left and called, and what of that broke the rules.
 * @throws Error when the first page cannot be opened, or all of it takes too long.
 */
export async function scanSite(
  browser: Browser,
  { url, pages, declaration, settleMs, mostMs }: ScanOptions,
): Promise<ScanReport> {
  const scannedAt = new Date();
  const pace = { settleMs, until: scannedAt.getTime() + mostMs };
  const glance = await walk(browser, pace, [url], null);
  const urls = [...new Set([new URL(url).href, ...glance.links])].slice(0, pages);
  const { banner } = glance;
  const before = urls.length > 1 ? await walk(browser, pace, urls, null) : glance;
  const refused = await walk(browser, pace, urls, 'refuse');
  const accepted = await walk(browser, pace, urls, 'accept');
  const traces = [
    ...tracesOf(before.sightings, 'before', declaration),
    ...tracesOf(refused.sightings, 'refused', declaration),
    ...tracesOf(accepted.sightings, 'accepted', declaration),
  ];
  const violations = violationsIn(traces, declaration);
  if (banner.canAccept && !banner.canRefuse) violations.push({ code: 'no-refusal', trace: null });
  if (refused.isAskedAgain) violations.push({ code: 'not-honoured', trace: null });
  return {
    url,
    scannedAt,
    ...banner,
    pages: urls,
    hasDeclaration: declaration !== null,
    traces,
    violations,
  };
}
