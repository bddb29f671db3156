import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Organization } from '../../server/features/organizations/service.ts';
import { newReference } from '../../server/features/requests/reference.ts';
import { answerCodeAsks } from '../../server/features/requests/service.ts';
import { useApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { anOrganization } from '../support/organizations.ts';
import { aRequest } from '../support/requests.ts';

const ROUNDS = 300;
const WARM_UP = 20;
const PEOPLE = 40;

const rank = (sorted: readonly number[], share: number) =>
  sorted[Math.floor(sorted.length * share)] ?? 0;

/**
 * The chance-free question of Mann and Whitney: how often one of the first is slower than one of
 * the second. A half means that nobody can tell them apart; the bound is four standard deviations.
 */
function expectAlike(first: number[], second: number[], what: string): void {
  let slower = 0;
  for (const a of first) for (const b of second) slower += a > b ? 1 : a === b ? 0.5 : 0;
  const share = slower / (first.length * second.length);
  const deviation = Math.sqrt((2 * first.length + 1) / (12 * first.length ** 2));
  const [one, two] = [first, second].map((times) =>
    rank(
      times.sort((a, b) => a - b),
      0.5,
    ),
  );
  console.log(
    `      ${what}: medians ${String(one?.toFixed(2))} and ${String(two?.toFixed(2))} ms, ${share.toFixed(3)}`,
  );
  expect(Math.abs(share - 0.5), what).to.be.lessThan(4 * deviation);
}

describe('Known and unknown', function () {
  this.timeout(600_000);
  useApp();
  let organization: Organization;
  before(async () => {
    organization = await anOrganization();
  });

  /** What is timed, once everything for it is ready. */
  type Prepare = () => Promise<() => Promise<unknown>>;

  /** Takes turns, so that whatever else the machine does falls on both. */
  async function compare(
    known: Prepare,
    unknown: Prepare,
    rounds = ROUNDS,
  ): Promise<[number[], number[]]> {
    const times: [number[], number[]] = [[], []];
    for (let round = -WARM_UP; round < rounds; round += 1) {
      const order = round % 2 === 0 ? [0, 1] : [1, 0];
      for (const which of order) {
        const act = await (which === 0 ? known : unknown)();
        const begunAt = performance.now();
        await act();
        if (round >= 0) times[which === 0 ? 0 : 1].push(performance.now() - begunAt);
        await answerCodeAsks();
      }
    }
    return times;
  }

  /** A form of a page, filled in and ready to be sent by a browser of its own. */
  async function ready(page: string, action: string, body: Record<string, string>) {
    const client = new Client();
    const token = await client.token(page);
    const sent = new URLSearchParams({ _csrf: token, ...body });
    return () => client.exchange(action, { method: 'POST', body: sent });
  }

  it('addresses take the same time', async () => {
    const people: string[] = [];
    while (people.length < PEOPLE) people.push((await aRequest(organization)).email);
    const action = `/privacy/${organization.slug}/request`;
    const counts = { known: 0, unknown: 0 };
    const form = (email: string) =>
      ready(`${action}?right=access&country=DE`, action, {
        formKey: randomUUID(),
        right: 'access',
        country: 'DE',
        state: '',
        dataClass: 'ordinary',
        name: 'Ada Beispiel',
        email,
        details: 'Everything about my orders.',
      });
    const known = () => form(people[(counts.known += 1) % PEOPLE] ?? '');
    const unknown = () => form(`unknown-${(counts.unknown += 1) % PEOPLE}@person.test`);
    expectAlike(...(await compare(known, unknown)), 'the form');
  });

  const form = (rest: string, body: Record<string, string>) => (reference: string) => () => {
    const page = `/privacy/${organization.slug}/requests/${reference}`;
    return ready(page, `${page}/${rest}`, body);
  };
  const fresh = (of: ReturnType<typeof form>) => () => of(newReference())();

  it('references take the same time when a code is asked for', async () => {
    const { row } = await aRequest(organization);
    const asks = form('code', {});
    expectAlike(...(await compare(asks(row.reference), fresh(asks))), 'asking for a code');
  });

  it('references take the same time when a wrong code is typed', async () => {
    const { row } = await aRequest(organization);
    const tries = form('enter', { code: '00000000' });
    expectAlike(...(await compare(tries(row.reference), fresh(tries), 100)), 'a wrong code');
  });
});
