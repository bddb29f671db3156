import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { rightIds, type RightId } from '../../config/rights.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { answerCodeAsks } from '../../server/features/requests/service.ts';
import { isSuppressed } from '../../server/features/suppressions/service.ts';
import { useApp } from '../support/app.ts';
import { launchBrowser } from '../support/browser.ts';
import { codeIn, confirmPathIn, deskOf, personContext } from '../support/journeys.ts';
import { latestMailTo, useMailbox } from '../support/mailbox.ts';
import { anOrganization } from '../support/organizations.ts';
import { proveInPerson, requestByReference } from '../support/requests.ts';

interface Wish {
  /** The card on the first page. */
  card: string;
  /** A State of the United States, otherwise Germany. */
  state?: string;
  health?: true;
  /** What is filled into or chosen in the fields of the form, by label. */
  answers?: Record<string, string>;
  /** What of it the portal shows; the last answer, unless given. */
  told?: string;
  /** No name is asked for. */
  nameless?: true;
  /** Done with the form itself. */
  isAtOnce?: true;
  /** Said a second time in the portal. */
  isConfirmed?: true;
  /** Listed by staff beside the answer. */
  listed?: { open: string; fields: Record<string, string>; seen: string };
  /** Which way it went. */
  result?: string;
}

const wishes: Record<RightId, Wish> = {
  access: { card: 'See my data' },
  'access-categories': {
    card: 'Know what kinds of data you hold',
    state: 'CA',
    answers: { 'From which day on?': '2022-03-01' },
    told: '1 March 2022',
  },
  correction: {
    card: 'Correct my data',
    answers: {
      'Which detail is wrong?': 'My surname',
      'What do we have now?': 'Maier',
      'What would be right?': 'Mayer',
    },
  },
  deletion: { card: 'Delete my data', isConfirmed: true },
  portability: {
    card: 'Take my data with me',
    answers: { 'Shall we send it to another provider?': 'Otherwhere Ltd' },
  },
  restriction: {
    card: 'Pause the use of my data',
    answers: { 'Why shall the data not be used?': 'They are wrong; until you have checked them' },
  },
  objection: {
    card: 'Object to a use',
    answers: { 'Which use shall we stop?': 'Profiles about me' },
  },
  'consent-withdrawal': {
    card: 'Withdraw my consent',
    answers: { 'Which consent do you withdraw?': 'Location of my phone' },
  },
  'marketing-opt-out': {
    card: 'Stop advertising to me',
    answers: { 'What shall stop?': 'Newsletters' },
    nameless: true,
    isAtOnce: true,
  },
  'sale-opt-out': { card: 'Do not sell or share my data', state: 'CA', nameless: true },
  'limit-sensitive': { card: 'Limit the use of my sensitive data', state: 'CA', nameless: true },
  'disclosure-accounting': {
    card: 'See who received my health data',
    state: 'TX',
    health: true,
    listed: {
      open: 'Add a disclosure',
      fields: {
        On: '2026-03-04',
        'To whom': 'The cancer registry',
        What: 'A finding',
        Why: 'Required by law',
      },
      seen: 'The cancer registry',
    },
  },
  amendment: {
    card: 'Amend my health records',
    state: 'TX',
    health: true,
    answers: {
      'Which entry is it about?': 'The letter of 3 March',
      'What should it say?': 'Left knee',
      'Why?': 'It was the left one.',
    },
    listed: {
      open: 'Add a change',
      fields: { What: 'Side', Before: 'right', Now: 'left' },
      seen: 'right',
    },
  },
  'automated-review': {
    card: 'Have an automated decision reviewed',
    answers: { 'Which decision is it about?': 'Payment by instalments' },
    result: 'The decision was changed',
  },
  appeal: {
    card: 'Appeal against an answer',
    state: 'VA',
    answers: {
      'Reference of the request': 'ABCD-EFGH-1',
      'Why do you disagree?': 'You forgot my orders.',
    },
    result: 'The appeal succeeded',
  },
  complaint: {
    card: 'Make a complaint',
    answers: { 'What went wrong?': 'My letters go to the neighbours.' },
    result: 'The complaint was justified',
  },
  'child-report': {
    card: 'Report data of a child',
    answers: {
      'Who are you to the child?': 'Mother or father',
      'How old is the child?': 'Under 13',
      'Which data do you mean?': 'The account kiddo',
    },
    result: 'The data were deleted',
  },
  'security-report': {
    card: 'Report a security problem',
    answers: { 'What have you noticed?': 'Foreign letters in my mailbox.' },
    result: 'The problem was confirmed',
  },
};

/** Fills a field, or chooses in it. */
async function answer(page: Page, label: string, value: string): Promise<void> {
  const field = page.getByLabel(label, { exact: false }).first();
  const isChoice = (await field.locator('option').count()) > 0;
  await (isChoice ? field.selectOption({ label: value }) : field.fill(value));
}

describe('Every right', () => {
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

  async function sendForm(page: Page, { card, state, health, answers, nameless }: Wish) {
    await page.goto(`/privacy/${organization.slug}`);
    const choice = page.getByText(card, { exact: true });
    if (!(await choice.isVisible())) await page.getByText('More requests').click();
    await choice.click();
    await page.getByLabel('Where do you live?').selectOption(state === undefined ? 'DE' : 'US');
    if (state !== undefined)
      await page.getByLabel('In which state or province?').selectOption(state);
    if (health) await page.getByLabel('It is about my health or patient records').check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'What to expect' }).waitFor();
    await page.waitForLoadState();
    for (const [label, value] of Object.entries(answers ?? {})) await answer(page, label, value);
    expect(await page.getByLabel('Your name').count(), 'a name').to.equal(nameless ? 0 : 1);
    if (!nameless) await page.getByLabel('Your name').fill('Clara Probe');
  }

  async function enterPortal(page: Page, email: string, { isAtOnce }: Wish): Promise<void> {
    if (isAtOnce) {
      // Mails that are due together arrive in any order: the one that says it is done goes out first.
      await latestMailTo(email);
      await page.getByRole('button', { name: 'Send me a code' }).click();
      await page.getByText('If there is a request with this reference').waitFor();
      await answerCodeAsks();
      await page.getByLabel('Code from our e-mail').fill(codeIn((await latestMailTo(email)).text));
      await page.getByRole('button', { name: 'Open my request' }).click();
    } else {
      await page.goto(confirmPathIn((await latestMailTo(email)).text));
      await page.locator('main button[type=submit]').click();
    }
    await page.getByRole('heading', { name: 'What you told us' }).waitFor();
  }

  async function answerAtDesk(reference: string, { listed, result }: Wish): Promise<void> {
    const row = await requestByReference(organization, reference);
    await proveInPerson(organization, row);
    await desk.goto(`/o/${organization.slug}/requests/${row._id.toHexString()}`);
    if (listed) {
      await desk.getByText(listed.open).click();
      const form = desk.locator('.confirm[open]');
      for (const [label, value] of Object.entries(listed.fields)) {
        await form.getByLabel(label).fill(value);
      }
      await form.getByRole('button', { name: 'Add', exact: true }).click();
      await desk.getByText('Added to the answer.').waitFor();
    }
    await desk.locator('summary', { hasText: 'Answer and complete' }).click();
    if (result !== undefined) await desk.getByLabel('Result').selectOption({ label: result });
    await desk.getByLabel('Your answer to the person').fill('We have done what you asked.');
    await desk.getByRole('button', { name: 'Complete and tell the person' }).click();
    await desk.getByText('The request is completed.').waitFor();
  }

  for (const right of rightIds) {
    const wish = wishes[right];

    it(`is asked for, answered and seen: ${right}`, async () => {
      const context: BrowserContext = await personContext(browser);
      const page = await context.newPage();
      const email = `${right}@person.test`;
      await sendForm(page, wish);
      await page.getByLabel('Your e-mail address').fill(email);
      await page.getByRole('button', { name: 'Send my request' }).click();
      await page.waitForURL(/\/requests\/[0-9A-Z-]+$/u);
      const reference = page.url().split('/').at(-1) ?? '';
      await page.getByText(reference).first().waitFor();
      if (wish.isAtOnce) {
        expect(await page.getByRole('heading', { name: 'Done' }).count()).to.equal(1);
        const asked = { address: email, topic: 'newsletter' } as const;
        expect(await isSuppressed(organization, asked)).to.equal(true);
      }
      await enterPortal(page, email, wish);
      const given = page
        .getByText(wish.told ?? Object.values(wish.answers ?? {}).at(-1) ?? email)
        .first();
      await given.waitFor();
      if (wish.isConfirmed) {
        await page.getByRole('button', { name: 'Yes, delete my data' }).click();
        await page.getByText('We now delete your data.').waitFor();
      }
      if (!wish.isAtOnce) {
        await answerAtDesk(reference, wish);
        await page.reload();
      }
      await page.getByRole('heading', { name: 'Your request has been answered' }).waitFor();
      const { listed, result } = wish;
      for (const seen of [listed?.seen, result]) {
        if (seen !== undefined) await page.getByText(seen, { exact: true }).first().waitFor();
      }
      expect(await page.getByText('You may also go to court.').count()).to.equal(1);
      await context.close();
    });
  }
});
