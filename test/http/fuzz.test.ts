import { expect } from 'chai';
import { doors } from '../../server/app.ts';
import type { Door } from '../../server/http/doors.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { useApp } from '../support/app.ts';
import { Client, ownAddress } from '../support/client.ts';
import { anOrganization, aSite } from '../support/organizations.ts';
import { aRequest } from '../support/requests.ts';
import { anAccount, signedIn } from '../support/staff.ts';

const SEED = Number(process.env.HABEAS_TEST_SEED ?? 20_261_122);
const ROUNDS = 6;

/** A small generator with a seed (mulberry32), so that a failure can be met again. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = generator(SEED);
const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;

const texts = [
  '',
  ' ',
  '0',
  '-1',
  '1e309',
  '99999999999999999999',
  '{"$gt":""}',
  '__proto__',
  'constructor',
  'toString',
  '../../etc/passwd',
  '//evil.example',
  '/\\evil.example',
  'a\r\nSet-Cookie: x=1',
  'a\u0000b',
  '\u202E\uFEFF\u{1F469}\u200D\u{1F4BB}',
  '<script>alert(1)</script>',
  '{{constructor.constructor}}',
  "' OR 1=1 --",
  '9999-12-31',
  '0000-01-01',
  '2026-02-30',
  '9999-99-99~000000000000000000000000',
  '999999999999999-000000000000000000000000',
  '000000000000000000000000',
  '00000000-0000-4000-8000-000000000000',
  'access',
  'DE',
  'true',
  'ada@person.test',
  'x'.repeat(9000),
];
/** Node itself answers 431 to an address above 16 kB. */
const short = texts.filter((one) => one.length < 1000);
const values: readonly unknown[] = [
  ...texts,
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  [],
  {},
  [[]],
  ['a', 'b'],
  { $gt: '' },
  { toString: 'x', valueOf: 'x' },
  { length: 3 },
  [null, { $ne: null }],
  '\uD800',
];
const strangers = ['__proto__', 'constructor', 'toString', '$where', 'a.b', 'lang', '_id', ''];

/** The names that a door knows, and some that none knows. */
function namesOf(schema: Door['body']): string[] {
  const { keys = {} } = (schema?.describe() ?? {}) as { keys?: object };
  return Object.keys(keys);
}

function someJson(door: Door): string {
  const form = random();
  if (form < 0.1) return JSON.stringify(pick(values));
  if (form < 0.15) return '{"text":';
  const entries = [...namesOf(door.body), pick(strangers)].map(
    (name) => `${JSON.stringify(name)}:${JSON.stringify(pick(values))}`,
  );
  return `{${entries.filter(() => random() < 0.85).join(',')}}`;
}

function someFields(names: readonly string[], from = texts): [string, string][] {
  const endings = ['', '', '', '[]', '[$ne]', '[toString]', '[__proto__][x]', '[0]', '[a][b]', '['];
  return [...names, pick(strangers)]
    .filter(() => random() < 0.85)
    .flatMap((name): [string, string][] => {
      const once: [string, string] = [`${name}${pick(endings)}`, pick(from)];
      return random() < 0.2 ? [once, [name, pick(from)]] : [once];
    });
}

function shown(body: RequestInit['body']): string {
  if (body instanceof FormData) return [...body.keys()].join(',');
  return body instanceof URLSearchParams ? body.toString() : typeof body === 'string' ? body : '';
}

const OURS =
  /^(?:text\/html|text\/css|text\/javascript|text\/csv|application\/(?:problem\+)?json)/u;

describe(`Every door, knocked at with nonsense (seed ${SEED})`, () => {
  useApp();
  let organization: Organization;
  let known: Record<string, string>;
  const visitors: Record<string, Client> = {};

  before(async () => {
    organization = await anOrganization();
    const site = await aSite(organization);
    const { row } = await aRequest(organization);
    const person = await anAccount([[organization, 'administrator']], {
      isInstallationAdministrator: true,
    });
    visitors.stranger = new Client();
    visitors.staff = await signedIn(person);
    known = {
      organization: organization.slug,
      id: row._id.toHexString(),
      site: site._id.toHexString(),
      siteKey: site.siteKey,
      reference: row.reference,
      version: '1',
      name: 'invalid',
    };
  });

  const addressOf = (door: Door) => {
    const query = new URLSearchParams(random() < 0.5 ? someFields(namesOf(door.query), short) : []);
    const path = door.path.replaceAll(/:(\w+)/gu, (_, name: string) => {
      const isKnown = name in known && (name === 'organization' || random() < 0.8);
      return isKnown ? known[name]! : encodeURIComponent(pick(short.filter((one) => one !== '')));
    });
    return query.size === 0 ? path : `${path}?${query.toString()}`;
  };

  async function bodyOf(door: Door, client: Client): Promise<RequestInit> {
    if (door.method === 'get') return {};
    const method = door.method.toUpperCase();
    if (door.kind === 'json') {
      return { method, body: someJson(door), headers: { 'content-type': 'application/json' } };
    }
    const fields = [
      ...someFields(namesOf(door.body)),
      ...(random() < 0.9 ? [['_csrf', await tokenOf(client)] as [string, string]] : []),
    ];
    if (door.uploads !== true) return { method, body: new URLSearchParams(fields) };
    const form = new FormData();
    for (const [name, value] of fields) form.append(name, value);
    form.append(pick(['files', '__proto__', 'text']), new Blob(['x']), pick(['a.txt', '../a', '']));
    return { method, body: form };
  }

  const tokens = new Map<Client, string>();
  async function tokenOf(client: Client): Promise<string> {
    const token = tokens.get(client) ?? (await client.token(`/privacy/${organization.slug}`));
    tokens.set(client, token);
    return token;
  }

  for (const door of doors) {
    for (const who of ['stranger', 'staff']) {
      it(`answers ${who}, whatever comes: ${door.method} ${door.path}`, async () => {
        // Whoever signs out sees no more.
        if (door.path === '/staff/sign-out') return;
        for (let round = 0; round < ROUNDS; round += 1) {
          const client = visitors[who]!;
          const address = addressOf(door);
          const init = await bodyOf(door, client);
          const response = await client.exchange(address, {
            ...init,
            headers: {
              'x-forwarded-for': ownAddress(),
              ...(init.headers as Record<string, string> | undefined),
            },
          });
          const text = await response.text();
          const what = `${door.method} ${address.slice(0, 300)} ${shown(init.body).slice(0, 1500)}`;
          expect(response.status, what).to.be.within(200, 499);
          if (response.status !== 303) {
            expect(response.headers.get('content-type') ?? '', what).to.match(OURS);
          }
          expect(text, what).not.to.match(/\bat .+\.(?:ts|js):\d+|\[object Object\]/u);
        }
      });
    }
  }
});
