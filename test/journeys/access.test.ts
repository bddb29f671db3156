import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { doors } from '../../server/app.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { createDataKey } from '../../server/security/data-keys.ts';
import { appOrigin, useApp } from '../support/app.ts';
import { axeViolations, launchBrowser, showIn } from '../support/browser.ts';
import { keyboardFaults, noteClickable } from '../support/keyboard.ts';
import { testMailModel } from '../support/mails.ts';
import { anOrganization } from '../support/organizations.ts';
import { pathOf, samples } from '../support/samples.ts';
import { SecondProcess } from '../support/second-process.ts';
import { clientOf } from '../support/staff.ts';
import { movedRequests, visitors, type Visit } from '../support/visits.ts';

const SIZES = [
  { width: 360, height: 800 },
  { width: 1280, height: 800 },
];
/** These doors give a file, or a mail: mails have tests of their own. */
const NO_PAGES = /\/files\/:file$|\.csv$|^\/outbox\/:id\/content$/u;

const pages = doors.filter(
  ({ kind, method, path }) => kind === 'page' && method === 'get' && !NO_PAGES.test(path),
);
const ofStaff = pages.filter(({ path }) => path.startsWith('/o/'));
const ofOthers = pages.filter(({ path }) => !/^\/(?:o\/|outbox)/u.test(path));
const ofOutbox = pages.filter(({ path }) => path.startsWith('/outbox'));

/** Closed explanations and forms are read as well; forms of one group open one at a time. */
const OPEN = 'for (const one of document.querySelectorAll("main details")) one.open = true';
const EXCESS = 'document.documentElement.scrollWidth - innerWidth';

/** Nothing is wrong with the page as it stands; in the dark only the colours differ. The keyboard goes last. */
async function expectAccessible(page: Page, what: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await showIn(page, colorScheme);
    const rules = colorScheme === 'dark' ? ['color-contrast', 'link-in-text-block'] : undefined;
    expect(await axeViolations(page, rules), `${what}, ${colorScheme}`).to.deep.equal([]);
  }
  expect(await page.evaluate<number>(EXCESS), `${what}: wider than its window`).to.be.at.most(0);
  expect(await keyboardFaults(page), `${what}, by keyboard`).to.deep.equal([]);
}

describe('Every page', () => {
  useApp();
  let browser: Browser;
  let screens: Page[];
  let organization: Organization;
  let fresh: Organization;
  before(async () => {
    browser = await launchBrowser();
    screens = await Promise.all(
      SIZES.map((viewport) => browser.newPage({ viewport, locale: 'en' })),
    );
    await Promise.all(screens.map(noteClickable));
    [organization, fresh] = [await anOrganization(), await anOrganization()];
  });
  after(() => browser.close());

  /** Opens a page on a phone and on a desktop, at the same time. */
  async function look({ path, client }: Visit, origin = appOrigin()): Promise<void> {
    const cookies = (client?.cookies() ?? []).map((cookie) => ({ ...cookie, url: origin }));
    await Promise.all(
      screens.map(async (page) => {
        await page.context().clearCookies();
        await page.context().addCookies(cookies);
        await page.goto(`${origin}${path}`);
        const { pathname } = new URL(page.url());
        expect(pathname, 'where the page is').to.equal(new URL(path, origin).pathname);
        await page.evaluate(OPEN);
        await expectAccessible(page, `${path}, ${String(page.viewportSize()?.width)} wide`);
      }),
    );
  }

  it('has a visitor here, and no visitor is left over', () => {
    expect(Object.keys(visitors)).to.have.members(ofOthers.map(({ path }) => path));
    expect(ofOutbox.map(({ path }) => path)).to.deep.equal(['/outbox', '/outbox/:id']);
    for (const { path } of ofStaff) expect(samples).to.have.property(`get ${path}`);
  });

  for (const { path } of ofOthers) {
    it(`can be read by everybody: ${path}`, async () => {
      for (const visit of await visitors[path]!(organization)) await look(visit);
    });
  }

  for (const door of ofStaff) {
    it(`can be read by everybody: ${door.path}`, async () => {
      const sample = await samples[`get ${door.path}`]!(organization);
      const client = await clientOf(organization, 'administrator');
      await look({ path: pathOf(door, organization.slug, sample), client });
    });
  }

  it('can be read by everybody: a request in each state, and each of its forms', async () => {
    const client = await clientOf(organization, 'administrator');
    for (const { row } of await movedRequests(organization)) {
      await look({ path: `/o/${organization.slug}/requests/${row._id.toHexString()}`, client });
    }
  });

  it('can be read by everybody while there is nothing to show', async () => {
    const client = await clientOf(fresh, 'administrator');
    const home = `/o/${fresh.slug}`;
    for (const room of [
      '',
      '/requests',
      '/consent',
      '/mail',
      '/settings/sites',
      '/inventory',
      '/inventory/agreements',
    ]) {
      await look({ path: `${home}${room}`, client });
    }
  });

  it('can be read by everybody: the outbox', async () => {
    const withoutServer = await SecondProcess.start({ SMTP_URL: '' });
    try {
      const { id: keyId } = await createDataKey(null, 'mail');
      const to = { name: 'Ada Beispiel', email: 'ada@mail.test' };
      const mail = { to, keyId: keyId.toString(), language: 'en', model: testMailModel() };
      const id = (await withoutServer.ask({ kind: 'queue', mail })) as string;
      const origin = `http://localhost:${String(await withoutServer.ask({ kind: 'serve' }))}`;
      for (const path of ['/outbox', `/outbox/${id}`, `/outbox/${id}?as=text`]) {
        await look({ path }, origin);
      }
    } finally {
      await withoutServer.kill();
    }
  });
});
