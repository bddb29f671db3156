import { expect } from 'chai';
import sinon, { type SinonFakeTimers } from 'sinon';
import type { Organization } from '../../server/features/organizations/service.ts';
import { prepareInstallation } from '../../server/database/installation.ts';
import { answerCodeAsks, askForCode } from '../../server/features/requests/code-asks.ts';
import {
  disownByLink,
  enterByCode,
  enterByLink,
  linkPurpose,
  stopLinkOffer,
} from '../../server/features/requests/entrance.ts';
import { CodeAskModel } from '../../server/features/requests/model.ts';
import { leavePortal, personOf } from '../../server/features/requests/person.ts';
import { newReference } from '../../server/features/requests/reference.ts';
import { SubjectModel } from '../../server/features/subjects/model.ts';
import { subjectById } from '../../server/features/subjects/service.ts';
import { loadDataKeys } from '../../server/security/data-keys.ts';
import { connectFreshDatabase, dropDatabase } from '../support/database.ts';
import { anOrganization } from '../support/organizations.ts';
import { problemFrom } from '../support/problems.ts';
import {
  aMember,
  anUnverifiedRequest,
  aRequest,
  codeSentTo,
  linkSentTo,
  mailsTo,
  requestByReference,
} from '../support/requests.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('Proof of a mailbox', () => {
  let organization: Organization;
  let clock: SinonFakeTimers | undefined;
  let address = 0;
  const anAddress = () => `proof-${(address += 1)}@person.test`;

  /** Asks for a code, and waits until what happens after the answer has happened. */
  async function ask(reference: string): Promise<void> {
    await askForCode(organization, reference);
    await answerCodeAsks();
  }

  const passes = (ms: number) => {
    clock ??= sinon.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
    clock.setSystemTime(Date.now() + ms);
  };

  before(async () => {
    await connectFreshDatabase();
    await prepareInstallation();
    organization = await anOrganization();
  });
  afterEach(() => {
    clock?.restore();
    clock = undefined;
  });
  after(dropDatabase);

  it('opens the portal with the code of the mail, once', async () => {
    const email = anAddress();
    const { reference } = await anUnverifiedRequest(organization, { email });
    const code = await codeSentTo(email);
    const entry = await enterByCode(organization, reference.toLowerCase(), code);
    expect(entry).to.include({ reference, verified: true });
    const row = await requestByReference(organization, reference);
    expect(row).to.include({ state: 'new', group: 'open' });
    expect(row.verifiedAt).to.be.an.instanceOf(Date);
    expect(await personOf(organization, entry.token)).to.include({ kind: 'subject' });
    const again = await problemFrom(enterByCode(organization, reference, code));
    expect(again.code).to.equal('wrong-code');
    const [, confirmation] = await mailsTo(email);
    expect(confirmation?.subject).to.equal(`Request ${reference}: confirmed`);
  });

  it('opens the portal with the link of the mail, but never by looking at it', async () => {
    const email = anAddress();
    const { reference } = await anUnverifiedRequest(organization, { email });
    const token = await linkSentTo(email, 'confirm');
    expect(await linkPurpose(organization, token)).to.equal('verify-request');
    expect(await linkPurpose(organization, token)).to.equal('verify-request');
    expect(await requestByReference(organization, reference)).to.include({ state: 'unverified' });
    expect(await enterByLink(organization, token)).to.include({ reference, verified: true });
    expect(await linkPurpose(organization, token)).to.equal(null);
    const again = await problemFrom(enterByLink(organization, token));
    expect(again).to.include({ problem: 'gone', code: 'link-ended' });
  });

  it('lets only one of two entries with the same link in', async () => {
    const email = anAddress();
    await anUnverifiedRequest(organization, { email });
    const token = await linkSentTo(email, 'confirm');
    const entries = await Promise.allSettled([
      enterByLink(organization, token),
      enterByLink(organization, token),
    ]);
    expect(entries.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
  });

  it('does not open a link of one organisation at another', async () => {
    const email = anAddress();
    const { reference } = await anUnverifiedRequest(organization, { email });
    const other = await anOrganization();
    const link = enterByLink(other, await linkSentTo(email, 'confirm'));
    expect((await problemFrom(link)).code).to.equal('link-ended');
    const byCode = enterByCode(other, reference, await codeSentTo(email));
    expect((await problemFrom(byCode)).code).to.equal('wrong-code');
  });

  it('voids a code after five wrong ones', async () => {
    const email = anAddress();
    const { reference } = await anUnverifiedRequest(organization, { email });
    const code = await codeSentTo(email);
    const wrong = code === '0000 0000' ? '1111 1111' : '0000 0000';
    for (let tries = 0; tries < 5; tries += 1) {
      await problemFrom(enterByCode(organization, reference, wrong));
    }
    const late = await problemFrom(enterByCode(organization, reference, code));
    expect(late.code).to.equal('wrong-code');
  });

  it('ends a code after ten minutes and a link after thirty', async () => {
    const email = anAddress();
    const { reference } = await anUnverifiedRequest(organization, { email });
    const code = await codeSentTo(email);
    const token = await linkSentTo(email, 'confirm');
    passes(11 * MINUTE);
    const late = await problemFrom(enterByCode(organization, reference, code));
    expect(late.code).to.equal('wrong-code');
    expect(await linkPurpose(organization, token)).to.equal('verify-request');
    passes(20 * MINUTE);
    expect((await problemFrom(enterByLink(organization, token))).code).to.equal('link-ended');
  });

  it('ends an older code with a newer one', async () => {
    const { row, email } = await aRequest(organization, { email: anAddress() });
    await ask(row.reference);
    const first = await codeSentTo(email);
    await ask(row.reference);
    const second = await codeSentTo(email);
    const old = await problemFrom(enterByCode(organization, row.reference, first));
    expect(old.code).to.equal('wrong-code');
    expect(await enterByCode(organization, row.reference, second)).to.include({ verified: false });
  });

  it('answers alike whether or not a reference exists, and never at once', async () => {
    const email = anAddress();
    const { reference } = await anUnverifiedRequest(organization, { email });
    const answers = [reference, newReference()].map(async (tried) => {
      const before = performance.now();
      const problem = await problemFrom(enterByCode(organization, tried, 'no code'));
      expect(performance.now() - before).to.be.greaterThan(240);
      return [problem.problem, problem.message, problem.code];
    });
    const [known, unknown] = await Promise.all(answers);
    expect(known).to.deep.equal(unknown);
    await ask(newReference());
    await ask(reference);
    expect((await mailsTo(email)).map(({ template }) => template)).to.have.length(2);
  });

  it('points out a mistyped reference', async () => {
    const problem = await problemFrom(askForCode(organization, '7K3M-9QXT-0'));
    expect(problem.errors[0]).to.include({ pointer: '/reference', code: 'reference.mistyped' });
  });

  it('answers later what a crash left unanswered, once', async () => {
    const { row, email } = await aRequest(organization, { email: anAddress() });
    const before = (await mailsTo(email)).length;
    await CodeAskModel.create({
      organizationId: organization._id,
      reference: row.reference,
      nextActionAt: new Date(),
    });
    await Promise.all([answerCodeAsks(), answerCodeAsks()]);
    expect(await mailsTo(email)).to.have.length(before + 1);
  });

  it('sends an unproved address three mails an hour and six a day, and its owner more', async () => {
    const email = anAddress();
    const { row } = await aRequest(organization, { email });
    const { reference } = await anUnverifiedRequest(organization, { email });
    const count = async () =>
      (await mailsTo(email)).filter(({ template }) => template !== 'request-news').length;
    for (let asked = 0; asked < 5; asked += 1) await ask(reference);
    expect(await count()).to.equal(3);
    for (let hours = 0; hours < 4; hours += 1) {
      passes(HOUR + MINUTE);
      for (let asked = 0; asked < 3; asked += 1) await ask(reference);
    }
    expect(await count()).to.equal(6);
    for (let hours = 0; hours < 2; hours += 1) {
      for (let asked = 0; asked < 4; asked += 1) await ask(row.reference);
      passes(HOUR + MINUTE);
    }
    expect(await count()).to.equal(10);
    passes(20 * HOUR);
    await ask(reference);
    expect(await count()).to.equal(11);
  });

  it('ends a request that was not the mailbox owner’s, and its code', async () => {
    const email = anAddress();
    const { reference } = await anUnverifiedRequest(organization, { email });
    const code = await codeSentTo(email);
    const token = await linkSentTo(email, 'not-me');
    passes(20 * 24 * HOUR);
    expect(await stopLinkOffer(organization, token)).to.deep.equal({ canEnd: true });
    expect(await disownByLink(organization, token, { silence: false })).to.deep.equal({
      ended: true,
      silenced: false,
    });
    expect(await requestByReference(organization, reference)).to.include({ state: 'disowned' });
    expect(await stopLinkOffer(organization, token)).to.deep.equal({ canEnd: false });
    const entry = await problemFrom(enterByCode(organization, reference, code));
    expect(entry.code).to.equal('wrong-code');
    await ask(reference);
    expect(await mailsTo(email)).to.have.length(1);
  });

  it('never ends a proven request by a stop link', async () => {
    const { row, email } = await aRequest(organization, { email: anAddress() });
    const token = await linkSentTo(email, 'not-me');
    const stopped = await disownByLink(organization, token, { silence: false });
    expect(stopped).to.deep.equal({ ended: false, silenced: false });
    expect(await requestByReference(organization, row.reference)).to.include({ state: 'new' });
  });

  it('is silent for a day when asked to be', async () => {
    const { row, email } = await aRequest(organization, { email: anAddress() });
    await disownByLink(organization, await linkSentTo(email, 'not-me'), { silence: true });
    const before = (await mailsTo(email)).length;
    await ask(row.reference);
    expect(await mailsTo(email)).to.have.length(before);
    passes(25 * HOUR);
    await ask(row.reference);
    expect(await mailsTo(email)).to.have.length(before + 1);
  });

  it('gives a later request of a proven person to that person, and forgets the provisional one', async () => {
    const email = anAddress();
    const first = await aRequest(organization, { email, name: 'Ada Beispiel' });
    const before = await anUnverifiedRequest(organization, { email, name: 'Mallory' });
    const provisional = await SubjectModel.findOne({
      _id: before.subjectId,
      organizationId: organization._id,
    }).orFail();
    expect(before.subjectId.equals(first.row.subjectId)).to.equal(false);
    await enterByCode(organization, before.reference, await codeSentTo(email));
    const after = await requestByReference(organization, before.reference);
    expect(after.subjectId.equals(first.row.subjectId)).to.equal(true);
    expect(await subjectById(organization._id, before.subjectId)).to.equal(null);
    expect(await loadDataKeys([provisional.keyId])).to.have.property('size', 0);
    const subject = await subjectById(organization._id, after.subjectId);
    expect(subject).to.include({ name: 'Ada Beispiel', email });
  });

  it('makes one person of two proofs at the same time', async () => {
    const email = anAddress();
    const requests = [];
    for (const name of ['One', 'Two']) {
      const { reference } = await anUnverifiedRequest(organization, { email, name });
      requests.push({ reference, code: await codeSentTo(email) });
    }
    await Promise.all(
      requests.map(({ reference, code }) => enterByCode(organization, reference, code)),
    );
    const rows = await Promise.all(
      requests.map(({ reference }) => requestByReference(organization, reference)),
    );
    expect(new Set(rows.map(({ subjectId }) => subjectId.toHexString())).size).to.equal(1);
    expect(rows.map(({ state }) => state)).to.deep.equal(['new', 'new']);
  });

  it('ends a portal session after half an hour of silence, and when it is left', async () => {
    const email = anAddress();
    const { reference } = await anUnverifiedRequest(organization, { email });
    const { token } = await enterByCode(organization, reference, await codeSentTo(email));
    passes(25 * MINUTE);
    expect(await personOf(organization, token)).not.to.equal(null);
    passes(25 * MINUTE);
    expect(await personOf(organization, token)).not.to.equal(null);
    expect(await personOf(await anOrganization(), token)).to.equal(null);
    passes(31 * MINUTE);
    expect(await personOf(organization, token)).to.equal(null);
    clock?.restore();
    await leavePortal(organization, token);
    expect(await personOf(organization, token)).to.equal(null);
  });

  it('tells those who may work on requests once the mailbox is proved, and not before', async () => {
    const watched = await anOrganization();
    const agent = await aMember(watched, 'agent');
    const auditor = await aMember(watched, 'auditor');
    const email = anAddress();
    const { reference } = await anUnverifiedRequest(watched, { email });
    expect(await mailsTo(agent.account.email)).to.be.empty;
    await enterByCode(watched, reference, await codeSentTo(email));
    expect(await mailsTo(agent.account.email)).to.have.length(1);
    expect(await mailsTo(auditor.account.email)).to.be.empty;
  });
});
