import { expect } from 'chai';
import { guessRight } from '../../server/features/inbox/guess.ts';
import { readMessage } from '../../server/features/inbox/letter.ts';
import { referencesIn } from '../../server/features/requests/received-mail.ts';
import { newReference } from '../../server/features/requests/reference.ts';

describe('What a mail seems to ask', () => {
  const cases: [subject: string, text: string, right: string | null, language?: string][] = [
    ['Access request', '', 'access', 'en'],
    ['Hello', 'Please send me a copy of my file.', 'access', 'en'],
    ['Please DELETE my account', '', 'deletion', 'en'],
    ['Do not sell my data', 'and delete nothing', 'sale-opt-out', 'en'],
    ['', 'Bitte löschen Sie meine Daten.', 'deletion', 'de'],
    ['Auskunft nach Art. 15', '', 'access', 'de'],
    ['', 'Ich widerspreche der Verarbeitung.', 'objection', 'de'],
    ['', 'Je m’oppose à ce traitement.', 'objection', 'fr'],
    ["Demande d'accès", '', 'access', 'fr'],
    ['Derecho al olvido', '', 'deletion', 'es'],
    ['', 'Quiero rectificar mi dirección.', 'correction', 'es'],
    ['Invoice 4711', 'Thank you for your order.', null],
  ];
  for (const [subject, text, right, language] of cases) {
    it(`is guessed from “${subject || text}”`, () => {
      const guess = guessRight(subject, text);
      expect(guess?.right ?? null).to.equal(right);
      if (language !== undefined) expect(guess?.language).to.equal(language);
    });
  }

  it('names a request only by a reference with the right check sign', () => {
    const reference = newReference();
    const typed = reference.toLowerCase().replaceAll('-', ' ');
    const wrong = `${reference.slice(0, -1)}${reference.endsWith('0') ? '1' : '0'}`;
    expect(
      referencesIn(`Re: [${reference}] and ${typed}, not ${wrong} or 1234567890`),
    ).to.deep.equal([reference]);
  });
});

describe('A mail that is written to keep us busy', () => {
  for (const unit of ['[cid:', '[https://', '[', ' \t', 'AAAA-', 'é']) {
    it(`is read in time that its length allows: ${unit.trim()}`, async () => {
      const html = 'Content-Type: text/html; charset=utf-8\r\n\r\n<p>Hello';
      const text = `Content-Type: text/plain; charset=utf-8\r\n\r\n${unit.repeat(150_000 / unit.length)}x`;
      const raw = [
        'From: a@person.test',
        'Content-Type: multipart/alternative; boundary=b',
        '',
        `--b\r\n${text}`,
        `--b\r\n${html}`,
        '--b--',
      ].join('\r\n');
      const { letter } = await readMessage(Buffer.from(raw), {
        from: 'a@person.test',
        to: 'b@c.test',
      });
      guessRight(letter.subject, letter.text);
      referencesIn(letter.text);
      expect(letter.text).to.be.a('string');
    });
  }
});
