import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import type { Entry } from './entries.ts';
import type { Stand } from './stand.ts';
import { asks, isShown, press, visit, type Visit, type VisitOptions } from './visit.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** One column of the table; what was seen, and whether it is as it ought to be. */
export interface Finding {
  column: string;
  seen: string;
  isGood: boolean;
}

const yes = (column: string, isGood: boolean, seen = isGood ? 'yes' : 'no'): Finding => ({
  column,
  seen,
  isGood,
});

const quote = (text: string | null) => JSON.stringify(text);

/** Rules of WCAG that axe finds broken within an element, with how often. */
async function axeOf(at: Visit, selector: string): Promise<string> {
  await at.page.evaluate(axe);
  return asks<string>(
    at,
    `(async () => {
      for (const alternative of ${quote(selector)}.split('||')) {
        if (!__probe.find(alternative)) continue;
        const steps = alternative.split('>>>').map((step) => step.trim());
        const include = steps.length > 1 ? [{ fromShadowDom: steps }] : [steps];
        const { violations } = await axe.run({ include }, { runOnly: { type: 'tag', values: ${JSON.stringify(WCAG)} } });
        return violations.map(({ id, nodes }) => id + '×' + nodes.length).join(', ');
      }
      return 'not found';
    })()`,
  );
}

async function openDialog(at: Visit, entry: Entry): Promise<boolean> {
  await at.page.evaluate(`__probe.find(${quote(entry.open)}).click()`);
  await wait(1200);
  return asks<boolean>(at, `__probe.isVisible(__probe.find(${quote(entry.dialog)}), 0.9)`);
}

/** Whether the focus is in the second layer; the dialog element itself may lie above what is named. */
const focusIn = (entry: Entry) => `(() => {
  const named = __probe.find(${quote(entry.dialog)});
  const active = __probe.active();
  if (!named || !active || active === document.body || active === document.documentElement) return 'nowhere';
  let outer = named;
  for (let each = named; each; each = each.parentNode ?? each.host)
    if (each.nodeName === 'DIALOG' || each.getAttribute?.('role') === 'dialog') outer = each;
  return __probe.isWithin(active, outer) || __probe.isWithin(outer, active) ? 'inside' : 'outside';
})()`;

async function keyboardOfDialog(at: Visit, entry: Entry): Promise<Finding[]> {
  const opener = `__probe.find(${quote(entry.open)})`;
  await at.page.evaluate(`${opener}.focus()`);
  await at.page.keyboard.press('Enter');
  await wait(1200);
  let isTrapped = true;
  for (let round = 0; round < 45 && isTrapped; round += 1) {
    await at.page.keyboard.press(round < 30 ? 'Tab' : 'Shift+Tab');
    isTrapped = (await asks<string>(at, focusIn(entry))) !== 'outside';
  }
  const isNative = await asks<boolean>(
    at,
    `(() => { for (let each = __probe.find(${quote(entry.dialog)}); each; each = each.parentNode ?? each.host)
      if (each.nodeName === 'DIALOG') return true; return false; })()`,
  );
  await at.page.evaluate(
    `(() => { const dialog = __probe.find(${quote(entry.dialog)});
      (dialog?.querySelector('button,input,a[href]') ?? dialog)?.focus(); })()`,
  );
  await at.page.keyboard.press('Escape');
  await wait(900);
  const isClosed = await asks<boolean>(
    at,
    `!__probe.isVisible(__probe.find(${quote(entry.dialog)}), 0.5)`,
  );
  const isReturned = await asks<boolean>(at, `__probe.active() === ${opener}`);
  return [
    yes('dialog focus trapped', isTrapped),
    yes('Esc closes', isClosed),
    yes('focus returned', isClosed && isReturned),
    yes('native dialog', isNative),
  ];
}

/** Looks of both buttons: prominence is equal when neither outweighs the other. */
const looksOf = (entry: Entry) => `(() => {
  const of = (selector) => {
    const found = __probe.find(selector);
    if (!found || !__probe.isVisible(found)) return null;
    const { backgroundColor, color, fontSize, fontWeight } = getComputedStyle(found);
    const { width, height } = found.getBoundingClientRect();
    return { look: [backgroundColor, color, fontSize, fontWeight, __probe.opacityOf(found), Math.round(height)].join(), width };
  };
  const accept = of(${quote(entry.accept)});
  const reject = of(${quote(entry.reject)});
  return { isThere: Boolean(reject), isEqual: Boolean(accept && reject) && accept.look === reject.look &&
    Math.min(accept.width, reject.width) / Math.max(accept.width, reject.width) > 0.6 };
})()`;

const dynamicTracker = `(() => {
  const script = document.createElement('script');
  script.src = 'https://www.google-analytics.com/analytics.js';
  document.head.append(script);
  document.cookie = '_gid=GA1.1.2.2;path=/';
})()`;
const trackerCode = "window.tracked=(window.tracked||0)+1;document.cookie='_ga=GA1.1.1.1;path=/'";

/** What happens to trackers that nobody marked, in the markup and inserted, before consent and after. */
async function blocking(stand: Stand, browser: Browser, entry: Entry): Promise<Finding[]> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.route(/google-analytics|facebook\.com/u, (route) =>
    route.fulfill({ contentType: 'text/javascript', body: trackerCode }),
  );
  const findings: Finding[] = [];
  for (const [query, name] of [
    ['', 'inserted tracker'],
    ['?trackers', 'tracker in markup'],
  ] as const) {
    const at = await visit(stand, browser, entry, { context, query });
    await at.go();
    await isShown(at, entry);
    if (query === '') await at.page.evaluate(dynamicTracker);
    await wait(900);
    const before = await asks<{ ran: number; cookies: string }>(
      at,
      '({ ran: window.tracked ?? 0, cookies: document.cookie })',
    );
    await press(at, entry.accept);
    await wait(1500);
    const after = await asks<number>(at, 'window.tracked ?? 0');
    findings.push(
      yes(`${name} held`, before.ran === 0),
      ...(query === '' ? [yes('cookie write held', !before.cookies.includes('_gid'))] : []),
      yes(`${name} runs once accepted`, after > 0),
    );
    await context.clearCookies();
    await at.page.evaluate('localStorage.clear()');
    await at.page.close();
  }
  await context.close();
  return findings;
}

/** Every yes/no column of one entry. What could not be tried is told as such. */
export async function behaviourOf(
  stand: Stand,
  browser: Browser,
  entry: Entry,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const step = async (
    columns: string[],
    options: VisitOptions,
    look: (at: Visit, isThere: boolean) => Promise<Finding[]>,
  ) => {
    const at = await visit(stand, browser, entry, options);
    try {
      await at.go();
      const isThere = await isShown(at, entry, 8000);
      await wait(800);
      findings.push(...(await look(at, isThere)));
    } catch {
      findings.push(...columns.map((column) => yes(column, false, 'failed')));
    } finally {
      await at.close();
    }
  };
  const { banner, dialog, open } = entry;
  if (banner === null) return [];

  await step(['axe, banner'], {}, async (at) => {
    const broken = await axeOf(at, banner);
    return [yes('axe, banner', broken === '', broken === '' ? '0' : broken)];
  });
  const hasDialog = dialog !== null && open !== null;
  if (hasDialog) {
    await step(['axe, dialog'], {}, async (at) => {
      const isOpen = await openDialog(at, entry);
      const broken = isOpen ? await axeOf(at, dialog) : 'not opened';
      return [yes('axe, dialog', broken === '', broken === '' ? '0' : broken)];
    });
  }
  await step(['reject on first layer', 'equal prominence'], {}, async (at) => {
    const { isThere, isEqual } = await asks<{ isThere: boolean; isEqual: boolean }>(
      at,
      looksOf(entry),
    );
    return [yes('reject on first layer', isThere), yes('equal prominence', isEqual)];
  });
  await step(['tab stops to banner'], {}, async (at) => {
    const inside = `__probe.isWithin(__probe.active(), __probe.find(${quote(banner)}))`;
    let stops = 0;
    while (stops < 45 && !(await asks<boolean>(at, inside))) {
      await at.page.keyboard.press('Tab');
      stops += 1;
    }
    return [yes('tab stops to banner', stops <= 1, String(stops))];
  });
  if (hasDialog) {
    const columns = ['dialog focus trapped', 'Esc closes', 'focus returned', 'native dialog'];
    await step(columns, {}, (at) => keyboardOfDialog(at, entry));
  }
  for (const [policy, column] of [
    ['strict', 'strict CSP'],
    ['types', 'Trusted Types'],
  ] as const) {
    await step([column], { query: `?policy=${policy}` }, async (at, isThere) => {
      const isOpen = !hasDialog || (isThere && (await openDialog(at, entry)));
      const broken = await asks<string[]>(at, '__probe.violations');
      const isGood = isThere && isOpen && broken.length === 0;
      return [yes(column, isGood, `${isGood ? 'yes' : 'no'} (${broken.length})`)];
    });
  }
  findings.push(...(await blocking(stand, browser, entry)));
  await step(
    ['banner with GPC'],
    {
      before:
        'Object.defineProperty(Navigator.prototype,"globalPrivacyControl",{get:()=>true,configurable:true})',
    },
    (_at, isThere) => Promise.resolve([yes('banner with GPC', isThere)]),
  );
  await step(['cover of 360×640'], { viewport: { width: 360, height: 640 } }, async (at) => {
    const share = await asks<number>(
      at,
      `(() => { const { left, top, right, bottom } = __probe.find(${quote(banner)}).getBoundingClientRect();
        const wide = Math.min(right, innerWidth) - Math.max(left, 0);
        const high = Math.min(bottom, innerHeight) - Math.max(top, 0);
        return wide * high / innerWidth / innerHeight; })()`,
    );
    return [yes('cover of 360×640', share <= 1 / 3, `${(share * 100).toFixed(0)} %`)];
  });
  await step(['reject at 320×256'], { viewport: { width: 320, height: 256 } }, async (at) => {
    const isReached = await asks<boolean>(
      at,
      `(() => { const found = __probe.find(${quote(entry.reject)}); if (!found) return false;
        found.scrollIntoView({ block: 'nearest' });
        const { top, bottom } = found.getBoundingClientRect();
        return top >= -1 && bottom <= innerHeight + 1; })()`,
    );
    return [yes('reject at 320×256', isReached)];
  });
  return findings;
}
