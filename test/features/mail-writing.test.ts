import { expect } from 'chai';
import { languageCodes, languageOf } from '../../server/language.ts';
import { composeMail, mailTemplates } from '../../server/mail/compose.ts';
import { linkedText } from '../../server/mail/linked-text.ts';
import { isLoopbackHost } from '../../server/mail/loopback.ts';
import { outcomeOf } from '../../server/mail/mailer.ts';
import { textOf } from '../../server/mail/plain-text.ts';
import { testMailModel } from '../support/mails.ts';

describe('Writing a mail', () => {
  it('gives subject, HTML and text from one source', () => {
    const { subject, html, text } = composeMail('mail-test', 'en', testMailModel());
    expect(subject).to.equal('Mail from Example Ltd works');
    expect(html).to.match(/^<!doctype html>\s*<html lang="en" dir="ltr">/u);
    expect(html).to.include('<h1>Mail works</h1>');
    expect(text).to.equal(
      [
        'Mail works',
        'This test shows that mails of Example Ltd reach you.',
        'Sender: Privacy office <privacy@localhost>',
        'See what else was sent, and what did not arrive:',
        'Open the mail page:\nhttp://localhost:8080/o/example/mail?a=1&b=2',
        '--\u00a0\nExample Ltd\nhttp://localhost:8080/privacy/example',
        'You get this mail because you asked for a test on the dashboard.\n',
      ].join('\n\n'),
    );
  });

  it('writes in German', () => {
    const { subject, html, text } = composeMail('mail-test', 'de', testMailModel('Müller & Söhne'));
    expect(subject).to.equal('E-Mail von Müller & Söhne funktioniert');
    expect(html).to.include('<html lang="de"').and.to.include('E-Mails von Müller &amp; Söhne');
    expect(text).to.include('E-Mails von Müller & Söhne Sie erreichen.');
  });

  it('takes values for text, never for markup', () => {
    const name = '<img src=x onerror=alert(1)> "A" & {{t}} &lt;b&gt;';
    const { subject, html, text } = composeMail('mail-test', 'en', testMailModel(name));
    expect(html).not.to.include('<img');
    expect(subject).to.equal(`Mail from ${name} works`);
    expect(text).to.include(`mails of ${name} reach you`);
  });

  it('loads nothing from elsewhere', () => {
    const { html } = composeMail('mail-test', 'en', testMailModel());
    expect(html).not.to.match(/<(?:img|script|link|iframe|video|object)|url\(|@import|src=/iu);
  });

  it('refuses a mail that does not exist', () => {
    expect(() => composeMail('no-such-mail', 'en', {})).to.throw('There is no mail no-such-mail.');
  });

  for (const code of languageCodes) {
    it(`names every mail for staff in ${code}`, () => {
      const nameless = mailTemplates.filter(
        (name) => !languageOf(code).has(`mail.template.${name}`),
      );
      expect(nameless).to.deep.equal([]);
    });
  }
});

describe('Plain text of a mail', () => {
  const cases: [string, string, string][] = [
    ['paragraphs', '<h1>One</h1>\n<p>Two\n  words</p>', 'One\n\nTwo words'],
    ['lists', '<ul>\n<li>a</li>\n<li>b</li></ul><p>c</p>', '- a\n- b\n\nc'],
    [
      'links',
      '<p>See <a href="http://x.test/?a=1&amp;b=2">here</a>.</p>',
      'See here (http://x.test/?a=1&b=2).',
    ],
    ['bare links', '<a class="link" href="http://x.test">http://x.test</a>', 'http://x.test'],
    ['line breaks', '<p>a<br>b<br />c</p>', 'a\nb\nc'],
    ['escaped signs', '<p>&lt;b&gt; &amp;amp; &#x27;q&#x27; &#39;r&#39;</p>', "<b> &amp; 'q' 'r'"],
  ];
  for (const [what, html, text] of cases) {
    it(`keeps ${what}`, () => {
      expect(textOf(html)).to.equal(text);
    });
  }

  it('finds the addresses to open', () => {
    const pieces = linkedText('Open http://x.test/a?b=1, or (https://y.test).');
    expect(pieces.filter(({ href }) => href !== null).map(({ text }) => text)).to.deep.equal([
      'http://x.test/a?b=1',
      'https://y.test',
    ]);
    expect(linkedText('javascript:alert(1)')[0]?.href).to.equal(null);
  });
});

describe('Answers of a mail server', () => {
  const reply = (code: string, command: string, responseCode?: number, response?: string) =>
    Object.assign(new Error('said to person@mail.test'), {
      code,
      command,
      ...(responseCode !== undefined && { responseCode, permanent: responseCode >= 500 }),
      ...(response !== undefined && { response }),
    });
  const cases: [string, ReturnType<typeof reply>, object][] = [
    [
      'an unknown mailbox',
      reply('EENVELOPE', 'RCPT TO', 550, '550 5.1.1 <person@mail.test> unknown'),
      { kind: 'refused', error: '550 5.1.1' },
    ],
    ['a greylist', reply('EENVELOPE', 'RCPT TO', 451, '451 wait'), { kind: 'later', error: '451' }],
    [
      'refused content',
      reply('EMESSAGE', 'DATA', 554, '554-5.7.1 spam'),
      { kind: 'refused', error: '554 5.7.1' },
    ],
    ['an impossible address', reply('EENVELOPE', 'API'), { kind: 'refused', error: 'EENVELOPE' }],
    // These say nothing about the recipient: the installation is to be mended.
    [
      'a refused sender',
      reply('EENVELOPE', 'MAIL FROM', 550, '550 5.7.1 no'),
      { kind: 'unreachable', error: 'ESENDER' },
    ],
    [
      'a wrong password',
      reply('EAUTH', 'AUTH PLAIN', 535, '535 5.7.8 no'),
      { kind: 'unreachable', error: 'EAUTH' },
    ],
    [
      'a broken connection',
      reply('ECONNECTION', 'CONN'),
      { kind: 'unreachable', error: 'ECONNECTION' },
    ],
    ['silence', reply('ETIMEDOUT', 'CONN'), { kind: 'unreachable', error: 'ETIMEDOUT' }],
  ];
  for (const [what, failure, outcome] of cases) {
    it(`understands ${what}, and keeps no words`, () => {
      expect(outcomeOf(failure)).to.deep.equal(outcome);
    });
  }
});

describe('Loopback hosts', () => {
  const cases: [string, boolean][] = [
    ['localhost', true],
    ['localhost:8080', true],
    ['demo.localhost:8080', true],
    ['127.0.0.1:8080', true],
    ['127.8.9.1', true],
    ['[::1]:8080', true],
    ['example.org', false],
    ['localhost.example.org', false],
    ['127.0.0.1.example.org', false],
    ['192.168.0.10:8080', false],
    ['0.0.0.0:8080', false],
    ['', false],
    ['localhost@example.org', false],
    ['localhost/', false],
    ['example.org@localhost', false],
  ];
  for (const [host, expected] of cases) {
    it(`${expected ? 'include' : 'exclude'} ${host === '' ? 'nothing' : host}`, () => {
      expect(isLoopbackHost(host)).to.equal(expected);
    });
  }
});
