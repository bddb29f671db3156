import { expect } from 'chai';
import { defaults } from '../../config/defaults.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { openRequest } from '../../server/features/requests/reading.ts';
import type { RequestRow } from '../../server/features/requests/model.ts';
import { useApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { sendForm } from '../support/forms.ts';
import { anOrganization } from '../support/organizations.ts';
import { aRequest } from '../support/requests.ts';
import { aStaffMember, clientOf } from '../support/staff.ts';

const TYPED = 'Words that must not be lost';

describe('A form with files', () => {
  useApp();
  let organization: Organization;
  let row: RequestRow;
  let client: Client;
  let path: string;
  let token: string;

  before(async () => {
    organization = await anOrganization();
    ({ row } = await aRequest(organization));
    client = await clientOf(organization, 'privacy-officer');
    const desk = `/o/${organization.slug}/requests/${row._id.toHexString()}`;
    path = `${desk}/completion`;
    token = await client.token(desk);
  });

  const upload = (body: RequestInit['body'], headers = {}) =>
    sendForm(client, path, { body: body ?? '', headers });

  const filled = (files: [string, Blob, string][], more: [string, string][] = []) => {
    const form = new FormData();
    const fields = [
      ['_csrf', token],
      ['version', String(row.version)],
      ['text', TYPED],
    ];
    for (const [name = '', value = ''] of [...fields, ...more]) form.append(name, value);
    for (const [name, blob, file] of files) form.append(name, blob, file);
    return form;
  };
  it('is refused with a file too large, or with too many', async () => {
    const large = new Blob([Buffer.alloc(defaults.files.maxBytes + 1)]);
    const form = { body: filled([['document', large, 'a.bin']]) };
    const inMemory = await sendForm(client, `/privacy/${organization.slug}/agent`, form);
    expect(inMemory.status).to.equal(413);
    const many = Array.from({ length: defaults.files.maxCount + 1 }, (_, at) => {
      return ['files', new Blob(['x']), `${at}.txt`] as [string, Blob, string];
    });
    expect((await upload(filled(many))).status).to.equal(413);
    const fields = Array.from({ length: 150 }, (_, at): [string, string] => [`f${at}`, '']);
    expect((await upload(filled([], fields))).status).to.equal(413);
  });

  it('is refused when its parts are broken', async () => {
    const part = 'Content-Disposition: form-data; name="text"';
    for (const [type, body] of [
      ['multipart/form-data', 'x'],
      ['multipart/form-data; boundary=', 'x'],
      ['multipart/form-data; boundary=x', 'x'],
      ['multipart/form-data; boundary=x', `--x\r\n${part}\r\n\r\nHel`],
      ['multipart/form-data; boundary=x', `--x\r\n${part}`],
      ['multipart/form-data; boundary=x', '--x\r\nnonsense\r\n\r\nx\r\n--x--\r\n'],
      [`multipart/form-data; boundary=${'x'.repeat(500)}`, 'x'],
    ] as const) {
      const { status } = await upload(body, { 'content-type': type });
      expect(status, `${type} ${body}`).to.be.oneOf([400, 403]);
    }
  });

  it('is shown again when its names contradict each other', async () => {
    for (const more of [
      [['text[a]', 'x']],
      [['__proto__[polluted]', 'x']],
      [['text[__proto__][x]', 'y']],
      [['version[toString]', 'x']],
      [
        ['a[b][c', 'x'],
        ['a', 'y'],
        ['a[b]', 'z'],
      ],
    ] as [string, string][][]) {
      const { status } = await upload(filled([], more));
      expect(status, JSON.stringify(more)).to.be.oneOf([400, 422]);
    }
    expect(({} as { polluted?: string }).polluted).to.equal(undefined);
  });

  it('completes once when it comes twice at once', async () => {
    const file = (): [string, Blob, string] => ['files', new Blob(['{}']), '../../evil\u202Etxt'];
    const replies = await Promise.all([upload(filled([file()])), upload(filled([file()]))]);
    expect(replies.map(({ status }) => status).sort()).to.deep.equal([303, 409]);
    const view = await openRequest(await aStaffMember(organization), row._id);
    expect(view.files.map(({ name }) => name)).to.deep.equal(['eviltxt']);
  });
});
