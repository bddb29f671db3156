export { draftOf, discardDraft, saveDraft, takeVersionAsDraft } from './drafts.ts';
export { publishDraft, restoreVersion } from './publishing.ts';
