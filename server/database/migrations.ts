import mongoose from 'mongoose';

/** IndexNotFound and NamespaceNotFound. */
const isGone = (error: unknown) =>
  error instanceof mongoose.mongo.MongoServerError && (error.code === 27 || error.code === 26);

async function drop(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!isGone(error)) throw error;
  });
}

const dropIndex = (collection: string, name: string) =>
  drop(mongoose.connection.collection(collection).dropIndex(name));

/** Indexes that gave way to longer ones, and one that no query used; jobs that two workers could have entered twice. */
async function toFormat2(): Promise<void> {
  await dropIndex('challenges', 'requestId_1_endedAt_1');
  await dropIndex('consentRecords', 'organizationId_1_siteId_1_visitorId_1_inForceAt_-1');
  await dropIndex('files', 'organizationId_1_about.id_1');
  await dropIndex('subjects', 'organizationId_1__id_1');
  // Their name becomes unique; the worker enters them again when it starts.
  await mongoose.connection.collection('agendaJobs').deleteMany({
    name: { $in: ['forget-invitations', 'sweep-mail', 'sweep-requests'] },
    type: 'single',
  });
  // Made by Agenda for a log that was never on.
  await drop(mongoose.connection.dropCollection('agenda_logs'));
}

/**
 * What brings data of format n to format n + 1, at index n - 1. A step may be interrupted anywhere
 * and begun again, even by two nodes at once. It is here that an index is dropped, or gets other
 * options; new ones are made after the steps, from what the models declare.
 */
export const steps: readonly (() => Promise<void>)[] = [toFormat2];

/** The format in which this version stores. */
export const FORMAT = steps.length + 1;
