import type { PortalCode } from '../../../config/letters.ts';
import { languageOf } from '../../language.ts';
import { loadDataKey } from '../../security/data-keys.ts';
import { renderLetter, waysToReach, type LetterValues } from '../letters/service.ts';
import type { Organization } from '../organizations/service.ts';
import { subjectById } from '../subjects/service.ts';
import { openContents } from './contents.ts';
import { portalUrl } from './links.ts';
import type { RequestRow } from './model.ts';
import { contactOf, isAppealable } from './next-routes.ts';
import { regulatorsFor } from './regulators.ts';

const contentsOf = async (row: RequestRow) => openContents(await loadDataKey(row.keyId), row);

/** Whom the person may complain to; nobody while it is unproven that the typed residence is theirs. */
async function authoritiesOf(row: RequestRow): Promise<{ name: string; contact: string }[]> {
  if (!row.verifiedAt) return [];
  const { residence } = await contentsOf(row);
  return regulatorsFor(residence, row.regimes).map((authority) => ({
    name: authority.name,
    contact: contactOf(authority),
  }));
}

/** What every letter says of a request: nothing that the person wrote, and no name. */
export async function letterFacts(
  organization: Organization,
  row: RequestRow,
): Promise<LetterValues> {
  const { reference, right, deadlines } = row;
  return {
    reference,
    right: languageOf(row.language).t(`request-mail.right.${right}`),
    receivedOn: deadlines.receivedOn,
    answerBy: deadlines.effectiveDue,
    link: portalUrl(organization, reference),
    authorities: await authoritiesOf(row),
  };
}

/**
 * Where an answer says that it can be looked at again: in the portal, or at the privacy office for
 * whom no code reaches. Nothing for one that cannot.
 */
export async function appealFacts(
  organization: Organization,
  row: RequestRow,
  answer: Parameters<typeof isAppealable>[2],
): Promise<LetterValues> {
  if (!isAppealable(organization, row, answer)) return {};
  const subject = await subjectById(row.organizationId, row.subjectId);
  return subject?.email === ''
    ? { appealContact: waysToReach(organization.contacts.privacyOffice) }
    : { appealLink: portalUrl(organization, row.reference) };
}

/**
 * The draft of what a person will read in the portal, in the organisation's words and the person's
 * language. `values` fill what only this letter says.
 */
export async function portalLetter(
  organization: Organization,
  row: RequestRow,
  code: PortalCode,
  values: LetterValues = {},
): Promise<string> {
  const { text } = await renderLetter(organization, code, row.language, {
    ...(await letterFacts(organization, row)),
    name: (await contentsOf(row)).name,
    ...values,
  });
  return text;
}
