import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { config } from '../../config/index.ts';

/** All of our surroundings that a browser needs. */
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LD_LIBRARY_PATH', 'FONTCONFIG_PATH'];

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
  const launch = (chromiumSandbox: boolean) =>
    chromium.launch({
      executablePath,
      chromiumSandbox,
      // What pages can be made to run must not find our secrets beside it.
      env: Object.fromEntries(PASSED_ON.map((name) => [name, process.env[name]])),
      args: [
        '--disable-dev-shm-usage',
        // Calls between browsers would go past the proxy.
        '--webrtc-ip-handling-policy=disable_non_proxied_udp',
      ],
      // Whoever brings a proxy is a worker, which ends its scans itself when it is told to end.
      handleSIGINT: proxy === undefined,
      handleSIGTERM: proxy === undefined,
      handleSIGHUP: proxy === undefined,
      // Loopback goes by way of the proxy too, which alone decides.
      ...(proxy !== undefined && { proxy: { server: proxy, bypass: '<-loopback>' } }),
    });
  // Chromium has no sandbox for root, nor where a container forbids it one.
  return process.getuid?.() === 0 ? launch(false) : launch(true).catch(() => launch(false));
}
