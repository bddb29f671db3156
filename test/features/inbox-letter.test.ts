import { expect } from 'chai';
import { readMessage } from '../../server/features/inbox/letter.ts';
import { cpuSeconds } from '../support/cpu.ts';

const MANY = 2_000_000;

/** A message of one part, read. */
const read = (type: string, body: string) =>
  readMessage(Buffer.from(`From: a@b.test\r\nContent-Type: text/${type}\r\n\r\n${body}`), {
    from: 'a@b.test',
    to: 'privacy@c.test',
  });

describe('A letter', () => {
  const heavy: [string, string, string][] = [
    ['brackets of pictures', 'html', `<p>${'[cid:'.repeat(40_000)}</p>`],
    ['more HTML than is turned into text', 'html', '<p>1 2</p>'.repeat(MANY / 10)],
    ['digits in plain text', 'plain', '1 '.repeat(MANY / 8)],
  ];
  for (const [what, type, body] of heavy) {
    it(`is read in a moment, though it is full of ${what}`, async () => {
      const seconds = await cpuSeconds(async () => {
        const { letter } = await read(type, body);
        expect(letter.isCut).to.equal(true);
        expect(letter.text.length).to.be.at.most(60_000);
      });
      expect(seconds).to.be.below(10);
    });
  }

  it('is kept as it came where it is too long, and its text is left out', async () => {
    const { letter, kept } = await read('html', '<p>word</p>'.repeat(30_000));
    expect(letter).to.include({ text: '', isCut: true });
    expect(kept.length).to.be.above(330_000);
  });

  it('has a card number masked that stands where its text is cut', async () => {
    const { letter, kept } = await read('plain', `${'x '.repeat(29_995)}4111 1111 1111 1111`);
    expect(letter.text).not.to.include('4111');
    expect(kept.toString()).not.to.include('4111 1111');
  });

  it('is shown whole where it is short', async () => {
    const { letter } = await read('html', '<p>Please delete <b>me</b>.</p>');
    expect(letter).to.include({ text: 'Please delete me.', isCut: false });
  });
});
