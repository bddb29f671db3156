/**
 * The contract of the widget: what the server tells it, what it reports back, and what a page may ask of it.
 * The server answers `/c/<siteKey>.js` with `(()=>{const __HABEAS_CONFIG__=<WidgetConfig>;<bundle>})();`.
 */

/** The four purposes. `necessary` has no toggle and is always true. */
export type CategoryId = 'necessary' | 'preferences' | 'analytics' | 'marketing';

/** The purposes a visitor decides about. */
export type OptionalCategoryId = Exclude<CategoryId, 'necessary'>;

/** What is allowed, per purpose. */
export type Choices = { readonly necessary: true } & Readonly<Record<OptionalCategoryId, boolean>>;

/**
 * What the law of the visitor's region asks for.
 * `opt-in`: nothing optional before consent (GDPR Art. 6(1)(a), ePrivacy Art. 5(3)).
 * `opt-out`: optional purposes run until refused (CCPA § 1798.120).
 * `notice`: they run, and the visitor is told; refusing works all the same.
 */
export type ConsentModel = 'opt-in' | 'opt-out' | 'notice';

/** How a choice came about. `gpc`: the browser's Global Privacy Control spoke for the visitor. */
export type ChoiceAction = 'accept-all' | 'refuse-all' | 'choose' | 'withdraw' | 'gpc';

/** Every word the visitor reads, in the language of `WidgetConfig.language`. Plain text, never markup. */
export interface WidgetTexts {
  /** Heading of the first layer. */
  title: string;
  /** One or two short sentences of the first layer; about 160 characters keep it calm on a phone. */
  body: string;
  /** Under `opt-in` "Accept all"; under `opt-out` a plain acknowledgement such as "OK". */
  acceptAll: string;
  /** Under `opt-in` "Refuse all"; under `opt-out` "Do not sell or share". Also withdraws, in the preferences. */
  refuseAll: string;
  /** Opens the preferences from the first layer. */
  choose: string;
  /** Stores what is switched on in the preferences. */
  save: string;
  /** Name of the closing button of either layer. */
  close: string;
  /** Name of the floating button that opens the preferences again. */
  reopen: string;
  /** Text of the link to `policyUrl`. */
  policy: string;
  /** Stands where `necessary` would have a toggle. */
  alwaysActive: string;
  /** Status shown when the browser sends Global Privacy Control and it was honoured. */
  gpcHonoured: string;
  /** Heading of the preferences. */
  preferencesTitle: string;
  /** Sentence under that heading. */
  preferencesBody: string;
}

/** One purpose as it is offered. */
export interface WidgetCategory {
  id: CategoryId;
  /** Code of the legal basis, e.g. `consent`; the server records it, the widget does not show it. */
  legalBasis: string;
  title: string;
  description: string;
}

/** One published, immutable configuration of a site, chosen for the visitor's region and language. */
export interface WidgetConfig {
  siteKey: string;
  /** Absolute origin of the Habeas server, without a slash at the end. */
  endpoint: string;
  /** Hash of the published configuration; every record carries it. Letters, digits, `-` and `_` only. */
  configurationHash: string;
  /**
   * Hash of the purposes alone. A visitor is asked again when this changes, so a corrected comma asks nobody.
   * Without it, `configurationHash` takes its place. Same alphabet.
   */
  purposesHash?: string;
  model: ConsentModel;
  /** Code of the law, e.g. `gdpr`; recorded. */
  regime: string;
  region: string | null;
  /** BCP 47 tag of the texts. */
  language: string;
  direction: 'ltr' | 'rtl';
  /** Whether Global Privacy Control refuses analytics and marketing here. */
  honoursGpc: boolean;
  /** Life of the choice cookie, in days. */
  cookieDays: number;
  /** Days after which a choice has to be asked for again. */
  renewAfterDays: number;
  policyUrl: string | null;
  categories: WidgetCategory[];
  /** Names of cookies and of storage entries per category, deleted on withdrawal; a final `*` matches any ending. */
  cookies?: Partial<Record<OptionalCategoryId, string[]>>;
  texts: WidgetTexts;
  look: WidgetLook;
}

export interface WidgetLook {
  position: 'bar' | 'box' | 'centre';
  theme: 'auto' | 'light' | 'dark';
  /** Brand colour as `#rrggbb`, or null for the widget's own ink. */
  accent: string | null;
}

/** The body of `POST <endpoint>/c/<siteKey>/choices`, sent as `text/plain` so that no preflight is needed. */
export interface ChoiceRecord {
  /** Made by the browser, unique per choice: a repeated delivery is recognised by it. */
  clientKey: string;
  /** Random, made with the first choice and not before. */
  visitorId: string;
  configurationHash: string;
  action: ChoiceAction;
  choices: Choices;
  model: ConsentModel;
  regime: string;
  language: string;
  /** What the browser sent, whether or not it is honoured here. */
  signals: { gpc: boolean };
  /** Origin and path: no query, no fragment. */
  page: string;
  /** ISO 8601 instant of the browser's clock. */
  chosenAt: string;
  /** `clientKey` of this visitor's choice before this one. */
  previousKey: string | null;
}

/** A choice as the first-party cookie keeps it. */
export interface StoredChoice {
  visitorId: string;
  clientKey: string;
  /** Milliseconds since the epoch. */
  chosenAt: number;
  choices: Choices;
  model: ConsentModel;
  /** Whether the choice was made in the knowledge that the browser sends Global Privacy Control and we honour it. */
  gpc: boolean;
  configurationHash: string;
  purposesHash: string;
}

/** What a page learns. */
export interface ConsentState {
  /** What may run now. */
  readonly choices: Choices;
  /** False while the choice still has to be made. */
  readonly decided: boolean;
  readonly chosenAt: string | null;
  /** Null before the first choice: until then the visitor has no identifier. */
  readonly visitorId: string | null;
  readonly model: ConsentModel;
  readonly regime: string;
  readonly region: string | null;
  readonly language: string;
  /** Whether the browser sends Global Privacy Control and this site honours it. */
  readonly gpc: boolean;
}

/**
 * `window.habeas`. Each change is also a `habeas:change` event on `document` whose detail is the new state;
 * `habeas:ready` says once that this object exists.
 */
export interface HabeasApi {
  state: () => ConsentState;
  /** Calls back on each change, not at once. Returns a function that ends it. */
  onChange: (listener: (state: ConsentState) => void) => () => void;
  /** Opens the preferences. */
  open: () => void;
  /** Records a choice made in the page's own controls. What is not named stays as it is. */
  set: (choices: Partial<Record<OptionalCategoryId, boolean>>) => void;
  /** Refuses everything optional, and records that. */
  withdraw: () => void;
  /** Forgets the choice in this browser and asks again. The records at the server stay. */
  reset: () => void;
}
