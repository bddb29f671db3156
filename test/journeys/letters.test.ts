import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import type { Organization } from '../../server/features/organizations/service.ts';
import { appOrigin, useApp } from '../support/app.ts';
import { axeViolations, launchBrowser } from '../support/browser.ts';
import { latestMailTo, useMailbox } from '../support/mailbox.ts';
import { anOrganization } from '../support/organizations.ts';
import { inPortal } from '../support/portal.ts';
import { aRequest } from '../support/requests.ts';
import { clientOf } from '../support/staff.ts';

describe('An organisation and its letters', () => {
  useApp();
  useMailbox();
  let browser: Browser;
  let organization: Organization;
  let desk: Page;
  before(async () => {
    browser = await launchBrowser();
    organization = await anOrganization({ name: 'Meadow Clinic' });
    const client = await clientOf(organization, 'privacy-officer');
    desk = await browser.newPage({ baseURL: appOrigin(), locale: 'en' });
    const cookies = client.cookies().map((cookie) => ({ ...cookie, url: appOrigin() }));
    await desk.context().addCookies(cookies);
  });
  after(() => browser.close());

  it('are edited, seen while typing, sent with an answer, and read', async () => {
    await desk.goto(`/o/${organization.slug}/letters`);
    await desk.getByRole('link', { name: 'Answer is ready' }).click();
    const preview = desk.locator('#preview');
    await desk.getByLabel('Text', { exact: true }).fill('# Good news\n\n{{referense}}');
    await preview.getByText('Line 3: “referense” is not a name of this letter.').waitFor();
    expect(await axeViolations(desk)).to.deep.equal([]);
    await desk
      .getByLabel('Text', { exact: true })
      .fill('# Good news\n\n{{organization}} has answered, **at last**.\n\n[Open it]({{link}})');
    await preview.getByText('Meadow Clinic has answered, at last.').waitFor();
    await desk.getByRole('button', { name: 'Save as new version' }).click();
    await desk.getByText('From now on this version is sent.').waitFor();
    await desk.getByRole('link', { name: /^Version 1/u }).waitFor();

    const { row, email } = await aRequest(organization, { right: 'deletion' });
    await desk.goto(`/o/${organization.slug}/requests/${row._id.toHexString()}`);
    await desk.locator('#refuse > summary').click();
    await desk.locator('#refuse-ground').selectOption('legal-obligation');
    await desk.locator('#refuse').getByRole('button', { name: 'Fill in the letter' }).click();
    const words = desk.locator('#refuse-text');
    await words.waitFor();
    const letter = await words.inputValue();
    expect(letter).to.include('A law requires us to keep these data.');
    await words.fill(letter.replace('Kind regards', 'With kind regards'));
    await desk.locator('#refuse').getByRole('button', { name: 'Show preview' }).click();
    await desk.locator('.letter-look').getByText('With kind regards').waitFor();
    await desk.locator('#refuse .button-danger').click();
    await desk.locator('#refuse').waitFor({ state: 'detached' });

    const mail = await latestMailTo(email);
    expect(mail.text).to.match(/^Good news\n\nMeadow Clinic has answered, at last\./u);
    expect(mail.html).to.include('<strong>at last</strong>').and.not.include('keep these data');
    const { reply } = await inPortal(organization, row.reference, email);
    expect(reply.text)
      .to.include('A law requires us to keep these data.')
      .and.match(/With kind regards\r?\nMeadow Clinic/u);
  });
});
