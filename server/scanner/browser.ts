import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { config } from '../../config/index.ts';

const USUAL = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome-stable'];

/** The Chromium of this machine: the one that `CHROME_PATH` names, else one in a usual place; null for none. */
export function scanBrowserPath(): string | null {
  const { browserPath } = config;
  const places = browserPath === null ? [...USUAL, chromium.executablePath()] : [browserPath];
  return places.find((place) => existsSync(place)) ?? null;
}

/**
 * Starts it, by way of a proxy if one is named.
 * @throws Error that says what to install when this machine has no Chromium.
 */
export async function openScanBrowser(proxy?: string): Promise<Browser> {
  const executablePath = scanBrowserPath();
  if (executablePath === null) {
    throw new Error('The scanner needs a Chromium. Install one, or name one in CHROME_PATH.');
  }
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
    // Loopback goes by way of the proxy too, which alone decides.
    ...(proxy !== undefined && { proxy: { server: proxy, bypass: '<-loopback>' } }),
  });
}
