/** How well-known consent managers name their buttons, and which words others use, for the scanner. */
export interface ConsentControls {
  readonly manager: string;
  /** CSS selectors; `>>>` enters an open shadow root. */
  readonly accept: string;
  readonly refuse: string;
}

export const consentControls: readonly ConsentControls[] = [
  {
    manager: 'Habeas',
    accept: 'habeas-choices >>> section .buttons .choice:nth-child(1)',
    refuse: 'habeas-choices >>> section .buttons .choice:nth-child(2)',
  },
  {
    manager: 'vanilla-cookieconsent',
    accept: '#cc-main [data-role="all"]',
    refuse: '#cc-main [data-role="necessary"]',
  },
  {
    manager: 'Orejime',
    accept: '.orejime-Banner-saveButton',
    refuse: '.orejime-Banner-declineButton',
  },
  {
    manager: 'tarteaucitron',
    accept: '#tarteaucitronPersonalize2',
    refuse: '#tarteaucitronAllDenied2',
  },
  { manager: 'Klaro', accept: '#klaro .cm-btn-success', refuse: '#klaro .cn-decline' },
  {
    manager: 'c15t',
    accept: '[data-testid="consent-banner-accept-button"]',
    refuse: '[data-testid="consent-banner-reject-button"]',
  },
  { manager: 'cookieconsent 3', accept: '.cc-window .cc-allow', refuse: '.cc-window .cc-deny' },
  {
    manager: 'OneTrust',
    accept: '#onetrust-accept-btn-handler',
    refuse: '#onetrust-reject-all-handler',
  },
  {
    manager: 'Cookiebot',
    accept: '#CybotCookiebotDialogBodyLevelButtonLevelOptinAllowAll',
    refuse: '#CybotCookiebotDialogBodyButtonDecline',
  },
  {
    manager: 'Usercentrics',
    accept: '#usercentrics-root >>> [data-testid="uc-accept-all-button"]',
    refuse: '#usercentrics-root >>> [data-testid="uc-deny-all-button"]',
  },
  {
    manager: 'Didomi',
    accept: '#didomi-notice-agree-button',
    refuse: '#didomi-notice-disagree-button, .didomi-continue-without-agreeing',
  },
  { manager: 'CookieYes', accept: '.cky-btn-accept', refuse: '.cky-btn-reject' },
  { manager: 'Complianz', accept: '.cmplz-accept', refuse: '.cmplz-deny' },
  {
    manager: 'Borlabs Cookie',
    accept: '[data-borlabs-cookie-actions="close-button-accept-all"], .brlbs-btn-accept-all',
    refuse: '.brlbs-btn-accept-only-essential, [data-cookie-refuse]',
  },
  {
    manager: 'Osano',
    accept: '.osano-cm-accept-all',
    refuse: '.osano-cm-denyAll, .osano-cm-deny',
  },
  { manager: 'iubenda', accept: '.iubenda-cs-accept-btn', refuse: '.iubenda-cs-reject-btn' },
  {
    manager: 'Axeptio',
    accept: '#axeptio_overlay >>> #axeptio_btn_acceptAll',
    refuse: '#axeptio_overlay >>> #axeptio_btn_dismiss',
  },
  {
    manager: 'Fides',
    accept: '#fides-button-group .fides-accept-all-button',
    refuse: '#fides-button-group .fides-reject-all-button',
  },
];

/** Words of buttons, as beginnings, for managers that are not in the list. Refusal is looked for first. */
export const controlWords = {
  refuse: [
    ...['reject', 'refuse', 'decline', 'deny', 'disagree', 'only necessary', 'necessary only'],
    ...['essential only', 'only essential', 'continue without', 'do not accept', 'no thanks'],
    ...['ablehnen', 'alle ablehnen', 'nur notwendige', 'nur erforderliche', 'nur essenzielle'],
    ...[
      'refuser',
      'tout refuser',
      'continuer sans accepter',
      'rechazar',
      'denegar',
      'solo necesarias',
    ],
    ...['rifiuta', 'continua senza', 'weigeren', 'alles weigeren', 'rejeitar', 'recusar', 'odrzuć'],
    ...['afvis', 'avvisa', 'avvis', 'hylkää', 'odmítnout', 'elutasít'],
  ],
  accept: [
    ...['accept', 'agree', 'allow', 'i agree', 'ok', 'got it', 'akzeptieren', 'alle akzeptieren'],
    ...['zustimmen', 'annehmen', 'alle annehmen', 'accepter', 'tout accepter', 'autoriser'],
    ...[
      'aceptar',
      'permitir',
      'accetta',
      'consenti',
      'accepteren',
      'akkoord',
      'aceitar',
      'akceptuj',
    ],
    ...['acceptér', 'accepter alle', 'acceptera', 'godta', 'hyväksy', 'přijmout', 'elfogad'],
  ],
} as const;
