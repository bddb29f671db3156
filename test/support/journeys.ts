import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Role } from '../../config/permissions.ts';
import type { Organization } from '../../server/features/organizations/service.ts';
import { appOrigin } from './app.ts';
import { ownAddress } from './client.ts';
import { clientOf } from './staff.ts';

/** A browser of a person at an address of their own. */
export const personContext = (
  browser: Browser,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<BrowserContext> =>
  browser.newContext({
    baseURL: appOrigin(),
    locale: 'en',
    extraHTTPHeaders: { 'x-forwarded-for': ownAddress() },
    ...options,
  });

/** A signed-in member in front of the dashboard. */
export async function deskOf(
  browser: Browser,
  organization: Organization,
  role: Role = 'privacy-officer',
): Promise<Page> {
  const context = await personContext(browser, { viewport: { width: 1280, height: 800 } });
  const client = await clientOf(organization, role);
  await context.addCookies(client.cookies().map((one) => ({ ...one, url: appOrigin() })));
  return context.newPage();
}

/** Where the link of a mail leads in this test's application. */
export const confirmPathIn = (text: string): string =>
  new URL(/https?:\/\/\S+\/confirm\/\S+/u.exec(text)?.[0] ?? '').pathname;

/** @throws Error where the mail has no code: it is another one than was waited for. */
export function codeIn(text: string): string {
  const [code] = /\d{4} \d{4}/u.exec(text) ?? [];
  if (code === undefined) throw new Error('There is no code in this mail.');
  return code;
}
