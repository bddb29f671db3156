import { judge, type Rules } from '../consent.ts';
import type { Choices, ServiceChoices, WidgetService } from '../types.ts';

/** What the site's server has to know of its published configuration. */
export interface ConsentSite extends Rules {
  /** Whether Global Privacy Control refuses analytics and marketing here. */
  honoursGpc: boolean;
  services: Pick<WidgetService, 'id' | 'category' | 'domains'>[];
  /** Hosts of known trackers that need no choice here. */
  allowed: string[];
}

/** What a request tells of its visitor. */
export interface VisitorHeaders {
  cookie?: string | undefined;
  'sec-gpc'?: string | string[] | undefined;
}

/** What may run for a visitor. */
export interface Consent {
  choices: Choices;
  services: ServiceChoices;
  /** Whether a choice stands, so that the visitor is not asked. */
  decided: boolean;
  visitorId: string | null;
  /** Whether a category or a service, by its id, may run; undefined for what the site does not have. */
  isAllowed: (purpose: string) => boolean | undefined;
}

/** What may run for the visitor who sent these headers: the widget's own rules, applied on the server. */
export function consentOf(site: ConsentSite, headers: VisitorHeaders, now = Date.now()): Consent {
  const { categories, services } = site;
  const isSignalled = site.honoursGpc && headers['sec-gpc'] === '1';
  const { allowed, decided, visitorId } = judge(site, headers.cookie ?? '', isSignalled, now);
  const purposes = ['necessary', ...categories, ...services.map(({ id }) => id)];
  const answers = new Map(purposes.map((id, at) => [id, `1${allowed}`[at] === '1']));
  const isAllowed = (purpose: string) => answers.get(purpose);
  return {
    choices: {
      necessary: true,
      preferences: isAllowed('preferences') ?? false,
      analytics: isAllowed('analytics') ?? false,
      marketing: isAllowed('marketing') ?? false,
    },
    services: Object.fromEntries(services.map(({ id }) => [id, isAllowed(id) ?? false])),
    decided,
    visitorId,
    isAllowed,
  };
}
