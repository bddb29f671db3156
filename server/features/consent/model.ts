import { model, Schema, type Types } from 'mongoose';
import type {
  CategoryId,
  ChoiceAction,
  ConsentLaw,
  ConsentModel,
  OptionalCategoryId,
  RegimeMode,
  lookCorners,
  lookPositions,
  lookThemes,
  storageKinds,
} from '../../../config/consent.ts';
import { onlyGrows } from '../../database/append-only.ts';
import { belongsToOrganization, type OfOrganization } from '../../database/tenancy.ts';

/** Every word of the banner in one language, under one model. Mirrors the widget's contract. */
export interface BannerTexts {
  title: string;
  body: string;
  acceptAll: string;
  refuseAll: string;
  choose: string;
  save: string;
  close: string;
  reopen: string;
  saved: string;
  unavailable: string;
  policy: string;
  alwaysActive: string;
  gpcHonoured: string;
  sellLink: string;
  limitLink: string;
  ageHint: string;
  embedBody: string;
  embedLoad: string;
  embedAlways: string;
  preferencesTitle: string;
  preferencesBody: string;
  minor: string;
  services: string;
  provider: string;
  transfer: string;
  cookies: string;
  providerPolicy: string;
  declaration: string;
}

export interface CategoryTexts {
  title: string;
  description: string;
}

export interface TextsOfLanguage {
  models: Record<ConsentModel, BannerTexts>;
  categories: Record<CategoryId, CategoryTexts>;
}

export interface BannerLook {
  position: (typeof lookPositions)[number];
  theme: (typeof lookThemes)[number];
  corner: (typeof lookCorners)[number];
  /** `#rrggbb`, or null for the widget's own colour. */
  accent: string | null;
}

/** A cookie or another entry in the visitor's browser. */
export interface ServiceCookie {
  /** A final `*` matches any ending. */
  name: string;
  kind: (typeof storageKinds)[number];
  /** How long it lives; 0 until the browser is closed, null for good. */
  days: number | null;
  /** By language; may be empty. */
  purpose: Record<string, string>;
}

/** What one company does on the site: the unit in which visitors may choose beneath a category. */
export interface ConsentService {
  /** Lower-case letters, digits and hyphens; unique within the site. */
  id: string;
  name: string;
  category: CategoryId;
  /** The company behind it. */
  provider: string;
  /** By language; may be empty. */
  purpose: Record<string, string>;
  /** Hosts it is loaded from, with those below them. */
  domains: string[];
  cookies: ServiceCookie[];
  /** Countries (ISO 3166-1) to which data go. */
  transfers: string[];
  policyUrl: string | null;
}

/** All that a published configuration says: enough to show again what a visitor saw. */
export interface ConfigurationContent {
  regimeMode: RegimeMode;
  laws: ConsentLaw[];
  categories: { id: CategoryId; legalBasis: Record<ConsentModel, string> }[];
  /** Names of cookies and storage entries that a withdrawal clears; a final `*` matches any ending. */
  cookies: Record<OptionalCategoryId, string[]>;
  services: ConsentService[];
  policyUrl: string | null;
  cookieDays: number;
  /** Domain of the choice cookie, shared by its subdomains; null for each host alone. */
  cookieDomain: string | null;
  renewAfterDays: number;
  /** Whether known trackers that nobody marked are held back, and hosts of those let through. */
  blocksTrackers: boolean;
  allowed: string[];
  /** Whether Google's and Microsoft's consent modes are told. */
  consentMode: boolean;
  honoursDnt: boolean;
  /** Hosts of the organisation's other sites that share choices with this one. */
  group: string[];
  /** Age from which somebody consents alone here; null for no rule. */
  minimumAge: number | null;
  /** Whether each prompt is counted, without any identifier. */
  countsPrompts: boolean;
  look: BannerLook;
  /** The first one is the default. */
  languages: string[];
  texts: Record<string, TextsOfLanguage>;
}

export interface ConfigurationRow extends OfOrganization {
  _id: Types.ObjectId;
  siteId: Types.ObjectId;
  /** Counts from 1 in each site; the highest is the one in force. */
  version: number;
  /** SHA-256 in hexadecimal of the canonical JSON of site key, version and content. */
  hash: string;
  /** The same of the organisation and the purposes alone, shortened: visitors are asked again when it changes. */
  purposesHash: string;
  content: ConfigurationContent;
  /** Why it was published, in the publisher's words; may be empty. */
  note: string;
  publishedAt: Date;
  /** Staff account; null for the default that a site starts with. */
  publishedBy: string | null;
}

const fixed = { required: true, immutable: true } as const;

const configurationSchema = new Schema<ConfigurationRow>(
  {
    siteId: { type: Schema.Types.ObjectId, ...fixed },
    version: { type: Number, ...fixed },
    hash: { type: String, ...fixed },
    purposesHash: { type: String, ...fixed },
    content: { type: Schema.Types.Mixed, ...fixed },
    note: { type: String, default: '', immutable: true },
    publishedAt: { type: Date, ...fixed },
    publishedBy: { type: String, default: null, immutable: true },
  },
  { collection: 'consentConfigurations', strict: 'throw', minimize: false },
);
belongsToOrganization(configurationSchema);
configurationSchema.index({ siteId: 1, version: -1 }, { unique: true });
configurationSchema.index({ siteId: 1, hash: 1 }, { unique: true });
configurationSchema.index({ organizationId: 1, purposesHash: 1 });

export type Choices = Record<CategoryId, boolean>;

export interface ConsentRecordRow extends OfOrganization {
  _id: Types.ObjectId;
  siteId: Types.ObjectId;
  /** Made by the browser, unique per choice. */
  clientKey: string;
  /** Random, made in the browser with the first choice: identifies a browser, not a person. */
  visitorId: string;
  action: ChoiceAction;
  choices: Choices;
  /** Services that were decided apart from their category, by id. */
  services: Record<string, boolean>;
  legalBasis: Record<CategoryId, string>;
  model: ConsentModel;
  regime: string;
  /** Named by a trusted proxy; null when unknown. */
  region: string | null;
  configurationHash: string;
  configurationVersion: number;
  /** SHA-256 of the very words that were shown, shortened. */
  textsHash: string;
  language: string;
  gpc: boolean;
  dnt: boolean;
  /** What the page's IAB frameworks said; null where it has none. */
  tcf: string | null;
  gpp: string | null;
  /** Origin and path. */
  page: string;
  /** Browser family and kind of device: nothing finer is kept. */
  browser: string;
  device: string;
  /** By the browser's clock. */
  chosenAt: Date;
  recordedAt: Date;
  /** When the choice took effect: the browser's time, but never later than ours. */
  inForceAt: Date;
  previousKey: string | null;
  receivedVia: string;
}

const recordSchema = new Schema<ConsentRecordRow>(
  {
    siteId: { type: Schema.Types.ObjectId, ...fixed },
    clientKey: { type: String, ...fixed },
    visitorId: { type: String, ...fixed },
    action: { type: String, ...fixed },
    choices: { type: Schema.Types.Mixed, ...fixed },
    services: { type: Schema.Types.Mixed, default: {}, immutable: true },
    legalBasis: { type: Schema.Types.Mixed, ...fixed },
    model: { type: String, ...fixed },
    regime: { type: String, ...fixed },
    region: { type: String, default: null, immutable: true },
    configurationHash: { type: String, ...fixed },
    configurationVersion: { type: Number, ...fixed },
    textsHash: { type: String, default: '', immutable: true },
    language: { type: String, ...fixed },
    gpc: { type: Boolean, ...fixed },
    dnt: { type: Boolean, default: false, immutable: true },
    tcf: { type: String, default: null, immutable: true },
    gpp: { type: String, default: null, immutable: true },
    page: { type: String, ...fixed },
    browser: { type: String, ...fixed },
    device: { type: String, ...fixed },
    chosenAt: { type: Date, ...fixed },
    recordedAt: { type: Date, ...fixed },
    inForceAt: { type: Date, ...fixed },
    previousKey: { type: String, default: null, immutable: true },
    receivedVia: { type: String, ...fixed },
  },
  { collection: 'consentRecords', strict: 'throw', minimize: false, versionKey: false },
);
belongsToOrganization(recordSchema);
recordSchema.index({ siteId: 1, clientKey: 1 }, { unique: true });
recordSchema.index({ organizationId: 1, siteId: 1, recordedAt: -1, _id: -1 });
recordSchema.index({ organizationId: 1, siteId: 1, visitorId: 1, inForceAt: -1, _id: -1 });

const NEVER_CHANGED = 'Consent records and published configurations are never changed.';
onlyGrows(configurationSchema, NEVER_CHANGED);
onlyGrows(recordSchema, NEVER_CHANGED);

export const ConfigurationModel = model('ConsentConfiguration', configurationSchema);
export const ConsentRecordModel = model('ConsentRecord', recordSchema);
