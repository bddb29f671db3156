/** What other features may ask of assertions. */
export { issuerById, issuersOf } from './issuers.ts';
export type { IssuerRow } from './model.ts';
export {
  endSignedInSession,
  nonceFor,
  signedInVisit,
  startSignedInSession,
  type SignedInVisit,
} from './sessions.ts';
export { acceptAssertion, AssertionRefused, audienceOf, type AssertionFault } from './verifying.ts';
