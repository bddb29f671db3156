import { consentLaws, type ChoiceAction, type ConsentLaw } from '../../config/consent.ts';
import { lawFor } from '../../server/features/consent/banner.ts';
import type { Choices } from '../../server/features/consent/model.ts';
import { chanceOf, type Chance } from './chance.ts';
import type { DemoSite } from './organizations.ts';
import type { DemoSize } from './size.ts';

/** A choice in a banner, as a browser reports it. */
export interface PlannedChoice {
  /** Days before today, and the second of that day. */
  age: number;
  second: number;
  clientKey: string;
  visitorId: string;
  previousKey: string | null;
  action: ChoiceAction;
  choices: Choices;
  law: ConsentLaw;
  region: string | null;
  language: string;
  gpc: boolean;
  page: string;
  userAgent: string;
}

export const DAYS = 90;
const optIns: readonly (readonly [ChoiceAction, number])[] = [
  ['accept-all', 46],
  ['refuse-all', 34],
  ['choose', 20],
];
// Where optional purposes run until refused, mostly those who refuse come to the banner.
const optOuts: readonly (readonly [ChoiceAction, number])[] = [
  ['accept-all', 24],
  ['refuse-all', 42],
  ['choose', 34],
];
const browsers: readonly (readonly [string, number])[] = [
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36', 30],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) Version/19.1 Mobile Safari/604.1', 28],
  [
    'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36',
    22,
  ],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 15_1) AppleWebKit/605.1 Version/19.0 Safari/605.1', 10],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 6],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0 Safari/537.36 Edg/142.0', 4],
];

const all = (granted: boolean): Choices => ({
  necessary: true,
  preferences: granted,
  analytics: granted,
  marketing: granted,
});

function choicesFor(chance: Chance, action: ChoiceAction): Choices {
  if (action === 'accept-all') return all(true);
  if (action === 'gpc') return { ...all(false), preferences: true };
  if (action !== 'choose') return all(false);
  const [preferences, analytics] = [chance.percent(80), chance.percent(55)];
  return { necessary: true, preferences, analytics, marketing: chance.percent(12) };
}

/** Shops are busy at weekends, offices are not. */
function busyness(site: DemoSite, weekday: number): number {
  const isWeekend = weekday === 0 || weekday === 6;
  if (site.isShop) return isWeekend ? 1.5 : 0.85;
  return isWeekend ? 0.35 : 1.15;
}

function firstAction(chance: Chance, { model }: ConsentLaw, gpc: boolean): ChoiceAction {
  if (gpc) return chance.percent(75) ? 'gpc' : 'choose';
  return chance.weighted(model === 'opt-in' ? optIns : optOuts);
}

function inventVisitor(chance: Chance, site: DemoSite, age: number): PlannedChoice[] {
  const [region, language] = chance.weighted(
    site.visitors.map(([place, code, share]) => [[place, code] as const, share] as const),
  );
  const law = lawFor({ regimeMode: 'by-region', laws: [...consentLaws] }, region);
  const gpc = chance.percent(law.model === 'opt-out' ? 22 : 3);
  const visitor = { law, region, language, gpc, visitorId: chance.uuid() };
  const userAgent = chance.weighted(browsers);
  const choose = (action: ChoiceAction, on: number, previousKey: string | null): PlannedChoice => ({
    ...visitor,
    age: on,
    second: chance.between(7 * 3600, 22 * 3600),
    clientKey: chance.uuid(),
    previousKey,
    action,
    choices: choicesFor(chance, action),
    page: `${site.origin}${chance.pick(site.paths)}`,
    userAgent,
  });
  const first = choose(firstAction(chance, law, gpc), age, null);
  const chain = [first];
  const hasGranted = first.choices.analytics || first.choices.marketing;
  if (hasGranted && age > 1 && chance.percent(11)) {
    const later = Math.max(0, age - chance.between(1, 30));
    const withdrawal = choose('withdraw', later, first.clientKey);
    chain.push(withdrawal);
    if (later > 2 && chance.percent(20)) {
      chain.push(choose('choose', Math.max(0, later - chance.between(1, 9)), withdrawal.clientKey));
    }
  }
  return chain;
}

/** What the visitors of a site chose in the last 90 days; `weekdayOf` names the day so long ago. */
export function inventChoices(
  site: DemoSite,
  { visitors }: DemoSize,
  weekdayOf: (age: number) => number,
): PlannedChoice[] {
  const chance = chanceOf(`visitors of ${site.origin}`);
  return Array.from({ length: DAYS }, (_, at) => DAYS - 1 - at).flatMap((age) => {
    const expected = site.perDay * visitors * busyness(site, weekdayOf(age));
    const count = Math.floor(expected * (0.7 + 0.6 * chance.number()) + chance.number());
    return Array.from({ length: count }, () => inventVisitor(chance, site, age)).flat();
  });
}
