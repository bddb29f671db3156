import { expect } from 'chai';
import mongoose, { type Types } from 'mongoose';
import sinon from 'sinon';
import { defaults } from '../../config/defaults.ts';
import { sendDueMails, sendOneMail } from '../../jobs/send-mail.ts';
import { prepareInstallation } from '../../server/database/installation.ts';
import { inTransaction } from '../../server/database/transaction.ts';
import { closeMailer } from '../../server/mail/mailer.ts';
import { MailModel } from '../../server/mail/model.ts';
import { destroyDataKey } from '../../server/security/data-keys.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { connectFreshDatabase, dropDatabase } from '../support/database.ts';
import {
  allMessages,
  deliveryAttempts,
  mailServerWill,
  messagesTo,
  receive,
  startMailbox,
  stopMailbox,
  useMailbox,
} from '../support/mailbox.ts';
import { aMail } from '../support/mails.ts';
import { SecondProcess } from '../support/second-process.ts';

const MINUTE = 60_000;

describe('Sending mail', () => {
  let clock: sinon.SinonFakeTimers;

  before(async () => {
    await connectFreshDatabase();
    await prepareInstallation();
  });
  after(dropDatabase);
  useMailbox();
  beforeEach(async () => {
    await MailModel.deleteMany({}).comment(OF_A_TEST);
    // Only the clock on the wall: the database driver needs its timers.
    clock = sinon.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
  });
  afterEach(() => {
    clock.restore();
    closeMailer();
  });

  const rowOf = (id: Types.ObjectId) => MailModel.findById(id).orFail().lean();

  it('hands a queued mail to the mail server and forgets what was in it', async () => {
    const { id, email } = await aMail();
    await sendOneMail(id.toString());

    const [mail] = messagesTo(email);
    expect(mail?.messageId).to.equal(`<${id.toString()}@localhost>`);
    expect(mail?.subject).to.equal('Mail from Example Ltd works');
    expect(mail?.parsed.headers.get('auto-submitted')).to.equal('auto-generated');
    expect(mail?.parsed.headers.get('x-auto-response-suppress')).to.equal('All');
    const row = await rowOf(id);
    expect(row).to.include({ state: 'sent', nextActionAt: null, sealed: null, tries: 1 });
    expect(row.sentAt).to.be.instanceOf(Date);
  });

  it('sends a mail once, however often it is asked to', async () => {
    const { id, email } = await aMail();
    await Promise.all([sendOneMail(id.toString()), sendOneMail(id.toString()), sendDueMails()]);
    await sendDueMails();
    expect(messagesTo(email)).to.have.length(1);
  });

  it('sends nothing of a transaction that was given up', async () => {
    await inTransaction(async () => {
      await aMail();
      throw new Error('given up');
    }).catch(() => undefined);
    await sendDueMails();
    expect(allMessages()).to.have.length(0);
  });

  it('stores neither address nor name nor text in clear', async () => {
    const { id } = await aMail({
      to: { name: 'Grüner Änderung', email: 'clear-text@mail.test' },
      organizationName: 'Searchable Words GmbH',
    });
    mailServerWill('refuse');
    await sendDueMails();
    const raw = await mongoose.connection.collection('mails').findOne({ _id: id });
    const dump = [
      JSON.stringify(raw),
      Buffer.from((raw?.sealed as { buffer: Uint8Array }).buffer).toString('latin1'),
    ].join('\n');
    for (const word of ['clear-text@mail.test', 'Grüner', 'Searchable', 'This test shows']) {
      expect(dump).not.to.include(word);
      expect(dump).not.to.include(Buffer.from(word).toString('base64').replace(/=+$/u, ''));
    }
  });

  it('keeps names of every script, and lets none of them start a header', async () => {
    const { email } = await aMail({
      to: { name: 'Zoë 山田\r\nBcc: other@mail.test', email: 'zoe@mail.test' },
      organizationName: 'Prüf & Söhne\r\nX-Evil: yes',
    });
    await sendDueMails();
    const [mail] = messagesTo(email);
    const to = [mail?.parsed.to ?? []].flat()[0]?.value[0];
    expect(to).to.include({ name: 'Zoë 山田 Bcc: other@mail.test', address: 'zoe@mail.test' });
    expect(mail?.parsed.headers.has('x-evil')).to.equal(false);
    expect(mail?.parsed.bcc).to.equal(undefined);
    expect(mail?.subject).to.equal('Mail from Prüf & Söhne X-Evil: yes works');
    expect(allMessages()).to.have.length(1);
  });

  describe('when the receiving server says later', () => {
    beforeEach(() => {
      mailServerWill('greylist');
    });

    it('waits, tries again, and delivers under the same Message-ID', async () => {
      const { id, email } = await aMail();
      await sendDueMails();
      expect(await rowOf(id)).to.include({ state: 'queued', lastError: '451 4.7.1', tries: 1 });

      mailServerWill('accept');
      clock.tick(MINUTE - 1);
      await sendDueMails();
      expect(messagesTo(email)).to.have.length(0);
      clock.tick(1);
      await sendDueMails();
      expect(messagesTo(email)[0]?.messageId).to.include(id.toString());
      expect(await rowOf(id)).to.include({ state: 'sent', lastError: null, tries: 2 });
    });

    it('gives up after the last wait, and keeps the mail for staff', async () => {
      const { id } = await aMail();
      for (const minutes of [0, ...defaults.mail.retryMinutes]) {
        expect(await rowOf(id)).to.include({ state: 'queued' });
        clock.tick(minutes * MINUTE);
        await sendDueMails();
      }
      const row = await rowOf(id);
      expect(row).to.include({ state: 'refused', nextActionAt: null, lastError: '451 4.7.1' });
      expect(row.sealed).not.to.equal(null);
      expect(deliveryAttempts()).to.equal(1 + defaults.mail.retryMinutes.length);
    });
  });

  it('takes a refusal for an answer and stores its code, not its words', async () => {
    mailServerWill('refuse');
    const { id } = await aMail();
    await sendDueMails();
    clock.tick(7 * 24 * 60 * MINUTE);
    await sendDueMails();
    expect(deliveryAttempts()).to.equal(1);
    expect(await rowOf(id)).to.include({
      state: 'refused',
      nextActionAt: null,
      lastError: '550 5.1.1',
    });
  });

  it('delivers once when the connection broke in the middle of the message', async () => {
    mailServerWill('die');
    const { id, email } = await aMail();
    await sendDueMails();
    expect(await rowOf(id)).to.include({ state: 'queued' });
    mailServerWill('accept');
    clock.tick(MINUTE);
    await sendDueMails();
    expect(messagesTo(email)).to.have.length(1);
  });

  it('sends the same mail again when the answer to it was lost', async () => {
    mailServerWill('swallow');
    const { email } = await aMail();
    await sendDueMails();
    mailServerWill('accept');
    clock.tick(MINUTE);
    await sendDueMails();
    const [first, second, ...more] = messagesTo(email);
    expect(more).to.have.length(0);
    expect(second?.messageId).to.equal(first?.messageId);
    expect(second?.parsed.date).to.deep.equal(first?.parsed.date);
  });

  it('never gives a mail up for a mail server that cannot be reached', async () => {
    const { id, email } = await aMail();
    const others = await Promise.all(Array.from({ length: 9 }, () => aMail()));
    await stopMailbox();
    for (let day = 0; day < 12; day += 1) {
      await sendDueMails();
      clock.tick(24 * 60 * MINUTE);
    }
    await startMailbox();
    expect((await rowOf(id)).state).to.equal('queued');
    await sendDueMails();
    expect(messagesTo(email)).to.have.length(1);
    expect(allMessages()).to.have.length(1 + others.length);
  });

  it('does not send what was erased meanwhile', async () => {
    const { id, keyId, email } = await aMail();
    await destroyDataKey(keyId);
    await sendDueMails();
    expect(messagesTo(email)).to.have.length(0);
    expect(await rowOf(id)).to.include({ state: 'erased', nextActionAt: null, sealed: null });
  });

  describe('from several processes', () => {
    let other: SecondProcess;

    beforeEach(async () => {
      other = await SecondProcess.start();
    });
    afterEach(() => other.kill());

    it('sends every mail once while two workers sweep', async () => {
      const mails = await Promise.all(Array.from({ length: 30 }, () => aMail()));
      await Promise.all([sendDueMails(), other.ask({ kind: 'sweep' }), sendDueMails()]);
      for (const { email } of mails) expect(messagesTo(email)).to.have.length(1);
    });

    it('sends a mail again, under its Message-ID, after a worker died with it in flight', async () => {
      mailServerWill('hold');
      const { id, email } = await aMail();
      const arrived = receive();
      other.begin({ kind: 'send', mailId: id.toString() });
      await arrived;
      await other.kill();
      expect(await rowOf(id)).to.include({ state: 'sending' });

      mailServerWill('accept');
      await sendDueMails();
      expect(messagesTo(email)).to.have.length(1);
      clock.tick(10 * MINUTE);
      await sendDueMails();
      const copies = messagesTo(email);
      expect(copies).to.have.length(2);
      expect(copies[1]?.messageId).to.equal(copies[0]?.messageId);
      expect(await rowOf(id)).to.include({ state: 'sent', tries: 2 });
    });
  });
});
