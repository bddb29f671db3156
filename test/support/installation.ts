import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MongoClient, type Db } from 'mongodb';
import { engineUri } from '../../server/database/engine/start.ts';
import { Client } from './client.ts';
import { emptyMailbox, messagesTo, startMailbox, stopMailbox } from './mailbox.ts';
import { freePort } from './ports.ts';
import { aDataFolder, startProduct, type Product } from './product.ts';
import { settingsInPlaceOf } from './server.ts';
import { readTrace, type Role, type TraceEvent } from './trace.ts';
import { FOR_PROCESSES_MS, until } from './until.ts';

const projectFolder = path.resolve(import.meta.dirname, '../..');
/** After so many deaths the supervisor waits long between restarts. */
const DEATHS_PER_LIFE = 4;

export const ADMINISTRATOR = 'ada.admin@staff.test';
const PASSWORD = 'nine violet kettles hum';

/**
 * The product as it is run, under observation: web and worker below their supervisor, a data folder
 * and a mail server of its own. Its processes can be killed at any moment, and its clock be moved.
 */
export class Installation {
  readonly origin: string;
  /** Origin of the demo website. */
  readonly siteOrigin: string;
  readonly #folder = aDataFolder();
  readonly #environment: Record<string, string> & { HABEAS_DATA_DIR: string };
  readonly #trace: string;
  readonly #order: string;
  readonly #mailUrl: string;
  #product: Product | undefined;
  #staff: Client | undefined;
  #deaths = 0;
  #database: MongoClient | undefined;

  private constructor(port: number, demoPort: number, mailPort: number) {
    const folder = path.dirname(this.#folder.data);
    mkdirSync(folder, { recursive: true });
    this.origin = `http://127.0.0.1:${port}`;
    this.siteOrigin = `http://localhost:${demoPort}`;
    this.#trace = path.join(folder, 'trace.jsonl');
    this.#order = path.join(folder, 'order');
    this.#mailUrl = `smtp://127.0.0.1:${mailPort}`;
    this.#environment = {
      PORT: port.toString(),
      DEMO_PORT: demoPort.toString(),
      HABEAS_DATA_DIR: this.#folder.data,
      ...settingsInPlaceOf(this.#folder.data),
      SMTP_URL: this.#mailUrl,
      LOG_LEVEL: 'fatal',
      TRUST_PROXY: '1',
      TZ: 'UTC',
      NODE_OPTIONS: `--import=${path.join(import.meta.dirname, 'witness.mjs')}`,
      WITNESS_TRACE: this.#trace,
      WITNESS_ORDER: this.#order,
    };
  }

  /** A new one, running, with an administrator. */
  static async open(): Promise<Installation> {
    const installation = new Installation(await freePort(), await freePort(), await freePort());
    await startMailbox(installation.#mailUrl);
    emptyMailbox();
    try {
      await installation.start();
      await installation.#becomeAdministrator();
    } catch (error) {
      await installation.close();
      throw error;
    }
    return installation;
  }

  /** Starts web and worker, with their clock ahead of ours. */
  async start(aheadMs = 0): Promise<void> {
    if (aheadMs > 0) this.#environment.WITNESS_AHEAD_MS = aheadMs.toString();
    this.#product = startProduct(this.#environment);
    await this.#product.ready;
    await this.whole();
  }

  /** Stops it as an administrator does. */
  async stop(): Promise<void> {
    await this.#database?.close();
    this.#database = undefined;
    await this.#product?.stop();
    this.#product = undefined;
  }

  /** Stops it and starts it again: its supervisor forgets how often a process has died. */
  async restart(aheadMs = 0): Promise<void> {
    await this.stop();
    await this.start(aheadMs);
  }

  /** Waits until all is well again after a death. */
  async recover(): Promise<void> {
    this.#deaths += 1;
    if (this.#deaths % DEATHS_PER_LIFE === 0) await this.restart();
    else await this.whole();
  }

  async close(): Promise<void> {
    await this.stop();
    await stopMailbox();
    this.#folder.remove();
  }

  /** What the processes did, as far as they could write it down. */
  events(): TraceEvent[] {
    return readTrace(this.#trace);
  }

  /** The process that plays a role now, or did until it died. */
  pidOf(role: Role): number {
    const born = this.events().findLast((event) => event.role === role && event.kind === 'born');
    if (!born) throw new Error(`No ${role} process was ever born.`);
    return born.pid;
  }

  /** As `kill -9` does, all at once. Returns the pids when they are gone. */
  async kill(...roles: Role[]): Promise<number[]> {
    const pids = roles.map((role) => this.pidOf(role)).filter((pid) => kills(pid));
    await until('the killed are gone', () => !pids.some((pid) => isAlive(pid)), FOR_PROCESSES_MS);
    return pids;
  }

  /** Tells the worker to end itself at a moment; see `witness.mjs`. */
  order(moment: 'leased' | 'accepted' | 'booked' | 'reminded'): void {
    writeFileSync(this.#order, moment);
  }

  /** Withdraws an order that was not carried out. */
  withdrawOrder(): void {
    rmSync(this.#order, { force: true });
  }

  /** Waits until web and worker are alive and the database answers. */
  async whole(): Promise<void> {
    await until(
      'web and worker live',
      async () => {
        const events = this.events();
        const living = (role: Role) => {
          // The newest note of birth or death is the one that counts: a pid outlives its process for a moment.
          const newest = events.findLast(
            (event) => event.role === role && (event.kind === 'born' || event.kind === 'end'),
          );
          return newest?.kind === 'born' && isAlive(newest.pid);
        };
        return living('web') && living('worker') && (await this.#isReady());
      },
      FOR_PROCESSES_MS,
    );
  }

  async #isReady(): Promise<boolean> {
    try {
      const reply = await fetch(`${this.origin}/readyz`);
      await reply.arrayBuffer();
      return reply.ok;
    } catch {
      return false;
    }
  }

  /** The rows themselves, for counting. */
  rows(): Db {
    const { MONGODB_URI } = settingsInPlaceOf(this.#folder.data);
    const uri = MONGODB_URI ?? engineUri(`${this.#folder.data}/database`);
    this.#database ??= new MongoClient(uri, { serverSelectionTimeoutMS: 20_000 });
    return this.#database.db(MONGODB_URI === undefined ? 'habeas' : undefined);
  }

  /** A browser of somebody. */
  visitor(): Client {
    return new Client({}, this.origin);
  }

  /** The browser of the administrator. */
  get staff(): Client {
    if (!this.#staff) throw new Error('Nobody is signed in.');
    return this.#staff;
  }

  /** Makes somebody the first administrator, by the link that the start printed. */
  async #becomeAdministrator(): Promise<void> {
    const link = /First administrator\s+(http\S+)/u.exec(this.#product?.output() ?? '')?.[1] ?? '';
    this.#staff = this.visitor();
    const { status } = await this.#staff.submit(new URL(link).pathname, {
      name: 'Ada Admin',
      email: ADMINISTRATOR,
      password: PASSWORD,
    });
    if (status !== 200) throw new Error(`The first administrator was answered with ${status}.`);
  }

  /** Another worker beside the one that there is. */
  secondWorker(): ChildProcess {
    return spawn(process.execPath, ['dist/jobs/main.js'], {
      cwd: projectFolder,
      env: { PATH: process.env.PATH, ...this.#environment },
      stdio: 'inherit',
    });
  }

  /** Waits until no mail is due any more. */
  async untilMailIsOut(): Promise<void> {
    const mails = this.rows().collection('mails');
    await until(
      'no mail waits',
      async () => {
        const waiting = await mails.countDocuments({ state: { $in: ['queued', 'sending'] } });
        return waiting === 0;
      },
      FOR_PROCESSES_MS,
    );
  }
}

function kills(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Ends a second worker and waits until it is gone. */
export async function endWorker(worker: ChildProcess): Promise<void> {
  const gone = once(worker, 'exit');
  worker.kill('SIGTERM');
  await gone;
}

/** How many copies an address got, and under how many Message-IDs. */
export function copiesTo(email: string): { copies: number; identities: number } {
  const mails = messagesTo(email);
  return {
    copies: mails.length,
    identities: new Set(mails.map(({ messageId }) => messageId)).size,
  };
}
