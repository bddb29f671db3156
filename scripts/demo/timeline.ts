import { optionalCategoryIds } from '../../config/consent.ts';
import { DateTime } from 'luxon';
import { sweepRequests } from '../../jobs/sweep-requests.ts';
import { sentChoice } from '../../server/features/consent/schema.ts';
import {
  currentConfiguration,
  publishContent,
  recordChoice,
} from '../../server/features/consent/service.ts';
import { fileRequest, play, type PlayedRequest } from './acting.ts';
import { checked } from './checked.ts';
import { liveAt } from './clock.ts';
import { DAYS, inventChoices, type PlannedChoice } from './consents.ts';
import type { Office } from './office.ts';
import { letBeRefused, letBounce } from './mailroom.ts';
import { recentHappenings, type Happening } from './recent.ts';
import type { DemoSize } from './size.ts';
import { inventStories } from './stories.ts';
import type { Act, Story } from './story.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const dayAgo = (now: number, zone: string, age: number) =>
  DateTime.fromMillis(now, { zone }).startOf('day').minus({ days: age });

/** The next moment at which an office is staffed: weekdays from nine to five. */
function inOfficeHours(at: number, zone: string): number {
  const local = DateTime.fromMillis(at, { zone });
  const minutes = 30 + ((local.minute * 7 + local.second) % 90);
  let day = local;
  if (local.hour >= 17) day = local.plus({ days: 1 });
  if (local.hour < 9 || local.hour >= 17) day = day.set({ hour: 9, minute: 0 }).plus({ minutes });
  while (day.weekday > 5) day = day.plus({ days: 1 });
  return day.toMillis();
}

/** People write while they are awake. */
function inWakingHours(at: number, zone: string): number {
  const { hour } = DateTime.fromMillis(at, { zone });
  return hour < 7 ? at + (8 - hour) * HOUR : at;
}

const byPerson: readonly Act['kind'][] = [
  'verify',
  'disown',
  'reply',
  'withdraw',
  'fetch',
  'permit',
  'appeal',
];

/** When an act happens, after what came before it; null when that is still to come. */
function momentOf(act: Act, receivedAt: number, last: number, zone: string, now: number) {
  const raw = receivedAt + act.after * HOUR;
  const isQuick = act.after < 1;
  const fitted = byPerson.includes(act.kind) ? inWakingHours(raw, zone) : inOfficeHours(raw, zone);
  const wanted = isQuick || fitted > now - 3 * MINUTE ? raw : fitted;
  const at = Math.max(wanted, last + 2 * MINUTE);
  return at > now - MINUTE ? null : at;
}

function happeningsOf(office: Office, story: Story, at: number, now: number): Happening[] {
  const { timeZone } = office.organization;
  const received = dayAgo(now, timeZone, story.age).plus({ minutes: story.minute }).toMillis();
  const receivedAt = Math.min(received, now - (10 + (story.minute % 240)) * MINUTE);
  let request: PlayedRequest | undefined;
  const happenings: Happening[] = [
    { at: receivedAt, happen: async () => (request = await fileRequest(office, story)) },
  ];
  let last = receivedAt;
  for (const act of story.acts) {
    const moment = momentOf(act, receivedAt, last, timeZone, now);
    if (moment === null) continue;
    last = moment;
    happenings.push({ at: moment, happen: async () => request && play(request, act) });
  }
  // Of those who never answered, some had mistyped their address.
  if (story.ending === 'expired' && at % 2 === 0) {
    const happen = async () => request && letBeRefused(request.organization._id, request.id);
    happenings.push({ at: receivedAt + MINUTE, happen });
  }
  if (story.ending === 'expired' && at % 4 === 1) {
    const happen = async () => request && letBounce(office.officer, request.id);
    happenings.push({ at: inOfficeHours(receivedAt + HOUR, timeZone), happen });
  }
  return happenings;
}

const requestHappenings = (office: Office, size: DemoSize, now: number) =>
  inventStories(office.organization, size).flatMap((story, at) =>
    happeningsOf(office, story, at, now),
  );

type Configuration = Awaited<ReturnType<typeof currentConfiguration>>;

async function choose(
  row: Office['sites'][number]['row'],
  { hash, content }: Configuration,
  choice: PlannedChoice,
) {
  const { law, region, userAgent, gpc, ...told } = choice;
  const { clientKey, visitorId, previousKey, action, language, page } = told;
  const choices = { ...choice.choices };
  // Nobody can allow what a site does not offer.
  for (const id of optionalCategoryIds)
    choices[id] &&= content.categories.some((offered) => offered.id === id);
  const { regime, model } = law;
  const sent = checked(sentChoice, {
    ...{ clientKey, visitorId, previousKey, action, choices, language, page },
    regime,
    model,
    services: {},
    signals: { gpc, dnt: false, tcf: null, gpp: null },
    configurationHash: hash,
    chosenAt: new Date(Date.now() - 300).toISOString(),
  });
  const { origin } = new URL(choice.page);
  await recordChoice(row.siteKey, sent, { origin, region, userAgent });
}

/** Gives the banner of a site a colour and another place, half-way through. */
async function restyleBanner({ officer }: Office, row: Office['sites'][number]['row']) {
  const { version, content } = await currentConfiguration(row);
  const look = { ...content.look, position: 'box', accent: '#2f6b4f' } as const;
  await publishContent(officer, row, {
    content: { ...content, look },
    seen: version,
    note: 'Our green, and a box in the corner.',
    restoredFrom: null,
  });
}

function consentHappenings(office: Office, size: DemoSize, now: number): Happening[] {
  const { timeZone } = office.organization;
  return office.sites.flatMap(({ site, row }, at) => {
    let configuration: Configuration | undefined;
    const weekdayOf = (age: number) => dayAgo(now, timeZone, age).weekday % 7;
    const choices = inventChoices(site, size, weekdayOf).map((choice) => ({
      at: dayAgo(now, timeZone, choice.age).plus({ seconds: choice.second }).toMillis(),
      happen: async () => {
        configuration ??= await currentConfiguration(row);
        await choose(row, configuration, choice);
      },
    }));
    const restyled = {
      at: inOfficeHours(dayAgo(now, timeZone, 41).plus({ hours: 11 }).toMillis(), timeZone),
      happen: async () => {
        await restyleBanner(office, row);
        configuration = undefined;
      },
    };
    return [...choices.filter((each) => each.at < now - MINUTE), ...(at === 0 ? [restyled] : [])];
  });
}

/** The worker's sweeps: a little after each hour at which reminders of an office are due. */
function sweepMoments(offices: readonly Office[], now: number): number[] {
  const moments = offices.flatMap(({ organization }) =>
    Array.from({ length: DAYS + 1 }, (_, age) =>
      dayAgo(now, organization.timeZone, age).plus({ hours: 9, minutes: 1 }).toMillis(),
    ),
  );
  return [...new Set(moments)].filter((at) => at < now).sort((a, b) => a - b);
}

/** Lives through what happens in one office until a moment, and takes it off the list. */
async function liveUntil(until: number, happenings: Happening[]): Promise<void> {
  for (let next = happenings[0]; next && next.at < until; next = happenings[0]) {
    happenings.shift();
    await liveAt(next.at, next.happen);
  }
}

/**
 * Lives through everything that happens in the offices up to now. The offices do not wait for each
 * other, but for the sweeps, which look after all of them.
 */
export async function liveThrough(
  offices: readonly Office[],
  size: DemoSize,
  password: string,
  now: number,
): Promise<void> {
  const lists = offices.map((office, at) =>
    [
      ...requestHappenings(office, size, now),
      ...consentHappenings(office, size, now),
      ...recentHappenings(office, at, password, now),
    ].sort((a, b) => a.at - b.at),
  );
  for (const sweepAt of sweepMoments(offices, now)) {
    await Promise.all(lists.map((happenings) => liveUntil(sweepAt, happenings)));
    await liveAt(sweepAt, sweepRequests);
  }
  await Promise.all(lists.map((happenings) => liveUntil(now, happenings)));
}
