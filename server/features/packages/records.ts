import { parse } from 'csv-parse/sync';
import { undisclosed, type UndisclosedKind } from '../../../config/undisclosed.ts';
import { csvLine } from '../../csv.ts';
import { invalidField } from '../../problem.ts';

/** One thing that is known about a person: field by field. */
export type DataRecord = Record<string, unknown>;

const isRecord = (value: unknown): value is DataRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads records: a JSON array of objects (or one object), or CSV with a heading.
 * @throws Problem invalid (`records.unreadable`)
 */
export function readRecords(text: string): DataRecord[] {
  const plain = text.replace(/^\uFEFF/u, '').trim();
  try {
    const read: unknown = /^[[{]/u.test(plain)
      ? JSON.parse(plain)
      : parse(plain, { columns: true, skip_empty_lines: true });
    const records = Array.isArray(read) ? (read as unknown[]) : [read];
    if (records.length > 0 && records.every(isRecord)) return records;
  } catch {
    // Refused below, with what is wanted.
  }
  throw invalidField('files', 'records.unreadable', 'records are a JSON array of objects, or CSV');
}

/** A field's name as a person would say it: `driverLicense_no` is `driver license no`. */
const wordsOf = (name: string) =>
  name
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

interface Stripped {
  records: DataRecord[];
  /** What is held and was taken out. */
  held: UndisclosedKind[];
}

/**
 * Takes out what must not be disclosed, at any depth: under the CCPA the identifiers of 11 CCR
 * 7024(d), and passwords and security answers always.
 */
export function stripUndisclosed(records: readonly DataRecord[], isCcpa: boolean): Stripped {
  const held = new Set<UndisclosedKind>();
  const rules = undisclosed.filter((rule) => isCcpa || 'everywhere' in rule);
  const kindOf = (name: string, value: unknown) =>
    rules.find(
      (rule) =>
        rule.names.test(wordsOf(name)) ||
        ('values' in rule && typeof value === 'string' && rule.values.test(value.trim())),
    )?.kind;
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(strip);
    return isRecord(value) ? stripRecord(value) : value;
  };
  const stripRecord = (record: DataRecord): DataRecord =>
    Object.fromEntries(
      Object.entries(record).flatMap(([name, value]) => {
        const kind = kindOf(name, value);
        if (kind === undefined) return [[name, strip(value)]];
        held.add(kind);
        return [];
      }),
    );
  return { records: records.map(stripRecord), held: [...held] };
}

const cellOf = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : value === null || value === undefined
      ? null
      : JSON.stringify(value);

/** The names of all fields, in the order in which they first appear. */
export const fieldsOf = (records: readonly DataRecord[]): string[] => [
  ...new Set(records.flatMap((record) => Object.keys(record))),
];

/** Records as CSV with a heading; nested values are JSON. */
export function recordsAsCsv(records: readonly DataRecord[]): string {
  const fields = fieldsOf(records);
  return (
    csvLine(fields) +
    records.map((record) => csvLine(fields.map((field) => cellOf(record[field])))).join('')
  );
}

const typeOf = (value: unknown) =>
  value === null || value === undefined
    ? 'null'
    : Array.isArray(value)
      ? 'array'
      : typeof value === 'boolean' || typeof value === 'number' || typeof value === 'object'
        ? typeof value
        : 'string';

/** The JSON Schema of records, as they are: the types that each field has. */
export function schemaOf(records: readonly DataRecord[]): object {
  const properties = Object.fromEntries(
    fieldsOf(records).map((field) => {
      const types = [...new Set(records.map((record) => typeOf(record[field])))].sort();
      return [field, { type: types.length === 1 ? types[0] : types }];
    }),
  );
  return { type: 'array', items: { type: 'object', properties, additionalProperties: false } };
}
