/**
 * The contract of the widget: what the server tells it, what it reports back, and what a page may ask of it.
 * The server answers `/c/<siteKey>.js` with `(()=>{const __HABEAS_CONFIG__=<WidgetConfig>;<bundle>})();`. The second
 * layer comes when it is opened, as a module with the `DialogConfig`.
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

/**
 * How a choice came about. `gpc` and `dnt`: a signal of the browser spoke for the visitor. `carried`: made on another
 * site of the same group. `linked`: made by the same signed-in person on another device.
 */
export type ChoiceAction =
  'accept-all' | 'refuse-all' | 'choose' | 'withdraw' | 'gpc' | 'dnt' | 'carried' | 'linked';

/** Services beneath the categories that the visitor decided apart, by id. What is not named follows its category. */
export type ServiceChoices = Readonly<Record<string, boolean>>;

/** Every word of the first layer, in the language of `WidgetConfig.language`. Plain text, never markup. */
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
  /** Name of the closing button of either layer. */
  close: string;
  /** Name of the floating button that opens the preferences again. */
  reopen: string;
  /** Text of the link to `policyUrl`. */
  policy: string;
  /** Status shown when the browser sends Global Privacy Control and it was honoured. */
  gpcHonoured: string;
  /** Link to the form of a request to opt out of sale and sharing; shown where `links.sell` is given. */
  sellLink: string;
  /** Link to the form that limits the use of sensitive data; shown where `links.limit` is given. */
  limitLink: string;
  /** What somebody below `minimumAge` is told, with the age filled in. */
  ageHint: string;
  /** In the place of an embed: `{service}` is its name. */
  embedBody: string;
  /** Loads this embed once. */
  embedLoad: string;
  /** Loads this embed now, and allows its service from now on. */
  embedAlways: string;
}

/** The words of the second layer, beside `WidgetTexts`. */
export interface DialogTexts {
  /** Stores what is switched on. */
  save: string;
  /** Stands where `necessary` would have a toggle. */
  alwaysActive: string;
  preferencesTitle: string;
  /** Sentence under that heading. */
  preferencesBody: string;
  /** Opens the list of a category's services; `{count}` is their number. */
  services: string;
  /** Before the name of the company. */
  provider: string;
  /** Before the country to which data go. */
  transfer: string;
  /** Before the names of cookies and how long they live. */
  cookies: string;
  /** Link to the provider's own notice. */
  providerPolicy: string;
  /** Link to the whole declaration. */
  declaration: string;
}

/** One purpose as it is offered in the second layer. */
export interface DialogCategory {
  id: CategoryId;
  title: string;
  description: string;
  services: DialogService[];
}

export interface DialogService {
  id: string;
  name: string;
  provider: string;
  purpose: string;
  /** Names and lives of its cookies and storage entries, ready to read. */
  cookies: string[];
  /** Countries outside the visitor's law to which data go, ready to read; null for none. */
  transfer: string | null;
  policyUrl: string | null;
}

/** What the second layer is told when it is fetched. */
export interface DialogConfig {
  texts: DialogTexts;
  categories: DialogCategory[];
  /** The public list of cookies and services. */
  declarationUrl: string | null;
}

/** A company's service as the gate knows it. */
export interface WidgetService {
  id: string;
  category: OptionalCategoryId;
  name: string;
  /** Hosts it is loaded from; those below them are meant as well. */
  domains: string[];
}

/** One published, immutable configuration of a site, chosen for the visitor's region and language. */
export interface WidgetConfig {
  siteKey: string;
  /** Origin of the Habeas server, used where the script cannot see its own address. No slash at the end. */
  endpoint: string;
  /** Hash of the published configuration; every record carries it. Letters, digits, `-` and `_` only. */
  configurationHash: string;
  /**
   * Hash of purposes and services. A visitor is asked again when this changes, so a corrected comma asks nobody.
   * Same alphabet.
   */
  purposesHash: string;
  model: ConsentModel;
  /** Code of the law, e.g. `gdpr`; recorded. */
  regime: string;
  region: string | null;
  /** BCP 47 tag of the texts. */
  language: string;
  direction: 'ltr' | 'rtl';
  /** Whether Global Privacy Control refuses analytics and marketing here, and whether Do Not Track does the same. */
  honoursGpc: boolean;
  honoursDnt: boolean;
  /** Life of the choice cookie, in days. */
  cookieDays: number;
  /** Domain of the choice cookie, shared by its subdomains; null for this host alone. */
  cookieDomain: string | null;
  /** Days after which a choice has to be asked for again, and after which a refusal may be. */
  renewAfterDays: number;
  refusalDays: number;
  policyUrl: string | null;
  /** Forms of the privacy centre that this law asks for. */
  links: { sell: string | null; limit: string | null };
  /** Age from which somebody consents alone here; null where the site has no rule. */
  minimumAge: number | null;
  /** The optional categories that this site has. */
  categories: OptionalCategoryId[];
  services: WidgetService[];
  /** Whether known trackers that nobody marked are held back as well. */
  blocksTrackers: boolean;
  /** Hosts of known trackers that this site lets through all the same. */
  allowed: string[];
  /** Whether Google's and Microsoft's consent modes are told. */
  consentMode: boolean;
  /** Hosts of the sites that share choices with this one. */
  group: string[];
  /** Whether each prompt is counted, without any identifier. */
  countsPrompts: boolean;
  /** Names of cookies and of storage entries per category, deleted on withdrawal; a final `*` matches any ending. */
  cookies: Partial<Record<OptionalCategoryId, string[]>>;
  texts: WidgetTexts;
  look: WidgetLook;
  dialog: DialogConfig;
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
  services: ServiceChoices;
  model: ConsentModel;
  regime: string;
  language: string;
  /** What the browser sent, whether or not it is honoured here, and what other frameworks on the page say. */
  signals: { gpc: boolean; dnt: boolean; tcf: string | null; gpp: string | null };
  /** Origin and path: no query, no fragment. */
  page: string;
  /** ISO 8601 instant of the browser's clock. */
  chosenAt: string;
  /** `clientKey` of this visitor's choice before this one. */
  previousKey: string | null;
}

/**
 * The body of `POST <endpoint>/c/<siteKey>/prompts`, sent as `text/plain` where `countsPrompts` is on and a banner was
 * shown. It names nobody.
 */
export type PromptReport = Pick<
  ChoiceRecord,
  'configurationHash' | 'model' | 'regime' | 'language'
>;

/** A choice as the first-party cookie keeps it. */
export interface StoredChoice {
  visitorId: string;
  clientKey: string;
  /** Milliseconds since the epoch. */
  chosenAt: number;
  choices: Choices;
  services: ServiceChoices;
  model: ConsentModel;
  /** Whether the choice was made in the knowledge that the browser sends Global Privacy Control and we honour it. */
  gpc: boolean;
  purposesHash: string;
}

/** What a page learns. */
export interface ConsentState {
  /** What may run now. */
  readonly choices: Choices;
  /** What may run now, of the services that the site names. */
  readonly services: ServiceChoices;
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
  set: (
    choices: Partial<Record<OptionalCategoryId, boolean>>,
    services?: Readonly<Record<string, boolean>>,
  ) => void;
  /** Refuses everything optional, and records that. */
  withdraw: () => void;
  /** Forgets the choice in this browser and asks again. The records at the server stay. */
  reset: () => void;
  /**
   * Binds this browser to the signed-in person whom the site's signed token names, and takes over what that person
   * chose last on another device. Resolves to whether the server accepted the token.
   */
  identify: (token: string) => Promise<boolean>;
}
