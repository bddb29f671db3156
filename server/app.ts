import express, { type Express } from 'express';
import { config } from '../config/index.ts';
import { agentNetworkPages } from './features/agent-network/pages.ts';
import { networkRoutes } from './features/agent-network/routes.ts';
import { apiKeyPages } from './features/api-keys/pages.ts';
import { machineOf } from './features/api-keys/service.ts';
import { agreementPages } from './features/agreements/pages.ts';
import { issuerPages } from './features/assertions/pages.ts';
import { agentPages } from './features/agents/public-pages.ts';
import { agentStaffPages } from './features/agents/staff-pages.ts';
import { auditPages } from './features/audit/pages.ts';
import { consentPages } from './features/consent/pages.ts';
import { consentRoutes } from './features/consent/routes.ts';
import { standingPages } from './features/consent/standing-pages.ts';
import { designPages } from './features/designer/pages.ts';
import { formPages } from './features/designer/form-pages.ts';
import { installationPages } from './features/designer/installation-pages.ts';
import { previewPages } from './features/designer/preview-pages.ts';
import { versionPages } from './features/designer/version-pages.ts';
import { deliveryPages } from './features/deliveries/pages.ts';
import { explainPages } from './features/explain/pages.ts';
import { insightPages } from './features/insight/pages.ts';
import { inventoryPages } from './features/inventory/pages.ts';
import { stageFile } from './features/files/service.ts';
import { inboxPages } from './features/inbox/pages.ts';
import { letterPages } from './features/letters/pages.ts';
import { organizationPages } from './features/organizations/pages.ts';
import { overviewPages } from './features/overview/pages.ts';
import { policyPages } from './features/policies/pages.ts';
import { identityPages } from './features/identity/pages.ts';
import { portalNextPages } from './features/requests/portal-next-pages.ts';
import { portalPages } from './features/requests/portal-pages.ts';
import { proofPages } from './features/requests/proof-pages.ts';
import { proofStaffPages } from './features/requests/proof-staff-pages.ts';
import { publicPages } from './features/requests/public-pages.ts';
import { signedInPages } from './features/requests/signed-in-pages.ts';
import { requestPages } from './features/requests/staff-pages.ts';
import { requestRoutes } from './features/requests/routes.ts';
import { scanPages } from './features/scans/pages.ts';
import { suppressionPages } from './features/suppressions/pages.ts';
import { suppressionRoutes } from './features/suppressions/routes.ts';
import { staffPages } from './features/staff/pages.ts';
import { accountOf, memberOf } from './features/staff/service.ts';
import { answerProblem } from './http/answer-problem.ts';
import { publicJson, type Door } from './http/doors.ts';
import { neverStore, securityHeaders } from './http/headers.ts';
import { openDoors } from './http/open-doors.ts';
import { describeDoors } from './http/openapi.ts';
import { sendToSignIn } from './http/sign-in-first.ts';
import { serveAssets } from './http/views.ts';
import { mailPages } from './mail/pages.ts';
import { Problem } from './problem.ts';
import { siteDoors } from './site-doors.ts';

/** Every door of the house. */
export const doors: readonly Door[] = [
  ...siteDoors,
  ...staffPages,
  ...organizationPages,
  ...mailPages,
  ...inventoryPages,
  ...agreementPages,
  ...policyPages,
  ...consentRoutes,
  ...consentPages,
  ...scanPages,
  ...standingPages,
  ...designPages,
  ...formPages,
  ...previewPages,
  ...versionPages,
  ...installationPages,
  ...insightPages,
  ...agentPages,
  ...agentStaffPages,
  ...publicPages,
  ...portalPages,
  ...proofPages,
  ...portalNextPages,
  ...signedInPages,
  ...requestRoutes,
  ...requestPages,
  ...proofStaffPages,
  ...identityPages,
  ...inboxPages,
  ...suppressionRoutes,
  ...suppressionPages,
  ...explainPages,
  ...letterPages,
  ...deliveryPages,
  ...overviewPages,
  ...auditPages,
  ...apiKeyPages,
  ...networkRoutes,
  ...agentNetworkPages,
  ...issuerPages,
];

const described = describeDoors(doors);

/** Where the document of all JSON doors is read; */
const documentDoor: Door = publicJson({
  method: 'get',
  path: '/api/v1/openapi.json',
  name: 'openapi',
  summary: 'This document',
  replies: { 200: { description: 'OpenAPI 3.1' } },
  act: () => Promise.resolve({ json: described }),
});

/** The whole application, ready to listen. */
export function createApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.trustProxy);
  app.set('query parser', 'simple');
  // What may be kept names its own; all else is never stored.
  app.disable('etag');
  // One address per page, so that what decides by path cannot be misled.
  app.enable('case sensitive routing');
  app.use(securityHeaders, serveAssets, neverStore);
  openDoors(app, [...doors, documentDoor], { accountOf, memberOf, machineOf, stage: stageFile });
  app.use(() => {
    throw new Problem('not-found', 'There is nothing at this address.');
  });
  app.use(sendToSignIn, answerProblem);
  return app;
}
