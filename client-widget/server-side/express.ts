import { consentOf, type Consent, type ConsentSite, type VisitorHeaders } from './consent.ts';
import { consentPolicy, holdTrackers, type NeededSources } from './recipe.ts';

/** What this uses of Express. */
interface Request {
  headers: VisitorHeaders;
  consent?: Consent;
}
interface Response {
  append: (name: string, value: string) => unknown;
  vary: (name: string) => unknown;
  send: (body?: unknown) => unknown;
  get: (name: string) => string | undefined;
}

export interface ConsentOptions {
  /** Hosts that the page needs whatever is chosen: the Habeas server, unless proxied, and the site's own others. */
  needed?: NeededSources;
  /** Whether known trackers in pages that `response.send` sends are held back in the markup too. */
  rewritesPages?: boolean;
}

/**
 * Express middleware: `request.consent` tells what may run, and until all may, the page comes with a policy that
 * lets nothing else out. Use it after whatever sets a policy of its own, such as Helmet.
 */
export function requireConsent(
  site: ConsentSite,
  { needed = {}, rewritesPages = false }: ConsentOptions = {},
): (request: Request, response: Response, next: () => void) => void {
  return (request, response, next) => {
    const consent = consentOf(site, request.headers);
    request.consent = consent;
    response.vary('Cookie');
    response.vary('Sec-GPC');
    const policy = consentPolicy(site, consent, needed);
    if (policy) response.append('Content-Security-Policy', policy);
    if (policy && rewritesPages) {
      const send = response.send.bind(response);
      response.send = (body) =>
        send(isPage(response, body) ? holdTrackers(body, site, consent) : body);
    }
    next();
  };
}

function isPage(response: Response, body: unknown): body is string {
  // Express calls a string without a type HTML.
  return typeof body === 'string' && (response.get('Content-Type') ?? 'html').includes('html');
}
