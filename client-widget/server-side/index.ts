/** What a site's own server uses: `dist/client-widget/server-side.js`, without dependencies. */
export { consentOf } from './consent.ts';
export type { Consent, ConsentSite, VisitorHeaders } from './consent.ts';
export { requireConsent } from './express.ts';
export type { ConsentOptions } from './express.ts';
export { consentPolicy, holdTrackers } from './recipe.ts';
export type { NeededSources } from './recipe.ts';
