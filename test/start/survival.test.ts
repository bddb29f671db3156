import { Installation } from '../support/installation.ts';
import { completion, consentPost, formPost, verification } from '../torture/actions.ts';
import { sweepMail } from '../torture/mail-sending.ts';
import { expectIntact, look, settle, type Struck } from '../torture/outcome.ts';
import { sweep } from '../torture/sweep.ts';

// The short form of `npm run torture`: one kill from outside and one in the middle, of each action.
describe('kill -9', function () {
  // A server of its own keeps the transaction of a dead client for up to a minute.
  this.timeout(900_000);
  let installation: Installation;
  let close = () => Promise.resolve();
  const struck: Struck[] = [];

  before(async () => {
    installation = await Installation.open();
    close = () => installation.close();
  });
  after(() => close());

  for (const action of [formPost, verification, completion, consentPost]) {
    it(`strikes in the middle of a ${action.name}`, async () => {
      struck.push(await sweep(installation, action, { outside: 1, inside: 1 }));
    });
  }

  it('strikes in the middle of sending mail', async () => {
    struck.push(await sweepMail(installation, { outside: 1, inside: 1 }));
  });

  it('takes nothing that was acknowledged, and doubles nothing', async () => {
    await settle(installation);
    for (const one of struck) expectIntact(await look(one), 2);
  });
});
