import { Schema, Types, type Query, type Aggregate } from 'mongoose';

/** A query without an organisation: a defect that must never reach the database. */
export class MissingOrganization extends Error {
  constructor(collection: string) {
    super(`A query on ${collection} names no organisation.`);
  }
}

const OPERATIONS = [
  'find',
  'findOne',
  'findOneAndUpdate',
  'findOneAndDelete',
  'findOneAndReplace',
  'updateOne',
  'updateMany',
  'replaceOne',
  'deleteOne',
  'deleteMany',
  'countDocuments',
  'distinct',
] as const;

declare module 'mongoose' {
  interface QueryOptions {
    /** Only for sweeps and sign-in, which serve every organisation: the query names none. */
    acrossOrganizations?: boolean;
  }
}

const isNamed = (value: unknown): boolean =>
  value instanceof Types.ObjectId || typeof value === 'string' || isListed(value);

const isListed = (value: unknown) =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).every((operator) => operator === '$in' || operator === '$eq');

/**
 * Makes a schema's rows belong to an organisation: the field is required and immutable, and every
 * query must name it. @throws MissingOrganization from any query that does not.
 */
export function belongsToOrganization(schema: Schema): void {
  schema.add({
    organizationId: { type: Schema.Types.ObjectId, required: true, immutable: true },
  });
  schema.pre([...OPERATIONS], function (this: Query<unknown, unknown>) {
    const { acrossOrganizations } = this.getOptions();
    if (acrossOrganizations || isNamed(this.getFilter().organizationId)) return;
    throw new MissingOrganization(this.model.collection.name);
  });
  schema.pre('aggregate', function (this: Aggregate<unknown>) {
    const first = this.pipeline()[0] as { $match?: Record<string, unknown> } | undefined;
    if (!isNamed(first?.$match?.organizationId)) {
      throw new MissingOrganization('an aggregation');
    }
  });
  schema.pre('bulkWrite', () => {
    throw new MissingOrganization('many rows at once');
  });
  schema.pre('estimatedDocumentCount', function () {
    throw new MissingOrganization('a whole collection');
  });
}

/** The field that `belongsToOrganization` adds, for row types. */
export interface OfOrganization {
  organizationId: Types.ObjectId;
}
