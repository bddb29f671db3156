import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import type { Organization } from '../../server/features/organizations/service.ts';
import { openMessage, sealMessage } from '../../server/features/requests/contents.ts';
import { writeToPerson } from '../../server/features/requests/messages.ts';
import {
  MessageModel,
  NoteModel,
  type MessageRow,
  type NoteRow,
} from '../../server/features/requests/model.ts';
import { completeRequest, extendRequest } from '../../server/features/requests/moves.ts';
import { addNote, type StaffNote } from '../../server/features/requests/notes.ts';
import { requestForPerson, type PersonView } from '../../server/features/requests/portal.ts';
import { openRequest } from '../../server/features/requests/reading.ts';
import { projectFolder } from '../../server/folders.ts';
import { bytesOf, loadDataKey } from '../../server/security/data-keys.ts';
import { SealBroken } from '../../server/security/encryption.ts';
import { useApp } from '../support/app.ts';
import { OF_A_TEST } from '../support/commands.ts';
import { anOrganization } from '../support/organizations.ts';
import { inPortal } from '../support/portal.ts';
import { aMember, aRequest, waitingMails } from '../support/requests.ts';

/** Never, unless one could stand where the other is meant. */
type Apart<A, B> = A extends B ? never : B extends A ? never : true;

describe('Notes among staff', () => {
  useApp();
  const NOTE = 'Vorsicht-Kuckuck-4711';
  let organization: Organization;
  before(async () => {
    organization = await anOrganization();
  });

  it('are another type than messages, and no part of what a person sees', () => {
    const rows: Apart<NoteRow, MessageRow> = true;
    const shown: Apart<StaffNote, PersonView['messages'][number]> = true;
    const isAbsent: 'notes' extends keyof PersonView ? never : true = true;
    expect([rows, shown, isAbsent]).to.deep.equal([true, true, true]);
  });

  it('are read in one place, which only staff reach', () => {
    const readers: string[] = [];
    for (const entry of readdirSync(path.join(projectFolder, 'server'), {
      withFileTypes: true,
      recursive: true,
    })) {
      if (!entry.name.endsWith('.ts')) continue;
      const file = path.join(entry.parentPath, entry.name);
      if (/\b(?:notesForStaff|openNote|NoteModel)\b/u.test(readFileSync(file, 'utf8'))) {
        readers.push(path.relative(projectFolder, file));
      }
    }
    const room = 'server/features/requests';
    expect(readers.sort()).to.deep.equal([
      `${room}/contents.ts`,
      `${room}/erasure.ts`,
      `${room}/model.ts`,
      `${room}/notes.ts`,
      `${room}/reading.ts`,
    ]);
  });

  it('reach no mail, no page of the portal and no answer', async () => {
    const officer = await aMember(organization);
    const { row, person, email } = await aRequest(organization, { right: 'access' });
    const id = row._id;
    const formKey = randomUUID();
    await addNote(officer, id, { formKey, note: NOTE });
    await writeToPerson(officer, id, { formKey: randomUUID(), text: 'Hello' });
    const { version } = await openRequest(officer, id);
    const extended = await extendRequest(officer, id, {
      version,
      reason: 'complexity',
      text: 'Sorry.',
    });
    await completeRequest(officer, id, { version: extended.version, text: 'Here.' }, []);
    await addNote(officer, id, { formKey, note: 'Sent twice.' });

    const view = await openRequest(officer, id);
    expect(view.notes.map(({ note }) => note)).to.deep.equal([NOTE]);
    expect(JSON.stringify(await requestForPerson(person))).not.to.include(NOTE);
    const { reply, client, page } = await inPortal(organization, row.reference, email);
    expect(reply.text).to.include('Here.').and.not.to.include(NOTE);
    for (const lang of ['en', 'de']) {
      expect((await client.get(`${page}?lang=${lang}`)).text).not.to.include(NOTE);
    }
    const mails = await waitingMails();
    expect(mails.length).to.be.greaterThan(5);
    expect(JSON.stringify(mails)).not.to.include(NOTE);
  });

  it('do not open as messages, nor messages as notes', async () => {
    const officer = await aMember(organization);
    const { row } = await aRequest(organization);
    await addNote(officer, row._id, { formKey: randomUUID(), note: NOTE });
    const note = await NoteModel.findOne({ requestId: row._id, organizationId: organization._id })
      .comment(OF_A_TEST)
      .lean();
    const key = await loadDataKey(row.keyId);
    const asMessage = { _id: note!._id, sealed: bytesOf(note!.sealedNote) } as MessageRow;
    expect(() => openMessage(key, asMessage)).to.throw(SealBroken);
    expect(sealMessage(key, note!._id, NOTE)).not.to.deep.equal(note!.sealedNote);
  });

  it('cannot be kept as a kind of message', async () => {
    const { row } = await aRequest(organization);
    const message = {
      organizationId: organization._id,
      requestId: row._id,
      formKey: randomUUID(),
      kind: 'note',
      at: new Date(),
      sealed: Buffer.from('x'),
    };
    const refusal = await MessageModel.create(message as never).catch((error: unknown) => error);
    expect(String(refusal)).to.match(/`note` is not a valid enum value/u);
  });
});
