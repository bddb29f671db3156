import {
  Db,
  MongoClient,
  ReadPreference,
  type ClientSessionOptions,
  type Document,
  type ReadPreferenceMode,
  type ServerApi,
  type TagSet,
} from 'mongodb';
import { EventLog } from './event-log.ts';
import { refuseUnknownFields, TestFailure } from './format.ts';

type Class<T> = abstract new (...parameters: never[]) => T;

const CLIENT_FIELDS = [
  'id',
  'uriOptions',
  // Concerns only servers with several routers.
  'useMultipleMongoses',
  'observeEvents',
  'ignoreCommandMonitoringEvents',
  'observeSensitiveCommands',
  'serverApi',
];

/** The named things of one test: clients, databases, collections, sessions, cursors and saved results. */
export class Entities {
  private readonly uri: string;
  private readonly entities = new Map<string, unknown>();
  private readonly logs = new Map<string, EventLog>();

  /** Of the runner: what it does is not among a test's events. */
  readonly ownClient: MongoClient;

  constructor(uri: string, ownClient: MongoClient) {
    this.uri = uri;
    this.ownClient = ownClient;
  }

  async create(descriptions: readonly Document[]): Promise<void> {
    for (const description of descriptions) {
      const [kind = ''] = Object.keys(description);
      const fields = description[kind] as Document;
      this.set(String(fields.id), await this.make(kind, fields));
    }
  }

  set(id: string, entity: unknown): void {
    if (this.entities.has(id)) throw new TestFailure(`There are two entities named ${id}`);
    this.entities.set(id, entity);
  }

  get(id: string): unknown {
    if (!this.entities.has(id)) throw new TestFailure(`There is no entity named ${id}`);
    return this.entities.get(id);
  }

  getAs<T>(id: string, kind: Class<T>): T {
    const entity = this.get(id);
    if (!(entity instanceof kind)) throw new TestFailure(`The entity ${id} is no ${kind.name}`);
    return entity;
  }

  /** What a client was seen to do. */
  log(clientId: string): EventLog {
    const log = this.logs.get(clientId);
    if (!log) throw new TestFailure(`No events of ${clientId} are observed`);
    return log;
  }

  /** Ends all sessions and clients. Their events of after this are not the test's. */
  async close(): Promise<void> {
    for (const log of this.logs.values()) log.stop();
    for (const entity of this.entities.values())
      if (entity instanceof MongoClient) await entity.close();
  }

  private make(kind: string, fields: Document): unknown {
    switch (kind) {
      case 'client':
        return this.makeClient(fields);
      case 'database': {
        refuseUnknownFields(fields, ['id', 'client', 'databaseName', 'databaseOptions'], kind);
        const client = this.getAs(String(fields.client), MongoClient);
        return client.db(String(fields.databaseName), optionsOf(fields.databaseOptions));
      }
      case 'collection': {
        refuseUnknownFields(
          fields,
          ['id', 'database', 'collectionName', 'collectionOptions'],
          kind,
        );
        const database = this.getAs(String(fields.database), Db);
        return database.collection(
          String(fields.collectionName),
          optionsOf(fields.collectionOptions),
        );
      }
      case 'session': {
        refuseUnknownFields(fields, ['id', 'client', 'sessionOptions'], kind);
        const options = optionsOf(fields.sessionOptions) as ClientSessionOptions;
        return this.getAs(String(fields.client), MongoClient).startSession(options);
      }
      default:
        throw new TestFailure(`The runner does not know entities of the kind ${kind}`);
    }
  }

  private async makeClient(fields: Document): Promise<MongoClient> {
    refuseUnknownFields(fields, CLIENT_FIELDS, 'client');
    const client = new MongoClient(withUriOptions(this.uri, fields.uriOptions as Document), {
      monitorCommands: true,
      ...(fields.serverApi === undefined ? {} : { serverApi: fields.serverApi as ServerApi }),
    });
    this.logs.set(
      String(fields.id),
      new EventLog(client, {
        observed: (fields.observeEvents ?? []) as string[],
        ignored: (fields.ignoreCommandMonitoringEvents ?? []) as string[],
        showsSensitive: fields.observeSensitiveCommands === true,
      }),
    );
    return client.connect();
  }
}

/** What the driver has as objects of its own, made from how a test writes it. */
export function optionsOf(written: unknown): Document {
  const options = { ...(written as Document | undefined) };
  for (const [name, value] of Object.entries(options)) {
    if (name === 'readPreference') options[name] = readPreferenceOf(value as Document);
    if (name === 'defaultTransactionOptions') options[name] = optionsOf(value);
  }
  return options;
}

function readPreferenceOf({ mode, tagSets, ...options }: Document): ReadPreference {
  const tags = tagSets as TagSet[] | undefined;
  return new ReadPreference(mode as ReadPreferenceMode, tags, options);
}

function withUriOptions(uri: string, options: Document = {}): string {
  const [place = '', query = ''] = uri.split('?');
  const all = new URLSearchParams(query);
  for (const [name, value] of Object.entries(options)) all.set(name, String(value));
  return `${place}?${all.toString()}`;
}
