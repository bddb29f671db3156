import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { ConsentRecordModel } from '../../server/features/consent/model.ts';
import { consentFigures } from '../../server/features/consent/service.ts';
import type { SiteRow } from '../../server/features/organizations/service.ts';
import { useApp } from '../support/app.ts';
import { aChoice, sendChoice, SITE_ORIGIN } from '../support/consent.ts';
import { anOrganization, aSite } from '../support/organizations.ts';
import { SecondProcess } from '../support/second-process.ts';

const CONNECTIONS = 64;

type Choice = Awaited<ReturnType<typeof aChoice>>;

const keysOf = async ({ organizationId, _id: siteId }: SiteRow) =>
  (await ConsentRecordModel.find({ organizationId, siteId }).lean()).map((row) => row.clientKey);

async function countOf({ organizationId, _id: siteId }: SiteRow): Promise<number> {
  const days = { from: '0000-01-01', to: '9999-12-31', by: 'version' } as const;
  const [version] = await consentFigures(organizationId, siteId, days);
  return version?.choices ?? 0;
}

const anotherChoice = (pattern: Choice): Choice => ({
  ...pattern,
  clientKey: randomUUID(),
  visitorId: randomUUID(),
});

/** The answer of a server; null when it is gone. */
const postChoice = (url: string, choice: Choice, at: number) =>
  fetch(url, {
    method: 'POST',
    body: JSON.stringify(choice),
    headers: { origin: SITE_ORIGIN, 'x-forwarded-for': `10.9.8.${at}` },
  }).catch(() => null);

/** Visitors who choose one after the other on each connection, until there is no answer any more. */
class Traffic {
  readonly sent: Choice[] = [];
  readonly acknowledged = new Set<string>();
  readonly #url: string;
  readonly #pattern: Choice;

  constructor(url: string, pattern: Choice) {
    this.#url = url;
    this.#pattern = pattern;
  }

  /** Ends with the server. */
  async flow(): Promise<void> {
    const connections = Array.from({ length: CONNECTIONS }, async (_, at) => {
      while (await this.#sendOne(at));
    });
    await Promise.all(connections);
  }

  async #sendOne(at: number): Promise<boolean> {
    const choice = anotherChoice(this.#pattern);
    this.sent.push(choice);
    const reply = await postChoice(this.#url, choice, at);
    if (reply?.ok === true) this.acknowledged.add(choice.clientKey);
    return reply !== null;
  }
}

describe('Consent that two nodes are told of at once', () => {
  useApp();

  it('is recorded and counted once', async () => {
    const site = await aSite(await anOrganization());
    const other = await SecondProcess.start();
    const url = `http://127.0.0.1:${String(await other.ask({ kind: 'serve' }))}`;
    const pattern = await aChoice(site);
    const choices = Array.from({ length: CONNECTIONS }, () => anotherChoice(pattern));
    const replies = await Promise.all(
      choices.flatMap((choice, at) => {
        const there = postChoice(`${url}/c/${site.siteKey}/choices`, choice, at);
        return [there, sendChoice(site, choice)];
      }),
    );
    await other.kill();
    // Each was in the way of the other: who is told to send it again does so.
    for (const reply of replies) expect(reply?.status).to.be.oneOf([200, 201, 503]);
    const again = await Promise.all(choices.map((choice) => sendChoice(site, choice)));
    for (const { status } of again) expect(status).to.be.oneOf([200, 201]);
    const made = [...replies, ...again].filter((reply) => reply?.status === 201);
    expect(made).to.have.length(CONNECTIONS);
    const keys = choices.map(({ clientKey }) => clientKey).sort();
    expect((await keysOf(site)).sort()).to.deep.equal(keys);
    expect(await countOf(site)).to.equal(CONNECTIONS);
  });
});

describe('Consent while a node is killed', () => {
  useApp();

  for (const delay of [5, 60]) {
    it(`is kept once where it was acknowledged, killed after ${delay} ms of answers`, async () => {
      const site = await aSite(await anOrganization());
      const node = await SecondProcess.start();
      const origin = `http://127.0.0.1:${String(await node.ask({ kind: 'serve' }))}`;
      const pattern = await aChoice(site);
      const traffic = new Traffic(`${origin}/c/${site.siteKey}/choices`, pattern);
      const flow = traffic.flow();
      // The first answers show that it is at work; then the blow falls among the others.
      while (traffic.acknowledged.size === 0) await wait(1);
      await wait(delay);
      await node.kill();
      await flow;

      // Browsers deliver again what was not acknowledged. The dead node may hold some of it for a minute.
      const open = traffic.sent.filter(({ clientKey }) => !traffic.acknowledged.has(clientKey));
      const others = Array.from({ length: 8 }, () => anotherChoice(pattern));
      const again = Promise.all(
        open.map(async (choice) => {
          const { status } = await sendChoice(site, choice);
          expect(status).to.be.oneOf([200, 201, 503]);
          if (status !== 503) traffic.acknowledged.add(choice.clientKey);
        }),
      );
      const replies = await Promise.all(others.map((choice) => sendChoice(site, choice)));
      for (const { status } of replies) expect(status, 'somebody else').to.equal(201);
      await again;

      const keys = await keysOf(site);
      const sent = [...traffic.sent, ...others].map(({ clientKey }) => clientKey);
      expect(keys).to.include.members([...traffic.acknowledged]);
      expect(sent).to.include.members(keys);
      expect(new Set(keys).size).to.equal(keys.length);
      expect(await countOf(site)).to.equal(keys.length);
    });
  }
});
