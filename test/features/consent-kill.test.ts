import { expect } from 'chai';
import { ConsentRecordModel } from '../../server/features/consent/model.ts';
import { useApp } from '../support/app.ts';
import { aChoice, sendChoice, SITE_ORIGIN } from '../support/consent.ts';
import { anOrganization, aSite } from '../support/organizations.ts';
import { SecondProcess } from '../support/second-process.ts';

const VISITORS = 40;

describe('Consent while the server is killed', function () {
  this.timeout(60_000);
  useApp();

  for (const delay of [5, 25, 60]) {
    it(`keeps what it acknowledged, once, killed after ${delay} ms`, async () => {
      const site = await aSite(await anOrganization());
      const choices = await Promise.all(Array.from({ length: VISITORS }, () => aChoice(site)));
      const server = await SecondProcess.start();
      const port = String(await server.ask({ kind: 'serve' }));
      const acknowledged: string[] = [];
      const posts = choices.map(async (choice, at) => {
        const reply = await fetch(`http://127.0.0.1:${port}/c/${site.siteKey}/choices`, {
          method: 'POST',
          body: JSON.stringify(choice),
          headers: { origin: SITE_ORIGIN, 'x-forwarded-for': `10.9.8.${at}` },
        }).catch(() => null);
        if (reply?.ok === true) acknowledged.push(choice.clientKey);
      });
      // The first answer shows that the server is at work; then the blow falls among the others.
      await Promise.race(posts);
      await new Promise((resolve) => setTimeout(resolve, delay));
      await server.kill();
      await Promise.all(posts);

      const { organizationId } = site;
      const keys = async () =>
        (await ConsentRecordModel.find({ organizationId }).lean()).map(
          ({ clientKey }) => clientKey,
        );
      expect(await keys()).to.include.members(acknowledged);
      // Browsers deliver again what was not acknowledged; what was stored all the same counts once.
      for (const choice of choices) {
        expect((await sendChoice(site, choice)).status).to.be.oneOf([200, 201]);
      }
      expect((await keys()).sort()).to.deep.equal(choices.map((one) => one.clientKey).sort());
    });
  }
});
