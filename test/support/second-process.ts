import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import mongoose, { Types } from 'mongoose';

/** Another process of the same installation, to be killed or configured otherwise. */
export class SecondProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** On the same database and key, with some settings of its own. */
  static async start(settings: Record<string, string> = {}): Promise<SecondProcess> {
    const { _connectionString: database } = mongoose.connection as unknown as {
      _connectionString: string;
    };
    const child = fork(fileURLToPath(import.meta.url), {
      env: { ...process.env, ...settings, SECOND_PROCESS: database },
      execArgv: ['--import=tsx', `--import=${new URL('moved-clock.ts', import.meta.url).href}`],
    });
    await once(child, 'message');
    return new SecondProcess(child);
  }

  async ask(task: Task): Promise<unknown> {
    this.#child.send(task);
    const [reply] = (await once(this.#child, 'message')) as [unknown];
    return reply;
  }

  /** Gives a task without waiting for its end. */
  begin(task: Task): void {
    this.#child.send(task);
  }

  /** As `kill -9` does: nothing more is done, nothing is tidied. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}

type Task =
  | { kind: 'serve' }
  | { kind: 'take-mail-in' }
  | { kind: 'send'; mailId: string }
  | { kind: 'sweep' }
  | { kind: 'prepare' }
  | { kind: 'queue'; mail: QueuedByAnother };

export interface QueuedByAnother {
  to: { name: string; email: string };
  keyId: string;
  language: string;
  model: object;
}

async function serve(): Promise<number> {
  const { createApp } = await import('../../server/app.ts');
  const server = createServer(createApp()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function takeMailIn(): Promise<number> {
  const { listenForMail } = await import('../../server/features/inbox/service.ts');
  const { countHit } = await import('../../server/security/counts.ts');
  const settings = { host: '127.0.0.1', port: 0, tls: null, name: 'habeas.test', countHit };
  return (await listenForMail(settings)).port;
}

async function perform(task: Task): Promise<unknown> {
  if (task.kind === 'serve') return serve();
  if (task.kind === 'take-mail-in') return takeMailIn();
  if (task.kind === 'prepare') {
    // Every model of the application is known once its doors are.
    await import('../../server/app.ts');
    const { prepareInstallation } = await import('../../server/database/installation.ts');
    return prepareInstallation();
  }
  const { sendDueMails, sendMail } = await import('../../server/mail/delivery.ts');
  if (task.kind === 'sweep') return sendDueMails(100);
  if (task.kind === 'send') return sendMail(new Types.ObjectId(task.mailId));
  const { queueMail } = await import('../../server/mail/outbox.ts');
  const { keyId, ...mail } = task.mail;
  const id = await queueMail({
    ...mail,
    template: 'mail-test',
    keyId: new Types.ObjectId(keyId),
    organizationId: null,
  });
  return id.toString();
}

async function obey(databaseUri: string): Promise<void> {
  const { connectDatabase } = await import('../../server/database/connect.ts');
  await connectDatabase(databaseUri);
  process.on('message', (task: Task) => {
    void perform(task).then((reply) => process.send?.(reply ?? null));
  });
  process.on('disconnect', () => process.exit());
  process.send?.('ready');
}

const databaseUri = process.env.SECOND_PROCESS;
if (databaseUri !== undefined) void obey(databaseUri);
