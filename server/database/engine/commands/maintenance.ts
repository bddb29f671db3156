import { setTimeout as wait } from 'node:timers/promises';
import { CommandError, notSupported } from '../errors.ts';
import type { Collection } from '../storage/collection.ts';
import { isSqliteError, type Snapshot } from '../storage/store.ts';
import { validateCollection, Validation } from '../storage/validation.ts';
import type { Document } from '../values/kinds.ts';
import { mustExist } from './collections.ts';
import { collectionOf, namespaceOf, type Command, type CommandContext } from './context.ts';

const REFUSED_MODES = ['repair', 'metadata', 'background', 'checkBSONConformance'] as const;

export const validateCommand: Command = {
  names: ['validate'],
  fields: ['full', ...REFUSED_MODES],
  async run(context) {
    const { command, database } = context;
    const refused = REFUSED_MODES.find((mode) => command[mode] === true);
    if (refused) throw notSupported(`A validation with '${refused}'`);
    const errors = command.full === true ? await database.store.fileErrors() : [];
    const collection = collectionOf(context);
    const ns = namespaceOf(context);
    if (!collection) throw new CommandError(26, `Collection '${ns}' does not exist to validate.`);
    const snapshot = database.store.snapshot();
    try {
      return await validationReply(context, collection, snapshot, errors);
    } finally {
      snapshot.release();
    }
  },
};

async function validationReply(
  { pacer }: CommandContext,
  collection: Collection,
  { reader }: Snapshot,
  fileErrors: string[],
): Promise<Document> {
  const { namespace, count, uuid, indexes } = collection;
  const errors = [...fileErrors];
  let validation = new Validation();
  try {
    validation = await validateCollection(reader, collection, pacer);
    const { records } = validation;
    if (count !== records)
      errors.push(
        `fast count (${count}) does not match number of records (${records}) for collection '${namespace}'`,
      );
  } catch (error) {
    if (!isSqliteError(error)) throw error;
    errors.push(`The store cannot be read: ${error.message}`);
  }
  const { corrupt, missing, extra, faultyIndexes, unmarkedIndexes } = validation;
  if (corrupt.count > 0) errors.push(`Detected ${corrupt.count} invalid documents.`);
  for (const name of faultyIndexes) errors.push(`Index with name '${name}' has inconsistencies.`);
  for (const name of unmarkedIndexes)
    errors.push(`Index '${name}' holds values of arrays but is not marked as multikey.`);
  const warnings: string[] = [];
  if (missing.count > 0) warnings.push(`Detected ${missing.count} missing index entries.`);
  if (extra.count > 0) warnings.push(`Detected ${extra.count} extra index entries.`);
  const isFaulty = (name: string) => faultyIndexes.has(name) || unmarkedIndexes.has(name);
  return {
    ns: namespace,
    uuid,
    nInvalidDocuments: corrupt.count,
    nNonCompliantDocuments: 0,
    nrecords: validation.records,
    nIndexes: indexes.length,
    keysPerIndex: validation.keysPerIndex,
    indexDetails: Object.fromEntries(indexes.map(({ name }) => [name, { valid: !isFaulty(name) }])),
    valid: errors.length === 0,
    repaired: false,
    warnings,
    errors,
    extraIndexEntries: extra.named,
    missingIndexEntries: missing.named,
    corruptRecords: corrupt.named.map(({ recordId }) => recordId),
    ok: 1,
  };
}

/** How often a compaction looks whether the last reader of old pages has gone. */
const LOOK_AGAIN_MS = 20;
const MOST_FAILURES = 100;

/** Compacts the whole store, whichever collection is named: they share one file. */
export const compactCommand: Command = {
  names: ['compact'],
  fields: ['force'],
  async run(context) {
    const { command, database, pacer } = context;
    if (command.force !== true)
      throw new CommandError(
        20,
        'will not run compact on an active replica set primary as this will slow down other running operations. use force:true to force',
      );
    mustExist(collectionOf(context), namespaceOf(context));
    const { store } = database;
    const before = store.fileSizes().total;
    await database.sessions.purgeReplies(-Infinity);
    await store.compact();
    for (let failures = 0; !store.clear();) {
      // A snapshot is waited for; nothing else holds the log up for long but a disk without room.
      if (!store.isBeingRead && ++failures > MOST_FAILURES)
        throw new CommandError(39, 'The write-ahead log could not be emptied: has the disk room?');
      await wait(LOOK_AGAIN_MS);
      await pacer.pause();
    }
    return { bytesFreed: Math.max(0, before - store.fileSizes().total), ok: 1 };
  },
};
