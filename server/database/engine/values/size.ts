import { Binary } from 'bson';
import { isDocument } from './kinds.ts';

/** About how many bytes a value takes in memory. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 24 + value.length * 2;
  if (typeof value !== 'object' || value === null) return 8;
  if (Array.isArray(value)) return value.reduce<number>((total, item) => total + sizeOf(item), 32);
  if (value instanceof Binary) return 64 + value.length();
  if (!isDocument(value)) return 64;
  let total = 48;
  for (const name in value) total += 24 + sizeOf(value[name]);
  return total;
}
