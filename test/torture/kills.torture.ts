import { Installation } from '../support/installation.ts';
import { completion, consentPost, formPost, verification } from './actions.ts';
import { sweepMail } from './mail-sending.ts';
import { expectIntact, look, settle, tableOf, type Outcome, type Struck } from './outcome.ts';
import { sweep, type Kills } from './sweep.ts';

const KILLS: Kills = { outside: 20, inside: 12 };
const FEWEST = 20;

describe('kill -9 in the middle of', function () {
  this.timeout(20 * 60_000);
  const outcomes: Outcome[] = [];

  async function torture(work: (installation: Installation) => Promise<Struck>): Promise<void> {
    const installation = await Installation.open();
    try {
      const struck = await work(installation);
      await settle(installation);
      const outcome = await look(struck);
      outcomes.push(outcome);
      expectIntact(outcome, FEWEST);
    } finally {
      await installation.close();
    }
  }

  for (const action of [formPost, verification, completion, consentPost]) {
    it(action.name, () => torture((installation) => sweep(installation, action, KILLS)));
  }
  it('mail sending', () => torture((installation) => sweepMail(installation, KILLS)));

  after(() => {
    process.stdout.write(`\n${tableOf(outcomes)}\n\n`);
  });
});
