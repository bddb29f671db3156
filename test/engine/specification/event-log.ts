import type { MongoClient } from 'mongodb';
import { TestFailure } from './format.ts';

/** An event as tests name it. */
export interface ObservedEvent {
  name: string;
  kind: string;
  event: object;
}

interface LogOptions {
  observed: readonly string[];
  ignored: readonly string[];
  showsSensitive: boolean;
}

/** Emptied by the driver in events, so that no secret is logged. */
const SENSITIVE = new Set([
  'authenticate',
  'saslStart',
  'saslContinue',
  'getnonce',
  'createUser',
  'updateUser',
  'copydbgetnonce',
  'copydbsaslstart',
  'copydb',
  'hello',
  'ismaster',
  'isMaster',
]);

const COMMAND_EVENTS = ['commandStarted', 'commandSucceeded', 'commandFailed'];
const CONNECTION_EVENTS = [
  'connectionPoolCreated',
  'connectionPoolReady',
  'connectionPoolCleared',
  'connectionPoolClosed',
  'connectionCreated',
  'connectionReady',
  'connectionClosed',
  'connectionCheckOutStarted',
  'connectionCheckOutFailed',
  'connectionCheckedOut',
  'connectionCheckedIn',
];
const SERVER_EVENTS = ['serverDescriptionChanged', 'topologyDescriptionChanged'];

/** The events of one client that a test asks to observe, in order. */
export class EventLog {
  readonly events: ObservedEvent[] = [];
  private readonly client: MongoClient;
  private readonly added = new EventTarget();
  private isStopped = false;

  constructor(client: MongoClient, { observed, ignored, showsSensitive }: LogOptions) {
    this.client = client;
    for (const name of observed) {
      const driverName = driverNameOf(name);
      this.listen(driverName, (event) => {
        const commandName = 'commandName' in event ? String(event.commandName) : '';
        if (ignored.includes(commandName) || (SENSITIVE.has(commandName) && !showsSensitive))
          return;
        this.events.push({ name, kind: kindOf(driverName), event });
        this.added.dispatchEvent(new Event('added'));
      });
    }
  }

  stop(): void {
    this.isStopped = true;
  }

  /** Resolves once an event has been seen this often. */
  async waitFor(name: string, count: number): Promise<void> {
    while (this.countOf(name) < count)
      await new Promise((resolve) => {
        this.added.addEventListener('added', resolve, { once: true });
      });
  }

  countOf(name: string): number {
    return this.events.filter((observed) => observed.name === name).length;
  }

  private listen(driverName: string, note: (event: object) => void): void {
    this.client.on(driverName as 'commandStarted', (event) => {
      if (!this.isStopped) note(event);
    });
  }
}

function driverNameOf(name: string): string {
  const driverName = name.replace(/Event$/u, '').replace(/^pool/u, 'connectionPool');
  if (![...COMMAND_EVENTS, ...CONNECTION_EVENTS, ...SERVER_EVENTS].includes(driverName))
    throw new TestFailure(`The runner does not know events named ${name}`);
  return driverName;
}

function kindOf(driverName: string): string {
  if (COMMAND_EVENTS.includes(driverName)) return 'command';
  return CONNECTION_EVENTS.includes(driverName) ? 'cmap' : 'sdam';
}
