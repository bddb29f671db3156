import { randomUUID } from 'node:crypto';
import { againstDuplicates } from '../../database/duplicate-key.ts';
import { inTransaction } from '../../database/transaction.ts';
import type { Language } from '../../language.ts';
import { asVisitor, system } from '../audit/service.ts';
import type { Organization } from '../organizations/service.ts';
import { subjectByProvenAddress } from '../subjects/service.ts';
import { outcomeOf } from './contents.ts';
import { fileInTransaction } from './intake.ts';
import { RequestModel } from './model.ts';
import { moveRequest } from './moving.ts';

/** Whoever opted out is left in peace for a year (11 CCR 7026(k)), so a signal is filed once in it. */
const YEAR_MS = 365 * 24 * 60 * 60_000;

/** Whether a browser sends Global Privacy Control. No script can make it do so. */
export const sendsSignal = ({ header }: { header: (name: string) => string | undefined }) =>
  header('sec-gpc') === '1';

export interface HonouredSignal {
  reference: string;
  honouredAt: Date;
  /** False when the same person had sent a signal within a year. */
  isNew: boolean;
}

/** The signal of a person that was honoured last, within a year; null when there was none. */
async function honouredBefore(
  organization: Organization,
  email: string,
): Promise<HonouredSignal | null> {
  const organizationId = organization._id;
  const subjectId = await subjectByProvenAddress(organization, email);
  if (!subjectId) return null;
  const row = await RequestModel.findOne(
    {
      organizationId,
      subjectId,
      channel: 'gpc',
      receivedAt: { $gte: new Date(Date.now() - YEAR_MS) },
    },
    { reference: 1, receivedAt: 1 },
  ).lean();
  return row && { reference: row.reference, honouredAt: row.receivedAt, isNew: false };
}

/**
 * Takes the signal of a known person's browser as their opt-out of sale and sharing (11 CCR 7025):
 * a request that is filed and fulfilled at once, whether or not the form offers the right. Nothing
 * is asked, and nobody is written to.
 */
export async function honourSignal(
  organization: Organization,
  { name, email }: { name: string; email: string },
  language: Language,
): Promise<HonouredSignal> {
  const organizationId = organization._id;
  const take = async (): Promise<HonouredSignal> => {
    const known = await honouredBefore(organization, email);
    if (known) return known;
    const right = 'sale-opt-out';
    const honouredAt = new Date();
    const { id, reference } = await fileInTransaction(
      { ...organization, rights: [...organization.rights, right] },
      {
        formKey: randomUUID(),
        right,
        country: 'US',
        state: 'CA',
        dataClass: 'ordinary',
        name,
        email,
        details: '',
        answers: {},
      },
      {
        actor: asVisitor(organizationId),
        channel: 'gpc',
        language: language.code,
        receivedAt: honouredAt,
        proof: { level: 1, method: 'signed-in' },
      },
    );
    const row = await RequestModel.findOne({ _id: id, organizationId }).orFail().lean();
    const text = language.t('signed-in.signal.answer', { organization: organization.name });
    const outcome = await outcomeOf(row, text, { kind: 'completed' });
    await moveRequest(system(organizationId), id, { name: 'honour', change: { outcome } });
    return { reference, honouredAt, isNew: true };
  };
  return againstDuplicates(() => inTransaction(take));
}
