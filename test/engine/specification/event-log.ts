import type { Document, MongoClient } from 'mongodb';
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
        if (ignored.includes(commandName) || (isSensitive(commandName, event) && !showsSensitive))
          return;
        this.events.push({ name, kind: kindOf(driverName), event });
        this.added.dispatchEvent(new Event('added'));
      });
    }
  }

  stop(): void {
    this.isStopped = true;
  }

  /** Resolves once there are so many such events. */
  async waitFor(isWanted: (observed: ObservedEvent) => boolean, count: number): Promise<void> {
    while (this.events.filter(isWanted).length < count)
      await new Promise((resolve) => {
        this.added.addEventListener('added', resolve, { once: true });
      });
  }

  private listen(driverName: string, note: (event: object) => void): void {
    this.client.on(driverName as 'commandStarted', (event) => {
      if (!this.isStopped) note(event);
    });
  }
}

/** A hello is sensitive only when it carries credentials; then the driver shows nothing of it. */
function isSensitive(commandName: string, event: Document): boolean {
  if (SENSITIVE.has(commandName)) return true;
  const shown = (event.command ?? event.reply) as object | undefined;
  return (
    /^(?:hello|ismaster)$/iu.test(commandName) &&
    shown !== undefined &&
    Object.keys(shown).length === 0
  );
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
