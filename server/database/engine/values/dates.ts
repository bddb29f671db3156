import { ObjectId, Timestamp } from 'bson';

/** A date from its milliseconds. Beyond the year 275760 JavaScript has none: there, only getTime() is right. */
export function dateAt(milliseconds: number): Date {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? Object.assign(date, { getTime: () => milliseconds }) : date;
}

/** The moment that a value tells by its type. */
export function instantOf(value: unknown): Date | undefined {
  if (value instanceof Date) return value;
  if (value instanceof ObjectId) return value.getTimestamp();
  return value instanceof Timestamp ? new Date(value.t * 1000) : undefined;
}
