import mongoose from 'mongoose';
import { InstallationUnusable } from './installation-unusable.ts';

/** How the indexes of the database differ from those that the models declare. */
export interface Differences {
  missing: string[];
  undeclared: string[];
}

const models = () => mongoose.modelNames().map((name) => mongoose.model(name));

/** Compares without changing anything. */
export async function compareStructure(): Promise<Differences> {
  const differences: Differences = { missing: [], undeclared: [] };
  for (const model of models()) {
    const { collectionName } = model.collection;
    const { toCreate, toDrop } = await model.diffIndexes();
    const keys = toCreate.map((key) =>
      Object.entries(key as object)
        .flat()
        .join('_'),
    );
    differences.missing.push(...keys.map((key) => `${collectionName}.${key}`));
    differences.undeclared.push(...toDrop.map((name) => `${collectionName}.${name}`));
  }
  return differences;
}

/** IndexOptionsConflict and IndexKeySpecsConflict: there is such an index, but a different one. */
const isConflict = (error: unknown) =>
  error instanceof mongoose.mongo.MongoServerError && (error.code === 85 || error.code === 86);

/**
 * Makes the collections and indexes that are missing. What is not declared stays: only a numbered
 * step drops or changes an index. @throws InstallationUnusable for an index with other options.
 */
export async function completeStructure(): Promise<void> {
  for (const model of models()) {
    await model.createCollection();
    try {
      await model.createIndexes();
    } catch (error) {
      if (!isConflict(error)) throw error;
      const { toCreate } = await model.diffIndexes();
      throw new InstallationUnusable(
        `The database has an index of ${model.collection.collectionName} with other options than this version needs (${JSON.stringify(toCreate)}): drop that index, then start again.`,
      );
    }
  }
}
