import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { localDay } from '../../server/deadlines/days.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { useApp } from '../support/app.ts';
import { launchBrowser } from '../support/browser.ts';
import { confirmPathIn, deskOf, personContext } from '../support/journeys.ts';
import { latestMailTo, useMailbox } from '../support/mailbox.ts';
import { anOrganization } from '../support/organizations.ts';
import { anUnverifiedRequest, proveInPerson, requestByReference } from '../support/requests.ts';

describe('An answer that is not all that was asked for', () => {
  useApp();
  useMailbox();
  let browser: Browser;
  let organization: Organization;
  let desk: Page;
  before(async () => {
    browser = await launchBrowser();
    organization = await anOrganization({ name: 'Meadow Clinic' });
    desk = await deskOf(browser, organization);
  });
  after(() => browser.close());

  /** A person inside the portal of a request of theirs. */
  async function inside(given: Parameters<typeof anUnverifiedRequest>[1]) {
    const row = await anUnverifiedRequest(organization, given);
    const person = await (await personContext(browser)).newPage();
    await person.goto(confirmPathIn((await latestMailTo(given?.email ?? '')).text));
    await person.locator('main button[type=submit]').click();
    await person.getByRole('heading', { name: 'What you told us' }).waitFor();
    return { person, row };
  }

  async function openAtDesk(reference: string): Promise<void> {
    const row = await requestByReference(organization, reference);
    await proveInPerson(organization, row);
    await desk.goto(`/o/${organization.slug}/requests/${row._id.toHexString()}`);
  }

  async function refuse(ground: string): Promise<void> {
    await desk.locator('summary', { hasText: 'Refuse' }).click();
    await desk.getByLabel('Ground').selectOption({ label: ground });
    await desk.getByLabel('Your explanation to the person').fill('We looked at it carefully.');
    await desk.getByRole('button', { name: 'Refuse and tell the person' }).click();
    await desk.getByText('The request has been refused.').waitFor();
  }

  it('a refusal names its ground, the authority and the court, and can be appealed against in one click', async () => {
    const email = 'refused@person.test';
    const { person, row } = await inside({ right: 'portability', country: 'IE', email });
    await openAtDesk(row.reference);
    await refuse('Trade secrets');
    expect((await latestMailTo(email)).text).to.include('dataprotection.ie');

    await person.reload();
    await person.getByText('The answer would reveal trade secrets.').waitFor();
    await person.getByRole('link', { name: 'Data Protection Commission' }).waitFor();
    await person.getByText('You may also go to court.').waitFor();
    await person.getByText('Nobody is treated worse').waitFor();
    await person.locator('summary', { hasText: 'Have it looked at again' }).click();
    await person.getByRole('button', { name: 'Send my appeal' }).click();
    await person.getByRole('alert').waitFor();
    await person.getByLabel('Why do you disagree?').fill('My own playlists are no secret.');
    await person.getByRole('button', { name: 'Send my appeal' }).click();
    await person.getByText('Your appeal is with us.').waitFor();
    await person.getByText(row.reference).first().waitFor();
    const appeal = person.url().split('/').at(-1) ?? '';
    const filed = await requestByReference(organization, appeal);
    expect(filed).to.deep.include({ right: 'appeal', appealOf: row._id, state: 'new' });

    await openAtDesk(appeal);
    await desk.locator('summary', { hasText: 'Answer and complete' }).click();
    await desk.getByLabel('Result').selectOption({ label: 'The appeal succeeded' });
    await desk.getByLabel('Your answer to the person').fill('You were right.');
    await desk.getByRole('button', { name: 'Complete and tell the person' }).click();
    await desk.getByText('The request is completed.').waitFor();
    await person.reload();
    await person.getByText('The appeal succeeded').waitFor();
  });

  it('a deletion waits for its second word; in part, it names what is kept, why and until when', async () => {
    const email = 'partial@person.test';
    const { person, row } = await inside({ right: 'deletion', email });
    await openAtDesk(row.reference);
    await desk.getByText('has not yet said a second time').waitFor();
    expect(await desk.locator('summary', { hasText: 'Answer and complete' }).count()).to.equal(0);
    await person.getByRole('button', { name: 'Yes, delete my data' }).click();
    await person.getByText('We now delete your data.').waitFor();

    await desk.reload();
    await desk.locator('summary', { hasText: 'Answer and complete' }).click();
    await desk.getByLabel('Did you do all of it?').selectOption({ label: 'In part' });
    await desk.getByLabel('Your answer to the person').fill('All but your invoices is gone.');
    await desk.getByRole('button', { name: 'Complete and tell the person' }).click();
    await desk.getByText('Name first what is kept').waitFor();
    await desk.locator('summary', { hasText: 'Add what is kept' }).click();
    const form = desk.locator('#item-kept');
    await form.getByLabel('Which data').fill('Invoices');
    await form.getByLabel('Why').selectOption({ label: 'A law requires the data to be kept' });
    await form.getByLabel('By which law').fill('Tax code, section 147');
    await form.getByLabel('Finally deleted on').fill('2034-12-31');
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await desk.getByText('Added to the answer.').waitFor();
    await desk.locator('summary', { hasText: 'Answer and complete' }).click();
    await desk.getByLabel('Did you do all of it?').selectOption({ label: 'In part' });
    await desk.getByLabel('Your answer to the person').fill('All but your invoices is gone.');
    await desk.getByRole('button', { name: 'Complete and tell the person' }).click();
    await desk.getByText('The request is completed.').waitFor();

    await person.reload();
    await person.getByRole('heading', { name: 'answered in part' }).waitFor();
    for (const kept of ['Invoices', 'A law requires us', 'Tax code', '31 December 2034']) {
      await person.getByText(kept).first().waitFor();
    }
  });

  it('an extension tells the new date and its reasons', async () => {
    const email = 'longer@person.test';
    const { person, row } = await inside({ right: 'access', email });
    await openAtDesk(row.reference);
    await desk.locator('summary', { hasText: 'Extend the deadline' }).click();
    await desk.getByLabel('Reason', { exact: true }).selectOption('complexity');
    await desk.getByLabel('Your reason in plain words').fill('Twenty years of letters.');
    await desk.getByRole('button', { name: 'Extend and tell the person' }).click();
    await desk.getByText('The deadline has been extended.').waitFor();
    await person.reload();
    await person.getByText('Twenty years of letters.').waitFor();
    await person.getByRole('heading', { name: 'We need more time' }).waitFor();
  });

  it('a refused amendment of health records takes a statement of disagreement', async () => {
    const email = 'amend@person.test';
    const { person, row } = await inside({
      right: 'amendment',
      country: 'US',
      state: 'TX',
      dataClass: 'phi',
      email,
    });
    await openAtDesk(row.reference);
    await refuse('The data are accurate');
    await person.reload();
    await person.getByRole('link', { name: 'Office for Civil Rights' }).waitFor();
    await person.locator('summary', { hasText: 'Add a statement of disagreement' }).click();
    await person.getByLabel('Your statement').fill('It was the left knee.');
    await person.getByRole('button', { name: 'Add my statement' }).click();
    await person.getByText('part of the record now').waitFor();
    await desk.reload();
    await desk.getByText('It was the left knee.').waitFor();
  });

  it('a restriction ends only after its person was told', async () => {
    const email = 'paused@person.test';
    const { person, row } = await inside({ right: 'restriction', email });
    await openAtDesk(row.reference);
    await desk.locator('summary', { hasText: 'Answer and complete' }).click();
    await desk.getByLabel('Your answer to the person').fill('Your data rest.');
    await desk.getByRole('button', { name: 'Complete and tell the person' }).click();
    await desk.getByText('The request is completed.').waitFor();
    await desk.locator('summary', { hasText: 'Announce the end' }).click();
    await desk.getByLabel('Used again from').fill(localDay(new Date(), 'Europe/Berlin'));
    await desk.getByLabel('Why, in words for the person').fill('The address is checked.');
    await desk.getByRole('button', { name: 'Tell the person' }).click();
    await desk.getByText('Enter a day after today').first().waitFor();
    await desk.getByLabel('Used again from').fill('2099-01-02');
    await desk.getByRole('button', { name: 'Tell the person' }).click();
    await desk.getByText('The person is being told.').waitFor();
    expect((await latestMailTo(email)).text).to.include('2 January 2099');
    await person.reload();
    await person.getByText('The limit on your data ends on 2 January 2099').waitFor();
    await person.getByText('The address is checked.').waitFor();
  });
});
