import { documentKinds, staffEvidence, viewReasons } from '../../../config/identity.ts';
import { countries } from '../../deadlines/jurisdiction.ts';
import type { Language } from '../../language.ts';
import { newClientKey } from '../../wire.ts';
import { errorList } from '../../typed.ts';
import type { IdentityDocumentRow } from '../identity/service.ts';
import type { StaffMember } from '../staff/service.ts';
import { requestPath } from './links.ts';
import type { IdentityForStaff } from './proof-staff.ts';

/** What staff typed into one of the forms, and what is wrong with it. */
export interface RefusedStaffProof {
  form: string;
  values: Record<string, unknown>;
  errors: Record<string, string>;
  notice?: string;
}

const levelText = ({ t }: Language, level: number) => t(`identity.level.${String(level)}`);

const DOCUMENT_TONES = {
  waiting: 'warning',
  accepted: 'success',
  rejected: 'danger',
  expired: 'neutral',
} as const;

function documentItem(
  language: Language,
  { id: reviewerId, organization: { timeZone } }: StaffMember,
  row: IdentityDocumentRow,
  here: string,
) {
  const { t, moment, country } = language;
  const action = `${here}/documents/${row._id.toHexString()}`;
  return {
    id: row._id.toHexString(),
    badge: { text: t(`identity.state.${row.state}`), tone: DOCUMENT_TONES[row.state] },
    isWaiting: row.state === 'waiting',
    decision:
      row.state === 'waiting' && row.reviewerId === reviewerId
        ? decisionForm(language, `${action}/decision`)
        : null,
    viewAction: `${action}/view`,
    facts: [
      { term: t('identity.staff.uploaded'), text: moment(row.uploadedAt, timeZone) },
      ...(row.nextActionAt
        ? [{ term: t('identity.staff.deletedBy'), text: moment(row.nextActionAt, timeZone) }]
        : []),
      ...(row.kind && row.country
        ? [
            {
              term: t('identity.staff.kind'),
              text: `${t(`identity.kind.${row.kind}`)}, ${country(row.country)}`,
            },
          ]
        : []),
      ...(row.decidedAt
        ? [
            {
              term: t('identity.staff.decided'),
              text: moment(row.decidedAt, timeZone),
              sub: row.reviewerRole ? t(`staff.role.${row.reviewerRole}.name`) : undefined,
            },
          ]
        : []),
    ],
    scan: row.state === 'waiting' && !row.isScanned ? t('identity.staff.notScanned') : null,
  };
}

/** The short form of it, beside the request. */
export function proofPanel(language: Language, view: IdentityForStaff, here: string) {
  const { t } = language;
  return {
    badge: view.isProved
      ? { text: t('identity.staff.proved'), tone: 'success' }
      : { text: t('identity.staff.notProved'), tone: 'warning' },
    facts: [
      { term: t('identity.staff.proven'), text: levelText(language, view.proven) },
      { term: t('identity.staff.required'), text: levelText(language, view.required) },
    ],
    needed: view.isProved ? null : view.ways.map((way) => t(`identity.way.${way}`)),
    waits: view.documents.some(({ state }) => state === 'waiting')
      ? t('desk.next.review-document')
      : null,
    check: view.needsSecondCheck && view.checkedBy === null ? t('identity.staff.needsCheck') : null,
    href: `${here}/identity`,
  };
}

const reasonOptions = ({ t }: Language) =>
  viewReasons.map((value) => ({ value, label: t(`identity.viewReason.${value}`) }));

/** Everything about one request's identity: what proves it, why this level, what staff can do. */
export function proofStaffView(
  language: Language,
  staff: StaffMember,
  view: IdentityForStaff,
  names: Map<string, string>,
  refused?: RefusedStaffProof,
) {
  const { t, moment } = language;
  const { timeZone } = staff.organization;
  const request = requestPath(staff.organization, view.id);
  const here = `${request}/identity`;
  const of = (form: string) =>
    refused?.form === form
      ? { values: refused.values, errors: refused.errors, open: true }
      : { values: {}, errors: {} };
  return {
    title: t('identity.staff.title'),
    back: { href: request, label: t('identity.staff.back', { reference: view.reference }) },
    panel: proofPanel(language, view, request),
    notice: refused?.notice,
    errorList: errorList(refused?.errors ?? {}),
    reasons: view.reasons.map(({ code, level }) => ({
      term: t(`identity.reason.${code}`),
      text: levelText(language, level),
    })),
    evidence: view.evidence.map(({ kind, at, by, accountId, matched, asked }) => ({
      kind: 'event',
      icon: 'check',
      title: t(`identity.evidence.${kind}`),
      label:
        matched === null
          ? undefined
          : t('identity.staff.matched', { matched: String(matched), asked: String(asked) }),
      author: by === 'staff' ? (names.get(accountId ?? '') ?? '') : undefined,
      at: at.toISOString(),
      when: moment(at, timeZone),
    })),
    documents: view.documents.map((row) => documentItem(language, staff, row, here)),
    asked: view.documentAskedAt
      ? t('identity.staff.askedAt', { when: moment(view.documentAskedAt, timeZone) })
      : null,
    isLate: view.isLate,
    can: view.can,
    evidenceForm: {
      ...of('evidence'),
      action: `${here}/evidence`,
      formKey: newClientKey(),
      kinds: staffEvidence.map((value) => ({
        value,
        title: t(`identity.evidence.${value}`),
        description: t(`identity.staffEvidence.${value}`),
      })),
    },
    askForm: { ...of('document-ask'), action: `${here}/document-ask` },
    circumstancesForm: {
      ...of('circumstances'),
      action: `${here}/circumstances`,
      contactChanged: view.contactChanged,
      deliveryDiffers: view.deliveryDiffers,
      canClear: view.can.clearCircumstances && (view.contactChanged || view.deliveryDiffers),
      keepsContact: !view.can.clearCircumstances && view.contactChanged,
      keepsDelivery: !view.can.clearCircumstances && view.deliveryDiffers,
    },
    viewReasons: reasonOptions(language),
    checkAction: `${here}/check`,
  };
}

/** The page on which a reviewer sees a document, once, and decides. */
export function reviewView(
  language: Language,
  { organization }: StaffMember,
  { requestId, documentId, picture }: { requestId: string; documentId: string; picture: Buffer },
) {
  const { t } = language;
  const here = `${requestPath(organization, requestId)}/identity`;
  return {
    title: t('identity.review.title'),
    back: { href: here, label: t('identity.review.back') },
    picture: `data:image/jpeg;base64,${picture.toString('base64')}`,
    decision: decisionForm(language, `${here}/documents/${documentId}/decision`),
  };
}

const decisionForm = ({ t, country }: Language, action: string) => ({
  action,
  reject: { label: t('identity.review.reject'), name: 'verdict', value: 'rejected' },
  kinds: documentKinds.map((value) => ({ value, label: t(`identity.kind.${value}`) })),
  countries: countries.map((value) => ({ value, label: country(value) })),
});
