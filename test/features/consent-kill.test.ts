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
    const choice = { ...this.#pattern, clientKey: randomUUID(), visitorId: randomUUID() };
    this.sent.push(choice);
    const reply = await fetch(this.#url, {
      method: 'POST',
      body: JSON.stringify(choice),
      headers: { origin: SITE_ORIGIN, 'x-forwarded-for': `10.9.8.${at}` },
    }).catch(() => null);
    if (reply?.ok === true) this.acknowledged.add(choice.clientKey);
    return reply !== null;
  }
}

describe('Consent while the server is killed', function () {
  this.timeout(120_000);
  useApp();

  for (const delay of [5, 25, 60]) {
    it(`keeps what it acknowledged, once, killed ${delay} ms after its first answers`, async () => {
      const site = await aSite(await anOrganization());
      const server = await SecondProcess.start();
      const origin = `http://127.0.0.1:${String(await server.ask({ kind: 'serve' }))}`;
      const traffic = new Traffic(`${origin}/c/${site.siteKey}/choices`, await aChoice(site));
      const flow = traffic.flow();
      // The first answers show that the server is at work; then the blow falls among the others.
      while (traffic.acknowledged.size === 0) await wait(1);
      await wait(delay);
      await server.kill();
      await flow;

      expect(await keysOf(site)).to.include.members([...traffic.acknowledged]);
      // Browsers deliver again what was not acknowledged; what was stored all the same counts once.
      const open = traffic.sent.filter(({ clientKey }) => !traffic.acknowledged.has(clientKey));
      const replies = await Promise.all(open.map((choice) => sendChoice(site, choice)));
      for (const { status } of replies) expect(status).to.be.oneOf([200, 201]);
      const keys = traffic.sent.map(({ clientKey }) => clientKey);
      expect((await keysOf(site)).sort()).to.deep.equal(keys.sort());
      expect(await countOf(site)).to.equal(keys.length);
    });
  }
});
