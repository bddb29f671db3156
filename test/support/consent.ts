import { randomUUID } from 'node:crypto';
import { currentConfiguration, type SentChoice } from '../../server/features/consent/service.ts';
import type { SiteRow } from '../../server/features/organizations/service.ts';
import { Client, type Reply } from './client.ts';

export const SITE_ORIGIN = 'https://www.example.org';

type WireChoice = Omit<SentChoice, 'chosenAt'> & { chosenAt: string };

export const granted = (given: boolean) => ({
  necessary: true,
  preferences: given,
  analytics: given,
  marketing: given,
});

/** What the widget of a site would send for a visitor who accepts everything, or what a test wants otherwise. */
export async function aChoice(site: SiteRow, given: Partial<WireChoice> = {}): Promise<WireChoice> {
  const { hash } = await currentConfiguration(site);
  return {
    clientKey: randomUUID(),
    visitorId: randomUUID(),
    configurationHash: hash,
    action: 'accept-all',
    choices: granted(true),
    services: {},
    model: 'opt-in',
    regime: 'gdpr',
    language: 'en',
    signals: { gpc: false, dnt: false, tcf: null, gpp: null },
    page: `${SITE_ORIGIN}/shop/`,
    chosenAt: new Date().toISOString(),
    previousKey: null,
    ...given,
  };
}

/** Sends a choice as the widget does: JSON as plain text, with the page's origin. */
export function sendChoice(
  site: Pick<SiteRow, 'siteKey'>,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  return new Client().send('POST', `/c/${site.siteKey}/choices`, body, {
    'content-type': 'text/plain;charset=UTF-8',
    origin: SITE_ORIGIN,
    ...headers,
  });
}
