import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

/** A banner of its own, with buttons that say what they do; the choice is in the cookie `choice`. */
const banner = `<script>
  const chosen = () => /choice=(\\w+)/.exec(document.cookie)?.[1];
  const load = (src) => document.head.append(Object.assign(document.createElement('script'), { src }));
  addEventListener('DOMContentLoaded', () => {
    if (chosen()) return;
    const bar = document.createElement('div');
    bar.setAttribute('role', 'dialog');
    bar.style.cssText = 'position:fixed;bottom:0';
    for (const [text, value] of [['Accept all', 'yes'], ['Reject all', 'no']]) {
      const button = document.createElement('button');
      button.textContent = text;
      button.onclick = () => { document.cookie = 'choice=' + value + ';path=/'; location.reload(); };
      bar.append(button);
    }
    document.body.append(bar);
  });
</script>`;

const page = (head: string, body = '') =>
  `<!doctype html><title>A shop</title>${head}<h1>A shop</h1><a href="/about">About</a>${body}`;

/** Twenty things that a site must not do; each is known by one name in the report. */
const planted = {
  script: '<script src="http://www.google-analytics.com/analytics.js"></script>',
  pixel: '<img src="http://www.facebook.com/tr?id=1" alt="">',
  frame: '<iframe src="http://ad.doubleclick.net/ddm" title="x"></iframe>',
  background: '<style>h1{background:url(http://bat.bing.com/action/0)}</style>',
  prefetch: '<link rel="preload" as="script" href="http://analytics.tiktok.com/i18n/pixel.js">',
  own: `<script>
    fetch('http://script.hotjar.com/x', { mode: 'no-cors' }).catch(() => {});
    navigator.sendBeacon('http://www.clarity.ms/collect', 'x');
    try { new WebSocket('ws://nexus-websocket-a.intercom.io/'); } catch {}
    document.cookie = '_ga=GA1.1.1;path=/;max-age=9999999';
    document.cookie = '_fbp=fb.1;path=/';
    localStorage.setItem('_hjSessionUser_1', '1');
    sessionStorage.setItem('ajs_anonymous_id', '1');
    indexedDB.open('ph_events');
    if (chosen() === 'no') {
      load('http://ct.pinterest.com/core.js');
      document.cookie = '_uetsid=1;path=/';
    }
    if (chosen() === 'yes') {
      load('http://cdn.segment.com/analytics.js');
      document.cookie = 'mystery_id=1;path=/';
    }
  </script>`,
  inner: '<iframe src="/inner" title="y"></iframe>',
};

export const plantedNames = {
  'before-consent': [
    ...['www.google-analytics.com', 'www.facebook.com', 'ad.doubleclick.net', 'bat.bing.com'],
    ...['analytics.tiktok.com', 'script.hotjar.com', 'www.clarity.ms', 'snap.licdn.com'],
    ...['nexus-websocket-a.intercom.io', '_ga', '_fbp', '_pk_id.1.1', '_hjSessionUser_1'],
    ...['ajs_anonymous_id', 'ph_events', 'mp_inner'],
  ],
  'after-refusal': ['ct.pinterest.com', '_uetsid'],
  undeclared: ['cdn.segment.com', 'mystery_id'],
};

const managers: Record<string, string> = {
  'vanilla.test': `<link rel="stylesheet" href="/files/vanilla-cookieconsent/dist/cookieconsent.css">
    <script type="text/plain" data-category="analytics" src="http://www.google-analytics.com/analytics.js"></script>
    <script src="/files/vanilla-cookieconsent/dist/cookieconsent.umd.js"></script>
    <script>addEventListener('DOMContentLoaded', () => CookieConsent.run({ hideFromBots: false, categories: { necessary: { enabled: true, readOnly: true }, analytics: {} },
      language: { default: 'en', translations: { en: { consentModal: { title: 'Cookies', description: 'We use some.', acceptAllBtn: 'Accept all', acceptNecessaryBtn: 'Reject all' },
        preferencesModal: { sections: [] } } } } }));</script>`,
  'orejime.test': `<link rel="stylesheet" href="/files/orejime/dist/orejime-standard.css">
    <script>window.orejimeConfig = { privacyPolicyUrl: '/privacy', purposes: [{ id: 'analytics', title: 'Analytics', description: 'Counts', cookies: [] }] };</script>
    <script defer src="/files/orejime/dist/orejime-standard-en.js"></script>
    <template data-purpose="analytics"><script src="http://www.google-analytics.com/analytics.js"></script></template>`,
  'tarteaucitron.test': `<script src="/files/tarteaucitronjs/tarteaucitron.min.js"></script>
    <script>tarteaucitron.init({ privacyUrl: '', bodyPosition: 'bottom', groupServices: false, showDetailsOnClick: true, serviceDefaultState: 'wait', showIcon: false, alwaysNeedConsent: false, handleBrowserDNTRequest: false, removeCredit: true, moreInfoLink: false, readmoreLink: '', mandatoryCta: true, softConsentMode: false, partnersList: false, hashtag: '#tarteaucitron', cookieName: 'tarteaucitron', orientation: 'middle', DenyAllCta: true, AcceptAllCta: true, highPrivacy: true, useExternalCss: false, useExternalJs: false, adblocker: false, showAlertSmall: false, cookieslist: false, mandatory: true });
      tarteaucitron.services.counting = { key: 'counting', type: 'analytic', name: 'counting', needConsent: true, cookies: [], js() { tarteaucitron.addScript('http://www.google-analytics.com/analytics.js'); }, fallback() {} };
      (tarteaucitron.job = tarteaucitron.job || []).push('counting');</script>`,
};

/** Far more than anybody would read. */
const HOARDING = `for (let at = 0; at < 3000; at += 1) localStorage.setItem('_hj' + at + 'x'.repeat(300), '');
  history.replaceState(null, '', '/' + 'y'.repeat(5000));`;

export interface PlantedSite {
  port: number;
  close: () => Promise<void>;
}

/**
 * One server that answers for every host; under its number it sets a cookie too soon: `planted.test` does everything wrong, `clean.test` nothing,
 * `silent.test` gives no answer when it is asked what it stored, `hoarder.test` too many; three more are guarded by consent managers of others, and whoever else is asked is a tracker.
 */
export async function openPlantedSite(): Promise<PlantedSite> {
  const server: Server = createServer(({ headers: { host = '' }, url = '/' }, response) => {
    const [name = ''] = host.split(':');
    const html = (text: string) =>
      response.setHeader('content-type', 'text/html; charset=utf-8').end(text);
    const file = /^\/files\/([\w./-]+)(?:\?|$)/u.exec(url)?.[1];
    if (file !== undefined && !file.includes('..')) {
      const type = file.endsWith('.css') ? 'text/css' : 'text/javascript';
      response.setHeader('content-type', type).end(readFileSync(path.join('node_modules', file)));
    } else if (name === '127.0.0.1') {
      html(page(`${banner}<script>document.cookie = '_ga=1;path=/'</script>`));
    } else if (name === 'planted.test') {
      if (url === '/inner') html("<script>localStorage.setItem('mp_inner', '1')</script>");
      else if (url === '/about') {
        html(page(`${banner}<script src="http://snap.licdn.com/li.js"></script>`));
      } else {
        response.setHeader('set-cookie', '_pk_id.1.1=1; Path=/; HttpOnly');
        html(
          page(
            banner + planted.prefetch + planted.background + planted.own,
            planted.script + planted.pixel + planted.frame + planted.inner,
          ),
        );
      }
    } else if (name === 'clean.test') {
      response.setHeader('set-cookie', 'PHPSESSID=1; Path=/; HttpOnly');
      html(
        page(
          `${banner}<script>if (chosen() === 'yes') { load('http://www.google-analytics.com/analytics.js'); document.cookie = '_ga=1;path=/'; }</script>`,
        ),
      );
    } else if (name === 'silent.test') {
      html(page(banner + '<script>indexedDB.databases = () => new Promise(() => {})</script>'));
    } else if (name === 'hoarder.test') {
      html(page(`${banner}<script>${HOARDING}</script>`));
    } else if (managers[name] !== undefined) html(page(managers[name]));
    else response.setHeader('content-type', 'text/javascript').end('/* a tracker */');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
