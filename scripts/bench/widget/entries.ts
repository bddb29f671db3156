/** What is measured: ours, twice, a floor and the consent managers of others, each set up as its documents say. */

import path from 'node:path';
import { projectFolder } from '../../../server/folders.ts';

/** Where the consent managers of others are installed. */
export const packages = path.join(projectFolder, 'scripts/bench/widget/peers/node_modules');

/** How the harness finds its way about a banner: selectors as `probe.js` reads them. */
export interface Entry {
  id: string;
  name: string;
  /** Files it is served, by the name that the page uses: paths within the peers' node_modules. */
  files: Record<string, string>;
  /** What stands in the head of the page. NONCE and ORIGIN are replaced. */
  head: string;
  /** A script of its settings, served as `init.js`. */
  init?: string;
  /** Answers of the entry's own server, by the beginning of the path. */
  answers?: Record<string, unknown>;
  banner: string | null;
  accept: string | null;
  reject: string | null;
  /** Opens the second layer; null where there is none. */
  open: string | null;
  dialog: string | null;
}

const title = 'We value your privacy';
const body =
  'We use cookies to make this site work, remember preferences, measure traffic and personalise marketing. Choose what you allow.';
const categories = {
  necessary: ['Strictly necessary', 'Needed for the site to work; always on.'],
  preferences: ['Preferences', 'Remember your choices such as language.'],
  analytics: ['Analytics', 'Measure how the site is used.'],
  marketing: ['Marketing', 'Show relevant advertising.'],
} as const;
type Category = keyof typeof categories;
const ids = Object.keys(categories) as Category[];
const nameOf = (id: Category) => categories[id][0];
const aboutOf = (id: Category) => categories[id][1];

const script = (src: string, rest = '') =>
  `<script defer nonce="NONCE" src="${src}"${rest}></script>`;
const sheet = (href: string) => `<link rel="stylesheet" href="${href}" />`;
const call = (name: string, ...given: unknown[]) =>
  `${name}(${given.map((one) => JSON.stringify(one)).join(',')});`;

const nothing = { files: {}, head: '', accept: null, reject: null, open: null, dialog: null };

/** The page without any banner, from which script time and memory are counted. */
const baseline: Entry = { ...nothing, id: '_baseline', name: 'no banner', banner: null };

/** The least that can show anything: no choice, no words of law, no styles of its own. */
const floor: Entry = {
  ...nothing,
  id: '_floor',
  name: 'a bare box by 500 bytes of script',
  head: '<script nonce="NONCE" src="init.js"></script>',
  init: `(()=>{const show=()=>{const box=document.createElement('div');box.id='floor';
for(const [name,value] of Object.entries({position:'fixed',bottom:0,left:0,right:0,padding:'1em',background:'#fff',border:'1px solid'}))box.style[name]=value;
const button=document.createElement('button');button.textContent='Accept';button.onclick=()=>box.remove();
box.append('Choose. ',button);document.body.prepend(box)};
document.body?show():new MutationObserver((_,o)=>document.body&&(o.disconnect(),show())).observe(document.documentElement,{childList:true})})()`,
  banner: '#floor',
  accept: '#floor button',
};

const vanilla: Entry = {
  id: 'vanilla-cookieconsent',
  name: 'vanilla-cookieconsent',
  files: {
    'lib.js': 'vanilla-cookieconsent/dist/cookieconsent.umd.js',
    'lib.css': 'vanilla-cookieconsent/dist/cookieconsent.css',
  },
  head: sheet('lib.css') + script('lib.js') + script('init.js'),
  init: call('CookieConsent.run', {
    hideFromBots: false,
    categories: {
      necessary: { enabled: true, readOnly: true },
      preferences: {},
      analytics: {},
      marketing: {},
    },
    language: {
      default: 'en',
      translations: {
        en: {
          consentModal: {
            title,
            description: body,
            acceptAllBtn: 'Accept all',
            acceptNecessaryBtn: 'Reject all',
            showPreferencesBtn: 'Manage preferences',
          },
          preferencesModal: {
            title: 'Privacy preferences',
            acceptAllBtn: 'Accept all',
            acceptNecessaryBtn: 'Reject all',
            savePreferencesBtn: 'Save',
            closeIconLabel: 'Close',
            sections: [
              { description: body },
              ...ids.map((id) => ({
                title: nameOf(id),
                description: aboutOf(id),
                linkedCategory: id,
              })),
            ],
          },
        },
      },
    },
  }),
  banner: '#cc-main .cm',
  accept: '#cc-main .cm [data-role="all"]',
  reject: '#cc-main .cm [data-role="necessary"]',
  open: '#cc-main .cm [data-role="show"]',
  dialog: '#cc-main .pm',
};

const klaro: Entry = {
  id: 'klaro',
  name: 'klaro',
  files: { 'lib.js': 'klaro/dist/klaro.js' },
  head: script('init.js') + script('lib.js'),
  init: `var klaroConfig = ${JSON.stringify({
    version: 1,
    elementID: 'klaro',
    acceptAll: true,
    groupByPurpose: true,
    default: false,
    mustConsent: false,
    storageMethod: 'cookie',
    lang: 'en',
    htmlTexts: false,
    translations: {
      zz: { privacyPolicyUrl: '#privacy' },
      en: {
        consentNotice: { description: body },
        purposes: Object.fromEntries(
          ids.map((id) => [id, { title: nameOf(id), description: aboutOf(id) }]),
        ),
      },
    },
    services: ids.map((id) => ({
      name: `${id}-service`,
      title: `${nameOf(id)} service`,
      purposes: [id],
      ...(id === 'necessary' && { required: true, default: true }),
    })),
  })};`,
  banner: '#klaro .cookie-notice',
  accept: '#klaro .cookie-notice .cm-btn-success',
  reject: '#klaro .cookie-notice .cn-decline',
  open: '#klaro .cookie-notice .cn-learn-more',
  dialog: '#klaro .cookie-modal .cm-modal',
};

const orejime: Entry = {
  id: 'orejime',
  name: 'orejime',
  files: {
    'lib.js': 'orejime/dist/orejime-standard-en.js',
    'lib.css': 'orejime/dist/orejime-standard.css',
  },
  head: sheet('lib.css') + script('init.js') + script('lib.js'),
  init: `window.orejimeConfig = ${JSON.stringify({
    privacyPolicyUrl: '#privacy',
    purposes: ids.map((id) => ({
      id,
      title: nameOf(id),
      description: aboutOf(id),
      cookies: [],
      ...(id === 'necessary' && { isMandatory: true }),
    })),
  })};`,
  banner: '.orejime-Banner',
  accept: '.orejime-Banner-saveButton || .orejime-Banner button',
  reject: '.orejime-Banner-declineButton',
  open: '.orejime-Banner-learnMoreButton',
  dialog: '.orejime-Modal',
};

const tarteaucitron: Entry = {
  id: 'tarteaucitron',
  name: 'tarteaucitronjs',
  files: Object.fromEntries(
    [
      'tarteaucitron.min.js',
      'tarteaucitron.services.min.js',
      'advertising.min.js',
      'css/tarteaucitron.min.css',
      'lang/tarteaucitron.en.min.js',
    ].map((file) => [file, `tarteaucitronjs/${file}`]),
  ),
  head: script('tarteaucitron.min.js') + script('init.js'),
  init: `${call('tarteaucitron.init', {
    privacyUrl: '',
    bodyPosition: 'bottom',
    hashtag: '#tarteaucitron',
    cookieName: 'tarteaucitron',
    orientation: 'middle',
    groupServices: true,
    showDetailsOnClick: true,
    serviceDefaultState: 'wait',
    showAlertSmall: false,
    cookieslist: false,
    showIcon: true,
    iconPosition: 'BottomRight',
    adblocker: false,
    DenyAllCta: true,
    AcceptAllCta: true,
    highPrivacy: true,
    alwaysNeedConsent: false,
    handleBrowserDNTRequest: false,
    removeCredit: false,
    moreInfoLink: true,
    useExternalCss: false,
    useExternalJs: false,
    readmoreLink: '',
    mandatory: true,
    mandatoryCta: true,
    googleConsentMode: true,
    bingConsentMode: true,
    softConsentMode: false,
    partnersList: false,
  })}
for (const [key, type] of [['necessarysvc','api'],['preferencessvc','support'],['analyticssvc','analytic'],['marketingsvc','ads']]) {
  tarteaucitron.services[key] = { key, type, name: key, needConsent: type !== 'api', cookies: [], js() {}, fallback() {} };
  (tarteaucitron.job = tarteaucitron.job || []).push(key);
}`,
  banner: '#tarteaucitronAlertBig',
  accept: '#tarteaucitronPersonalize2',
  reject: '#tarteaucitronAllDenied2',
  open: '#tarteaucitronCloseAlert',
  dialog: '#tarteaucitron',
};

const osano: Entry = {
  id: 'osano3',
  name: 'cookieconsent 3 (Osano, legacy)',
  files: {
    'lib.js': 'cookieconsent/build/cookieconsent.min.js',
    'lib.css': 'cookieconsent/build/cookieconsent.min.css',
  },
  head: sheet('lib.css') + script('lib.js') + script('init.js'),
  init: `addEventListener('load', () => {${call('cookieconsent.initialise', {
    type: 'opt-in',
    palette: { popup: { background: '#000' }, button: { background: '#f1d600' } },
    content: { message: body, allow: 'Accept all', deny: 'Reject all', href: '#privacy' },
  })}});`,
  banner: '.cc-window',
  accept: '.cc-window .cc-allow',
  reject: '.cc-window .cc-deny',
  open: null,
  dialog: null,
};

const afixt: Entry = {
  id: 'afixt',
  name: '@afixt/accessible-cookie-banner',
  files: {
    'lib.js': '@afixt/accessible-cookie-banner/dist/consent.min.js',
    'lib.css': '@afixt/accessible-cookie-banner/dist/banner.css',
    'locales/en.json': '@afixt/accessible-cookie-banner/dist/locales/en.json',
  },
  head: sheet('lib.css') + script('lib.js') + script('init.js'),
  init: call('CookieBanner.init', {
    locale: 'en',
    theme: 'light',
    showModal: true,
    storageMethod: 'cookie',
    expireDays: 182,
  }),
  banner: '#cookie-banner',
  accept: '#cookie-banner [id*=accept], #cookie-banner [class*=accept]',
  reject: '#cookie-banner [id*=reject], #cookie-banner [class*=reject]',
  open: '#cookie-banner [id*=custom], #cookie-banner [class*=custom]',
  dialog: '#cookie-modal || [role=dialog][aria-modal]',
};

const probo: Entry = {
  id: 'probo',
  name: '@probo/cookie-banner',
  files: { 'lib.js': '@probo/cookie-banner/dist/cookie-banner.iife.js' },
  head: script(
    'lib.js',
    ' data-banner-id="b1" data-base-url="ORIGIN/probo/api/" data-position="bottom-left"',
  ),
  answers: {
    'api/b1/config': {
      banner_id: 'b1',
      version: 1,
      language: 'en',
      default_language: 'en',
      privacy_policy_url: '#privacy',
      cookie_policy_url: '#privacy',
      consent_expiry_days: 182,
      consent_mode: 'OPT_IN',
      regulation: 'GDPR',
      layout: {
        presentation: 'OPT_IN',
        initial_state: 'banner',
        reopen_state: 'panel',
        default_non_necessary_granted: false,
        buttons: { accept_all: true, reject_all: true, customize: true, save: true },
        settings_link: 'default',
      },
      show_branding: true,
      resource_reporting_enabled: false,
      categories: ids.map((id) => ({
        name: nameOf(id),
        slug: id,
        description: aboutOf(id),
        kind: id === 'necessary' ? 'NECESSARY' : 'NORMAL',
        cookies: [],
        gcm_consent_types: [],
        posthog_consent: false,
      })),
      texts: {
        banner_title: title,
        banner_description: body,
        button_accept_all: 'Accept all',
        button_reject_all: 'Reject all',
        button_customize: 'Customize',
        button_save: 'Save',
        panel_title: 'Privacy preferences',
        panel_description: body,
        privacy_policy_link_text: 'Privacy policy',
        cookie_policy_link_text: 'Cookie policy',
        aria_close: 'Close',
        aria_show_details: 'Show cookie details',
        aria_hide_details: 'Hide cookie details',
      },
    },
    'api/': { id: 'c1', visitor_id: 'v', action: 'ACCEPT_ALL', created_at: '2026-01-01T00:00:00Z' },
  },
  banner:
    'probo-cookie-banner >>> probo-banner [role=dialog] || probo-cookie-banner >>> probo-banner .card || probo-cookie-banner >>> probo-banner > *',
  accept: 'probo-cookie-banner >>> probo-banner probo-accept-button button',
  reject: 'probo-cookie-banner >>> probo-banner probo-reject-button button',
  open: 'probo-cookie-banner >>> probo-customize-button button',
  dialog:
    'probo-cookie-banner >>> probo-preference-panel [role=dialog] || probo-cookie-banner >>> probo-preference-panel > *',
};

const c15t: Entry = {
  id: 'c15t',
  name: '@c15t/react, offline mode',
  // Bundled by the harness, as a site would.
  files: { 'app.js': '.built/c15t.js', 'app.css': '.built/c15t.css' },
  head: sheet('app.css') + script('app.js'),
  banner:
    '[data-testid="consent-banner-card"] || [data-testid="consent-banner-root"] || [class*=consent-banner]',
  accept: '[data-testid="consent-banner-accept-button"]',
  reject: '[data-testid="consent-banner-reject-button"]',
  open: '[data-testid="consent-banner-customize-button"]',
  dialog: 'dialog[open]',
};

const peers: readonly Entry[] = [afixt, c15t, klaro, orejime, osano, probo, tarteaucitron, vanilla];

/** Ours: by way of the site's own origin, and from an origin of another site. */
const ours = (id: 'habeas' | 'habeas-cross-site', src: string): Entry => ({
  id,
  name: id === 'habeas' ? 'Habeas, proxied by the site' : 'Habeas, from another site',
  files: {},
  head: `<script nonce="NONCE" src="${src}"></script>`,
  banner: 'habeas-choices >>> section',
  accept: 'habeas-choices >>> section .buttons .choice:nth-child(1)',
  reject: 'habeas-choices >>> section .buttons .choice:nth-child(2)',
  open: 'habeas-choices >>> section .buttons .choice:nth-child(3)',
  dialog: 'habeas-choices >>> dialog',
});

/** Where pages and our script are served. */
export interface Place {
  pageOrigin: string;
  /** Address of our script by way of the site's own origin. */
  proxied: string;
  crossSite: string;
}

export const entriesAt = ({ proxied, crossSite }: Place): Entry[] => [
  baseline,
  floor,
  ours('habeas', proxied),
  ours('habeas-cross-site', crossSite),
  ...peers,
];
