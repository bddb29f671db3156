import mongoose, { Types } from 'mongoose';
import { bytesOf, loadDataKeys } from '../security/data-keys.ts';
import { sealJson, unsealJson } from '../security/encryption.ts';

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

type Row = Record<string, unknown> & { _id: Types.ObjectId };

/** All rows of a collection that a filter finds, in order, a few at a time. */
async function* batchesOf(name: string, filter: mongoose.mongo.Filter<Row> = {}, size = 100) {
  let after = new Types.ObjectId('0'.repeat(24));
  for (;;) {
    const rows = await mongoose.connection
      .collection<Row>(name)
      .find({ ...filter, _id: { $gt: after } })
      .sort({ _id: 1 })
      .limit(size)
      .toArray();
    yield rows;
    const last = rows.at(-1);
    if (!last) return;
    after = last._id;
  }
}

/** One note leaves the messages, and is sealed as a note. Its key is gone where its request was erased. */
async function moveNote(old: Row): Promise<void> {
  const { connection } = mongoose;
  const { _id: row, organizationId, requestId, formKey, at, authorId, sealed } = old;
  const request = await connection.collection<Row>('requests').findOne({
    _id: requestId as Types.ObjectId,
  });
  const keyId = request?.keyId as Types.ObjectId | undefined;
  const key = keyId && (await loadDataKeys([keyId])).get(keyId.toHexString());
  if (key) {
    const before = { collection: 'requestMessages', row, field: 'sealed' };
    const after = { collection: 'requestNotes', row, field: 'sealedNote' };
    const sealedNote = sealJson(key, after, unsealJson(key, before, bytesOf(sealed as Buffer)));
    const note = { organizationId, requestId, formKey, at, noteBy: authorId, sealedNote };
    await connection
      .collection<Row>('requestNotes')
      .replaceOne({ _id: row }, note, { upsert: true });
  }
  await connection.collection<Row>('requestMessages').deleteOne({ _id: row });
}

/** Notes get a collection of their own, so that nothing that a person is shown can hold one. */
async function toFormat3(): Promise<void> {
  for await (const notes of batchesOf('requestMessages', { kind: 'note' })) {
    for (const note of notes) await moveNote(note);
  }
}

/** What a request from before there were levels of identity needs, and what its person proved. */
function levelsOf({ needsProof, verifiedAt }: Row) {
  return { requiredLevel: needsProof === false ? 0 : 1, provenLevel: verifiedAt ? 1 : 0 };
}

/** Requests keep how surely their person must be known, and a case of how surely they are. */
async function toFormat4(): Promise<void> {
  const { connection } = mongoose;
  const requests = connection.collection<Row>('requests');
  for await (const rows of batchesOf('requests')) {
    for (const row of rows.filter(({ requiredLevel }) => requiredLevel === undefined)) {
      const { _id: requestId, organizationId, right, verifiedAt, erasedAt } = row;
      const levels = levelsOf(row);
      const required = levels.requiredLevel;
      const mailbox = { kind: 'mailbox', at: verifiedAt, by: 'subject' };
      const proof = { ...mailbox, accountId: null, matched: null, asked: null };
      const found = {
        organizationId,
        requestId,
        right,
        rulesVersion: 0,
        required,
        reasons: [{ code: required === 0 ? 'never-asked' : 'right', level: required }],
        contactChanged: false,
        deliveryDiffers: false,
        evidence: verifiedAt ? [proof] : [],
        disputed: null,
        setsTried: 0,
        documentAsk: null,
        askedAt: null,
        reminded: 0,
        checkedBy: null,
        nextActionAt: null,
      };
      if (!erasedAt) {
        await connection
          .collection<Row>('identityCases')
          // By id: the index over requests is made after the steps.
          .updateOne({ _id: requestId }, { $setOnInsert: found }, { upsert: true });
      }
      await requests.updateOne({ _id: requestId }, { $set: levels });
    }
  }
}

const prefixed = (name: string, value: unknown) => ({ $concat: [`${name}:`, value] });

const prefixedAll = (name: string, values: unknown) => ({
  $map: { input: values, as: 'one', in: prefixed(name, '$$one') },
});

/** What the queue finds requests by stands on the request; closed ones are ordered by the day of closing. */
async function toFormat5(): Promise<void> {
  for (const name of [
    'organizationId_1_group_1__id_-1',
    'organizationId_1_assigneeId_1_group_1_urgentOn_1__id_1',
    'organizationId_1_assigneeId_1_group_1__id_-1',
  ]) {
    await dropIndex('requests', name);
  }
  const requests = mongoose.connection.collection('requests');
  const regimes = { $cond: [{ $eq: ['$regimes', []] }, ['none'], '$regimes'] };
  const assignee = { $ifNull: [{ $toString: '$assigneeId' }, 'none'] };
  const closedOn = {
    $dateToString: {
      date: { $ifNull: ['$closedAt', '$receivedAt'] },
      format: '%Y-%m-%d',
      timezone: '$timeZone',
    },
  };
  const isClosed = { $eq: ['$group', 'closed'] };
  const isLate = { $and: [isClosed, { $gt: ['$urgentOn', '$deadlines.effectiveDue'] }] };
  const change = [
    { $set: { urgentOn: { $cond: [isClosed, closedOn, '$urgentOn'] } } },
    {
      $set: {
        facets: {
          $concatArrays: [
            [
              prefixed('right', '$right'),
              prefixed('state', '$state'),
              prefixed('assignee', assignee),
              prefixed('language', '$language'),
              prefixed('channel', { $ifNull: ['$channel', 'web'] }),
              prefixed('role', { $ifNull: ['$role', 'controller'] }),
            ],
            prefixedAll('regime', regimes),
            prefixedAll('tag', { $ifNull: ['$tags', []] }),
            { $cond: [isLate, ['due:late'], []] },
          ],
        },
      },
    },
  ];
  for await (const rows of batchesOf('requests', {}, 500)) {
    for (const { _id, facets } of rows) {
      if (facets === undefined) await requests.updateOne({ _id }, change);
    }
  }
}

/** What organisations and requests hold of which those from before it had none. */
const fieldsSince: Readonly<Record<string, Record<string, unknown>>> = {
  organizations: { promiseYields: false, calendar: null, closingDays: [] },
  requests: {
    role: 'controller',
    agreementId: null,
    enteredBy: null,
    agentId: null,
    needsPermission: false,
    appealOf: null,
    promiseYields: false,
    calendar: null,
    closingDays: [],
    pauses: [],
    confirmedAt: null,
    tags: [],
    lifting: null,
    'outcome.result': null,
  },
};

const holds = (row: Row, field: string): boolean => {
  const [name = '', inner] = field.split('.');
  const value = row[name];
  if (inner === undefined) return value !== undefined;
  return value == null || (value as Record<string, unknown>)[inner] !== undefined;
};

/** Rows are whole: nobody who reads one has to know which fields are younger than it. */
async function toFormat6(): Promise<void> {
  for (const [name, fields] of Object.entries(fieldsSince)) {
    for await (const rows of batchesOf(name)) {
      for (const row of rows) {
        const missing = Object.entries(fields).filter(([field]) => !holds(row, field));
        if (missing.length === 0) continue;
        await mongoose.connection
          .collection<Row>(name)
          .updateOne({ _id: row._id }, { $set: Object.fromEntries(missing) });
      }
    }
  }
}

/** An index that only the newest records of an organisation needed: they are found by its sites. */
const toFormat7 = () => dropIndex('consentRecords', 'organizationId_1_recordedAt_-1__id_-1');

/** Choices are counted from the records alone: what was counted otherwise is counted anew. */
async function toFormat8(): Promise<void> {
  const counts = mongoose.connection.collection<{ _id: string; action: string }>('consentCounts');
  for (let after = ''; ;) {
    const rows = await counts
      .find({ _id: { $gt: after } })
      .sort({ _id: 1 })
      .limit(500)
      .toArray();
    const last = rows.at(-1);
    if (!last) break;
    const counted = rows.filter(({ action }) => action !== 'prompt').map(({ _id }) => _id);
    await counts.deleteMany({ _id: { $in: counted } });
    after = last._id;
  }
  await mongoose.connection.collection('consentTallies').drop();
}

/**
 * What brings data of format n to format n + 1, at index n - 1. A step may be interrupted anywhere
 * and begun again, even by two nodes at once. It is here that an index is dropped, or gets other
 * options; new ones are made after the steps, from what the models declare.
 */
export const steps: readonly (() => Promise<void>)[] = [
  toFormat2,
  toFormat3,
  toFormat4,
  toFormat5,
  toFormat6,
  toFormat7,
  toFormat8,
];

/** The format in which this version stores. */
export const FORMAT = steps.length + 1;
