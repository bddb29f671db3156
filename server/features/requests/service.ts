/** What other features and the jobs may ask of requests. */
export {
  endForAgent,
  permitByPerson,
  permitByStaff,
  rejectAgent,
  requestForAgent,
  tellOfAgent,
  type AgentView,
} from './agent-requests.ts';
export { attendToPackages } from './answer-package.ts';
export { askedFields, checkAnswers } from './asked-questions.ts';
export {
  asksForHealth,
  choiceAsQuery,
  choiceQuery,
  readChoice,
  residenceText,
  rightsOffered,
  type Choice,
  type ChosenRight,
} from './choice.ts';
export { customerField, relationQuestion } from './relation-view.ts';
export { maskCardNumbers } from './card-numbers.ts';
export { entry, entryChoice, type Entry, type EntryChoice } from './entry-schema.ts';
export { askAboutSame, entryErrors, entryForm } from './entry-view.ts';
export { enterRequest } from './entry.ts';
export {
  addReceivedMail,
  referencesIn,
  requestByReference,
  type RequestOfReference,
} from './received-mail.ts';
export { requestPath } from './links.ts';
export { openRequestsBreakdown } from './breakdown.ts';
export { answerCodeAsks } from './code-asks.ts';
export { eraseRequest } from './erasure.ts';
export { fileInTransaction, fileRequest, type Submitted } from './intake.ts';
export { previewRequest } from './preview.ts';
export { asked, wording, type NewRequest } from './schema.ts';
export { countText, MOST_COUNTED, requestCounts, type RequestCounts } from './counting.ts';
export { listRequests } from './listing.ts';
export { attendToIdentity } from './proof-sweep.ts';
export { requestProgress, revokeAsAgent, type RequestProgress } from './progress.ts';
export { queueColumns, queueRows } from './queue-view.ts';
export { attendToRequests } from './sweep.ts';
export { fileItems } from './timeline.ts';
