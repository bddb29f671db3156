import type { CommandStartedEvent, MongoClient } from 'mongodb';

export type Command = Readonly<Record<string, unknown>>;

/** A query of the product, without its values, and one example with them. */
export interface Shape {
  collection: string;
  text: string;
  command: Command;
}

/** Something that was sent, and the test in which that was first. */
export interface Sent<T> {
  what: T;
  test: string;
}

/** The comment on a test's own look-ups: what only a test asks is not watched, and needs no index. */
export const OF_A_TEST = 'of a test';

const READS = new Set(['find', 'aggregate', 'count', 'distinct']);
const WRITES = new Set(['insert', 'update', 'delete', 'findAndModify']);
const ENDINGS = new Set(['commitTransaction', 'abortTransaction']);
const DEFINITIONS = new Set(['create', 'createIndexes', 'dropIndexes', 'collMod']);
/** How a command is sent, and not what it asks. */
const ENVELOPE = new Set([
  '$clusterTime',
  '$db',
  '$readPreference',
  'autocommit',
  'cursor',
  'lsid',
  'readConcern',
  'startTransaction',
  'txnNumber',
  'writeConcern',
]);
/** What is done with the rows that were found. */
const BESIDE = new Set([
  'batchSize',
  'new',
  'ordered',
  'projection',
  'remove',
  'singleBatch',
  'u',
  'update',
  'upsert',
]);
/** Values that are part of the question. */
const LITERAL = new Set(['$limit', '$sort', 'hint', 'limit', 'sort']);
/** Operators that leave the same row when they are run twice. */
const REPEATABLE = new Set(['$max', '$min', '$set', '$setOnInsert', '$unset']);

let test = 'before the first test';
const shapes = new Map<string, Sent<Shape>>();
const faults = new Map<string, Sent<string>>();

/** Every query shape that this process has sent. */
export const shapesSent = (): Sent<Shape>[] => [...shapes.values()];

/** Every way in which a command of this process was at the mercy of a failover. */
export const carelessCommands = (): Sent<string>[] => [...faults.values()];

/** Says which test what is sent from now on belongs to. */
export function beginTest(title: string): void {
  test = title;
}

/** Watches what a client sends. */
export function watchCommands(client: MongoClient): void {
  client.on('commandStarted', ({ command, commandName: name }: CommandStartedEvent) => {
    const sent = command as Command;
    if (sent.comment === OF_A_TEST) return;
    for (const fault of faultsOf(name, sent)) {
      const what = `${fault}: ${name} ${String(sent[name])}`;
      if (!faults.has(what)) faults.set(what, { what, test });
    }
    for (const what of shapesOf(name, sent)) {
      if (!shapes.has(what.text)) shapes.set(what.text, { what, test });
    }
  });
}

/** What is wrong with how a command was sent to a replica set. */
export function faultsOf(name: string, command: Command): string[] {
  const isInTransaction = command.autocommit === false;
  const isWrite = WRITES.has(name);
  const found: string[] = [];
  if (isInTransaction ? command.startTransaction === true : READS.has(name)) {
    const { level } = (command.readConcern ?? {}) as Command;
    if (level !== 'majority') found.push('may read what is lost later');
  }
  if (isInTransaction ? ENDINGS.has(name) : isWrite || DEFINITIONS.has(name)) {
    const { w, j } = (command.writeConcern ?? {}) as Command;
    if (w !== 'majority' || (isWrite && j !== true))
      found.push('is not acknowledged by a majority');
  }
  if (isInTransaction || !isWrite) return found;
  const isOfOne = statementsOf(name, command).every(({ multi, limit }) => !multi && limit !== 0);
  if (isOfOne && command.txnNumber === undefined) found.push('is not retried');
  if (!isOfOne && !isRepeatable(name, command)) found.push('is neither retried nor repeatable');
  return found;
}

const statementsOf = (name: string, command: Command) =>
  (command[`${name}s`] ?? []) as readonly Command[];

const isRepeatable = (name: string, command: Command) =>
  statementsOf(name, command).every(({ u = {} }) =>
    Object.keys(u as object).every((operator) => REPEATABLE.has(operator)),
  );

/** The queries in a command, each as `explain` takes it: with one statement. */
export function shapesOf(name: string, command: Command): Shape[] {
  const asked = Object.fromEntries(Object.entries(command).filter(([key]) => !ENVELOPE.has(key)));
  const shapeOf = (example: Command): Shape => {
    const { [name]: collection, ...rest } = example;
    const text = `${name} ${String(collection)} ${JSON.stringify(structureOf(rest))}`;
    return { collection: String(collection), text, command: example };
  };
  if (name === 'aggregate') return [shapeOf({ ...asked, cursor: {} })];
  if (READS.has(name) || name === 'findAndModify') return [shapeOf(asked)];
  if (name !== 'update' && name !== 'delete') return [];
  return statementsOf(name, command).map((one) => shapeOf({ ...asked, [`${name}s`]: [one] }));
}

/** A value with names of types in place of what it holds. */
function structureOf(value: unknown): unknown {
  if (Array.isArray(value)) {
    const members = value.map((member) => JSON.stringify(structureOf(member)));
    return [...new Set(members)].map((member) => JSON.parse(member) as unknown);
  }
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value.constructor.name;
  const fields = Object.entries(value).filter(([name]) => !BESIDE.has(name));
  return Object.fromEntries(
    fields.map(([name, inner]: [string, unknown]) => [
      name,
      LITERAL.has(name) ? literal(inner) : structureOf(inner),
    ]),
  );
}

/** The driver holds sort orders as maps. */
const literal = (value: unknown): unknown =>
  value instanceof Map ? Object.fromEntries(value) : value;
