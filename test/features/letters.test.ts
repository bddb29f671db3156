import { expect } from 'chai';
import { letterCodes, letterLimits, letterVariables } from '../../config/letters.ts';
import { inTransaction } from '../../server/database/transaction.ts';
import { auditEntries } from '../../server/features/audit/service.ts';
import { defaultLetter, letterLanguages } from '../../server/features/letters/defaults.ts';
import { LetterVersionModel } from '../../server/features/letters/model.ts';
import {
  currentLetter,
  ownLetters,
  renderLetter,
  resetLetter,
  restoreLetter,
  saveLetter,
} from '../../server/features/letters/service.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { tellPerson } from '../../server/features/requests/mails.ts';
import type { StaffMember } from '../../server/features/staff/service.ts';
import { languageCodes, languageOf } from '../../server/language.ts';
import { useApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { anOrganization } from '../support/organizations.ts';
import { problemFrom } from '../support/problems.ts';
import { aMember, aRequest, mailsTo } from '../support/requests.ts';
import { clientOf } from '../support/staff.ts';

describe('Letters of an organisation', () => {
  useApp();
  const name = { code: 'message', language: 'en' } as const;
  let organization: Organization;
  let officer: StaffMember;
  let client: Client;
  before(async () => {
    organization = await anOrganization({ name: 'Huber & Söhne <GmbH>' });
    officer = await aMember(organization);
    client = await clientOf(organization, 'privacy-officer');
  });
  const pageOf = (code: string, language = 'en') =>
    `/o/${organization.slug}/letters/${code}/${language}`;

  it('start in the words of the house, in each language', async () => {
    for (const language of letterLanguages) {
      const letter = await currentLetter(organization._id, { code: 'extended', language });
      expect(letter).to.deep.equal({
        ...defaultLetter('extended', language),
        version: 0,
        isOwn: false,
      });
    }
  });

  it('are kept in versions that nothing changes', async () => {
    const first = { subject: 'One', body: 'First.' };
    expect(await saveLetter(officer, name, { version: 0, ...first })).to.equal(1);
    expect(await saveLetter(officer, name, { version: 1, ...first })).to.equal(null);
    expect(
      await saveLetter(officer, name, { version: 1, subject: 'Two', body: 'Second.' }),
    ).to.equal(2);
    await restoreLetter(officer, name, { version: 1, seen: 2 });
    expect(await currentLetter(organization._id, name)).to.include({ ...first, version: 3 });
    await resetLetter(officer, name, 3);
    expect(await currentLetter(organization._id, name)).to.deep.equal({
      ...defaultLetter('message', 'en'),
      version: 4,
      isOwn: false,
    });
    const change = LetterVersionModel.updateOne(
      { organizationId: organization._id },
      { body: 'Another past.' },
    );
    expect(String(await change.catch((error: unknown) => error))).to.include('never changed');
    const entries = await auditEntries(organization._id, { limit: 4 });
    expect(entries.map(({ action, facts }) => [action, facts.version, facts.letter])).to.deep.equal(
      [
        ['letter.reset', 4, 'message'],
        ['letter.saved', 3, 'message'],
        ['letter.saved', 2, 'message'],
        ['letter.saved', 1, 'message'],
      ],
    );
  });

  it('are saved by one of two who edit at once', async () => {
    const other = { code: 'withdrawn', language: 'de' } as const;
    const save = (body: string) =>
      problemFrom(saveLetter(officer, other, { version: 0, subject: 'Ende', body }));
    const lost = (await Promise.allSettled([save('Eins.'), save('Zwei.')])).filter(
      ({ status }) => status === 'fulfilled',
    );
    expect(lost).to.have.length(1);
    const own = await ownLetters(organization._id);
    expect(own.get('withdrawn')).to.deep.equal(new Set(['de']));
    expect(own.has('message')).to.equal(false);
  });

  it('are refused with the line of each fault', async () => {
    const wrong = { version: 4, subject: 'For {{right}}', body: 'Hello\n{{reference}}\n{{naem}}' };
    const problem = await problemFrom(saveLetter(officer, name, wrong));
    expect(problem.errors).to.deep.equal([
      { pointer: '/subject', code: 'letter.not-in-subject', detail: 'line 1: not-in-subject' },
      { pointer: '/body', code: 'letter.unknown-variable', detail: 'line 3: unknown-variable' },
    ]);
    const page = pageOf('message');
    const reply = await client.submit(page, {
      ...wrong,
      version: '4',
      body: wrong.body.replaceAll('\n', '\r\n'),
    });
    expect(reply.status).to.equal(422);
    expect(reply.text)
      .to.include('Line 3: “naem” is not a name of this letter.')
      .and.include('Line 1: “right” has no place in a subject');
    expect(reply.text, 'what was typed').to.include('{{naem}}');
  });

  it('are shown beforehand just as they are sent', async () => {
    const words = {
      subject: 'News about {{reference}}',
      body: '# For you\r\n\r\n**{{organization}}** wrote <b>to you</b>.\r\nSee {{right}}.\r\n\r\n[Read it]({{link}})',
    };
    const page = pageOf('message');
    const preview = await client.submit(page, { version: '4', ...words }, `${page}/preview`);
    expect(preview.status).to.equal(200);
    const shown = /<article class="letter".*?<\/article>/su.exec(preview.text)?.[0] ?? '';
    expect(shown).to.include('News about 7K3M-9QXT-2').and.include('Read it');
    expect(shown).to.include(
      'Huber &amp; Söhne &lt;GmbH&gt;</strong> wrote &lt;b&gt;to you&lt;/b&gt;',
    );
    expect((await currentLetter(organization._id, name)).version, 'nothing is saved').to.equal(4);

    const saved = await client.submit(page, { version: '4', ...words });
    expect(saved.text).to.include('From now on this version is sent.');
    const { row, email } = await aRequest(organization);
    await inTransaction(() => tellPerson(organization, row, 'message'));
    const mail = (await mailsTo(email)).at(-1)!;
    expect(mail.subject).to.equal(`News about ${row.reference}`);
    expect(mail.html)
      .to.include('<h1>For you</h1>')
      .and.include(
        '<strong>Huber &amp; Söhne &lt;GmbH&gt;</strong> wrote &lt;b&gt;to you&lt;/b&gt;.',
      );
    expect(mail.text)
      .to.include(
        'For you\n\nHuber & Söhne <GmbH> wrote <b>to you</b>.\nSee A copy of personal data.',
      )
      .and.include(`/requests/${row.reference}`);
    const paragraph = /<p><strong>.*?<\/p>/su.exec(shown)?.[0] ?? 'none';
    expect(mail.html.replaceAll('<br />', '<br>')).to.include(paragraph);
  });

  it('show what somebody else saved meanwhile, and keep what was typed', async () => {
    const page = pageOf('message');
    const late = await client.submit(page, { version: '4', subject: 'Late', body: 'Too late.' });
    expect(late.status).to.equal(409);
    expect(late.text).to.include('Somebody has saved another version').and.include('Too late.');
  });

  it('list their versions, and bring an old one back', async () => {
    const page = pageOf('message');
    expect((await client.get(page)).text)
      .to.include('Version 5')
      .and.include(`${page}/versions/1`);
    const old = `${page}/versions/2`;
    expect((await client.get(old)).text).to.include('Second.');
    const back = await client.submit(old, { version: '5' }, `${old}/restore`);
    expect(back.text).to.include('Restored.').and.include('Version 2 restored');
    expect(await currentLetter(organization._id, name)).to.include({ body: 'Second.' });
    const list = await client.get(`/o/${organization.slug}/letters`);
    expect(list.text).to.include('Your words').and.include('When you write to the person.');
  });

  it('hold no personal data, whatever a caller gives to a mail', async () => {
    for (const [body, fault] of [
      ['{{name}}', 'letter.unknown-variable'],
      ['{{controller}}', 'letter.unknown-variable'],
    ] as const) {
      const { version } = await currentLetter(organization._id, name);
      const edit = { version, subject: 'Hi', body };
      expect((await problemFrom(saveLetter(officer, name, edit))).errors[0]?.code).to.equal(fault);
    }
    const { text } = await renderLetter(organization, 'message', 'en', { name: 'Ada Lovelace' });
    expect(text).not.to.include('Ada');
  });

  it('can be read, but not changed, by agents and auditors', async () => {
    const auditor = await clientOf(organization, 'auditor');
    const page = pageOf('refused');
    const { text } = await auditor.get(page);
    expect(text).to.include('Your role may read letters').and.not.include('Save as new version');
    const edit = { version: '0', subject: '', body: 'Mine.' };
    const reply = await auditor.submit('/staff/account', edit, page);
    expect(reply.status).to.equal(403);
  });

  it('refuse what is too long, or no letter of ours', async () => {
    const long = { version: '0', subject: 'x', body: 'x'.repeat(letterLimits.body + 1) };
    expect((await client.submit(pageOf('message'), long)).status).to.equal(422);
    expect((await client.get(pageOf('no-such-letter'))).status).to.equal(404);
    expect((await client.get(pageOf('message', 'xx'))).status).to.equal(404);
    expect((await client.get(`${pageOf('message')}/versions/99`)).status).to.equal(404);
  });

  for (const code of languageCodes) {
    it(`are named and explained for staff in ${code}`, () => {
      const { has } = languageOf(code);
      const keys = [
        ...letterCodes.flatMap((letter) => [
          `letters.letter.${letter}.name`,
          `letters.letter.${letter}.when`,
        ]),
        ...Object.keys(letterVariables).map((variable) => `letters.variable.${variable}`),
      ];
      expect(keys.filter((key) => !has(key))).to.deep.equal([]);
    });
  }
});
