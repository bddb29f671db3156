import { Types } from 'mongoose';
import { Problem } from '../../problem.ts';
import { siteByKey, type SiteRow } from '../organizations/service.ts';
import { publishedConfiguration } from './configurations.ts';
import { completeRecord } from './content.ts';
import { mayBeLinked } from './linking.ts';
import { ConsentRecordModel, type ConsentRecordRow } from './model.ts';
import { checkChoice, checkOrigin, isSameChoice, legalBasisOf, textsHashOf } from './receipts.ts';
import { writeRecord } from './record-writer.ts';
import type { SentChoice } from './schema.ts';
import { familyOf } from './user-agent.ts';

/** What the server itself knows about a delivery. It is never told an address. */
export interface Delivery {
  origin: string | null;
  region: string | null;
  userAgent: string;
}

/**
 * Records a choice for good. A repeated delivery returns the record it made before (`isNew: false`).
 * @throws Problem not-found, forged-form, invalid; conflict when the key was used for another choice;
 * unavailable when it could not be written.
 */
export async function recordChoice(
  siteKey: string,
  sent: SentChoice,
  delivery: Delivery,
): Promise<{ record: ConsentRecordRow; isNew: boolean }> {
  const site = await siteByKey(siteKey);
  checkOrigin(site, delivery.origin, sent.page);
  const configuration = await publishedConfiguration(site, sent.configurationHash);
  const recordedAt = new Date();
  const law = checkChoice(configuration, sent, recordedAt);
  if (sent.action === 'linked' && !(await mayBeLinked(site, sent))) throw notLinked();
  const { signals, ...choice } = sent;
  const record: ConsentRecordRow = {
    _id: new Types.ObjectId(),
    organizationId: site.organizationId,
    siteId: site._id,
    ...choice,
    ...signals,
    textsHash: textsHashOf(configuration, sent),
    legalBasis: legalBasisOf(configuration, law),
    region: delivery.region,
    configurationVersion: configuration.version,
    ...familyOf(delivery.userAgent),
    recordedAt,
    inForceAt: sent.chosenAt < recordedAt ? sent.chosenAt : recordedAt,
    receivedVia: 'widget',
  };
  const isNew = await writeRecord(record);
  return isNew ? { record, isNew } : { record: await repeated(site, sent), isNew };
}

function notLinked(): Problem {
  const detail = 'No other browser of a person to whom this one is linked allowed this.';
  const errors = [{ pointer: '/action', code: 'any.only', detail }];
  return new Problem('invalid', 'See errors.', { errors });
}

async function repeated(site: SiteRow, sent: SentChoice): Promise<ConsentRecordRow> {
  const { organizationId, _id: siteId } = site;
  const { clientKey } = sent;
  const found = await ConsentRecordModel.findOne({ organizationId, siteId, clientKey }).lean();
  const row = found && completeRecord(found);
  if (row && isSameChoice(row, sent)) return row;
  throw new Problem('conflict', 'This key was used for another choice.', { code: 'key-reused' });
}
