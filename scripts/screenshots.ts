import { mkdir } from 'node:fs/promises';
import { chromium, type Browser, type Page } from 'playwright-core';

/** The pictures of the README. A folder with a dot: nothing of the product reads it. */
const FOLDER = '.screenshots';
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };

const [origin, demoOrigin, email, password] = process.argv.slice(2);
if (!origin || !demoOrigin || !email || !password) {
  console.error(
    'Give the origin, the origin of the demo website, an e-mail address and a password.',
  );
  process.exit(64);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
});

const newPage = (of: Browser, viewport: typeof DESKTOP) =>
  of.newPage({
    baseURL: origin,
    viewport,
    locale: 'en',
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });

async function take(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${FOLDER}/${name}.png` });
  console.log(`${FOLDER}/${name}.png`);
}

/** The queue as a privacy officer finds it; tells the way to a request that is being worked on in time. */
async function takeQueue(): Promise<{ centre: string; reference: string }> {
  const page = await newPage(browser, DESKTOP);
  await page.goto('/staff/sign-in');
  await page.fill('#email', email ?? '');
  await page.fill('#password', password ?? '');
  await page.locator('main button[type=submit]').click();
  await page.waitForURL((url) => !url.pathname.startsWith('/staff/sign-in'));
  // Who works for several organisations chooses one first.
  const home = page.locator('main .link-list a').first();
  if (new URL(page.url()).pathname === '/staff') await home.click();
  await page.waitForURL(/\/o\/[^/]+$/u);
  const slug = new URL(page.url()).pathname.split('/')[2] ?? '';
  await page.goto(`/o/${slug}/requests`);
  await take(page, 'queue');
  const row = page.locator('tbody tr:not(.row-danger)', { hasText: 'In progress' }).first();
  const reference = (await row.locator('th .sub').textContent()) ?? '';
  await page.context().close();
  return { centre: `/privacy/${slug}`, reference };
}

/** A request as its person follows it, entered with a code from the outbox. */
async function takePortal({ centre, reference }: { centre: string; reference: string }) {
  const page = await newPage(browser, PHONE);
  const address = `${centre}/requests/${reference}`;
  await page.goto(address);
  await page.locator('form[action$="/code"] button').first().click();
  await page.waitForLoadState();
  const mail = page.locator('.link-list a', { hasText: reference }).first();
  const code = /\d{4} \d{4}/u;
  // The code is made behind the back of who asks, so that its time tells nothing.
  for (let tries = 0; tries < 20; tries += 1) {
    await page.waitForTimeout(250);
    await page.goto('/outbox');
    if (code.test((await mail.textContent()) ?? '')) break;
  }
  const [digits = ''] = code.exec((await mail.textContent()) ?? '') ?? [];
  await page.goto(address);
  const closed = page.locator('main details:not([open]) summary').first();
  if ((await closed.count()) > 0) await closed.click();
  await page.locator('input[name=code]').first().fill(digits);
  await page.locator('form[action$="/enter"] button').first().click();
  await page.locator('.portal-split').waitFor();
  await take(page, 'portal-phone');
  await page.context().close();
}

/** The banner as a visitor of the demo website meets it. */
async function takeBanner(): Promise<void> {
  const page = await newPage(browser, DESKTOP);
  await page.goto(demoOrigin ?? '');
  await page.locator('.layer').first().waitFor();
  await take(page, 'banner');
  await page.context().close();
}

try {
  await mkdir(FOLDER, { recursive: true });
  await takePortal(await takeQueue());
  await takeBanner();
} finally {
  await browser.close();
}
