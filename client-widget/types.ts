/**
 * The contract of the widget: what the server tells it, what it reports back, and what a page may ask of it.
 * The server answers `/c/<siteKey>.js` with a piece of the widget behind its configuration: `first` with a
 * `FirstConfig`, or, where it sees a choice that stands, `back` with a `BackConfig` (`back-guarded` with a
 * `GuardedConfig` where something was refused). What is needed later are modules below
 * `/c/<siteKey>/<version>/<language>/<regime>/`: `rest.js` with the `RestConfig` for `first`, `whole.js` with the
 * `WidgetConfig` for the others, `dialog.js` with the `DialogConfig`, and `embeds.js` with the `EmbedConfig`.
 * What is off or empty may be left out.
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

/** What is allowed, per service that the site names. */
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
  /** Told once the visitor has chosen. */
  saved: string;
  /** Told where the preferences cannot be fetched. */
  unavailable: string;
  /** Text of the link to `policyUrl`. */
  policy: string;
  /** Status shown when the browser sends Global Privacy Control and it was honoured. */
  gpcHonoured: string;
}

/** The words in the place of a held frame: `{service}` is the name of what it would load. */
export interface EmbedTexts {
  body: string;
  /** Loads this frame once. */
  load: string;
  /** Loads this frame now, and allows its service from now on. */
  always: string;
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
  /** What somebody is told whom the page declares to be below the age of consent. */
  minor: string;
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
  /** As in `WidgetTexts`. */
  gpcHonoured: string;
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
  /** Hosts it is loaded from; those below them are meant as well. */
  domains: string[];
}

/** What every piece is told: enough to put a standing choice into force. Chosen for the visitor's law and language. */
export interface CoreConfig {
  /**
   * Names this publication and this build of the widget in the addresses of its modules, so that what lies there
   * never changes.
   */
  version: string;
  /**
   * Hash of purposes and services. A visitor is asked again when this changes, so a corrected comma asks nobody.
   * Letters, digits, `-` and `_` only.
   */
  purposesHash: string;
  model: ConsentModel;
  /** Code of the law, e.g. `gdpr`; recorded. */
  regime: string;
  /** BCP 47 tag of the texts. */
  language: string;
  /** From left to right where it is left out. */
  direction?: 'ltr' | 'rtl';
  /** Whether Global Privacy Control refuses analytics and marketing here, and whether Do Not Track does the same. */
  honoursGpc?: boolean;
  honoursDnt?: boolean;
  /** Days after which consent lapses, and for which somebody who refused is left alone. */
  renewAfterDays: number;
  refusalDays: number;
  /** The optional categories that this site has. */
  categories: OptionalCategoryId[];
  services: Pick<WidgetService, 'id' | 'category'>[];
  /** Whether Google's and Microsoft's consent modes are told. */
  consentMode?: boolean;
  /** Hosts of the sites that share choices with this one. */
  group?: string[];
  texts: Pick<WidgetTexts, 'unavailable'>;
  look: Pick<WidgetLook, 'theme'>;
}

/** What the floating button is told. */
export interface ButtonConfig {
  texts: Pick<WidgetTexts, 'reopen'>;
  look: Pick<WidgetLook, 'corner'>;
  /** What stands in it: a sign or, where the law has words for it, these. */
  sign: string;
}

/** What `back` is told, which serves a visitor whose choice the server saw. */
export interface BackConfig {
  /** How the cookie of such a visitor goes on after the ids: allowed, model and signal, purposes. */
  stands: string;
  /** The folder of its modules, below the address of the script. */
  modules: string;
  /** What that choice means. */
  state: Pick<ConsentState, 'choices' | 'model' | 'regime' | 'language'> &
    Partial<Pick<ConsentState, 'services' | 'gpc'>>;
  /** Told where it is off. */
  consentMode?: false;
  /** Whether links to other sites take the choice along. */
  isShared?: true;
  /** Of the floating button: its name, what stands in it, and what it says where nothing can be fetched. */
  name: string;
  sign: string;
  failure: string;
  /** Theme and corner of that button, as CSS declares them. */
  style: string;
}

/** What the guard is told beside it, where something is held back. */
export interface GuardConfig extends CoreConfig {
  services: WidgetService[];
  /** Whether known trackers that nobody marked are held back as well. */
  blocksTrackers?: boolean;
  /** Hosts of known trackers that this site lets through all the same. */
  allowed?: string[];
  /**
   * Names of cookies, storage entries and databases per category and service, which refusal forbids and withdrawal
   * deletes; a final `*` matches any ending.
   */
  cookies: Readonly<Record<string, string[]>>;
}

/** What `back-guarded` is told. */
export type GuardedConfig = GuardConfig & ButtonConfig;

/** What the question in the place of a held frame is told. */
export interface EmbedConfig {
  language: string;
  direction?: 'ltr' | 'rtl';
  look: Pick<WidgetLook, 'theme' | 'paint'>;
  texts: EmbedTexts;
  services: { id: string; name: string }[];
}

/** What `first` is told, of one published, immutable configuration of a site. */
export interface FirstConfig extends GuardConfig {
  /** Where this site's doors are, told where the script stands in the page itself: `https://host/c/<siteKey>`. */
  address?: string;
  /** Hash of the published configuration; every record carries it. Same alphabet as `purposesHash`. */
  configurationHash: string;
  /** Life of the choice cookie, in days. */
  cookieDays: number;
  /** Domain of the choice cookie, shared by its subdomains; null for this host alone. */
  cookieDomain?: string | null;
  policyUrl?: string | null;
  /** Forms of the privacy centre that this law asks for: against sale and sharing, against use of sensitive data. */
  links?: { url: string; text: string }[];
  /** What somebody too young to consent alone is told; null where the site has no rule. */
  ageHint?: string | null;
  /** Whether each prompt is counted, without any identifier. */
  countsPrompts?: boolean;
  texts: Omit<WidgetTexts, 'reopen' | 'gpcHonoured'>;
  look: Omit<WidgetLook, 'corner'>;
}

/** What is told beside that when the rest is fetched. */
export interface RestConfig extends ButtonConfig {
  texts: Pick<WidgetTexts, 'reopen' | 'gpcHonoured'>;
}

/** A whole configuration. */
export type WidgetConfig = FirstConfig & RestConfig;

/** What the rest needs of it. */
export type LaterConfig = Omit<FirstConfig, 'texts' | 'look'> & RestConfig;

export interface WidgetLook {
  position: 'bar' | 'box' | 'centre';
  /** Where the floating button stands. */
  corner: 'start' | 'end';
  theme: 'auto' | 'light' | 'dark';
  /** Style rules that set the tokens to the site's colours, made readable by the server; empty for the widget's own. */
  paint?: string;
}

/** The body of `POST /c/<siteKey>/choices`, sent as `text/plain` so that no preflight is needed. */
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
 * The body of `POST /c/<siteKey>/prompts`, sent as `text/plain` where `countsPrompts` is on and a banner was
 * shown. It names nobody.
 */
export type PromptReport = Pick<
  ChoiceRecord,
  'configurationHash' | 'model' | 'regime' | 'language'
>;

/** The body of `POST /c/<siteKey>/identify`, as `text/plain`. */
export interface Identification {
  /** Signed by the site; names its signed-in person. */
  token: string;
  /** Of this browser; a new one where it has made no choice yet. */
  visitorId: string;
}

/** What it answers: the person's latest choice for these purposes, or null. */
export interface IdentificationReply {
  choice: { choices: Choices; services: ServiceChoices; chosenAt: string } | null;
}

/** What a page learns. */
export interface ConsentState {
  /** What may run now. */
  readonly choices: Choices;
  readonly services: ServiceChoices;
  /** False while a choice still has to be made. */
  readonly decided: boolean;
  readonly chosenAt: string | null;
  /** Null before the first choice: until then the visitor has no identifier. */
  readonly visitorId: string | null;
  readonly model: ConsentModel;
  readonly regime: string;
  readonly language: string;
  /** Whether the browser sends Global Privacy Control and this site honours it. */
  readonly gpc: boolean;
  /** Whether the page declares the visitor to be below the age of consent (`data-minor` on the tag). */
  readonly minor: boolean;
}

/**
 * `window.habeas`. Each change is also a `habeas:change` event on `document` whose detail is the new state;
 * `habeas:ready` says once that this object exists. What changes something resolves when it is in force: when
 * what it takes has been fetched, which is done once; it rejects when that cannot be had.
 */
export interface HabeasApi {
  state: () => ConsentState;
  /** Calls back on each change, not at once. Returns a function that ends it. */
  onChange: (listener: (state: ConsentState) => void) => () => void;
  /** Opens the preferences. */
  open: () => Promise<void>;
  /** Records a choice made in the page's own controls. What is not named stays as it is. */
  set: (
    choices: Partial<Record<OptionalCategoryId, boolean>>,
    services?: Readonly<Record<string, boolean>>,
  ) => Promise<void>;
  /** Refuses everything optional, and records that. */
  withdraw: () => Promise<void>;
  /** Forgets the choice in this browser and asks again. The records at the server stay. */
  reset: () => Promise<void>;
  /**
   * Binds this browser to the signed-in person whom the site's signed token names, and takes over what that person
   * chose last on another device. Resolves to whether the server accepted the token.
   */
  identify: (token: string) => Promise<boolean>;
}
