import { once } from 'node:events';
import { chmod, rm } from 'node:fs/promises';
import {
  createServer,
  type AddressInfo,
  type ListenOptions,
  type Server,
  type Socket,
} from 'node:net';
import { Login } from './auth/login.ts';
import type { Verifier } from './auth/scram.ts';
import { answer } from './commands/dispatch.ts';
import type { Reply } from './commands/context.ts';
import type { Database } from './database.ts';
import { isTrusted, type Connection } from './wire/connection.ts';
import { MAX_MESSAGE_BYTES, MessageReader, parseMessage, replyTo } from './wire/message.ts';

/** Enough to say hello and to log in; more is kept for nobody who has not. */
const STRANGER_MESSAGE_BYTES = 16_384;
/** How long a stranger may say nothing. Drivers never log in to watch a server, and do so every 10 s. */
const STRANGER_SILENCE_MS = 30_000;

/** Listens, and answers what comes. */
export class WireServer {
  private readonly database: Database;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly inFlight = new Map<string, Promise<Reply>>();
  private address = '';
  private verifier: Verifier | undefined;
  private lastConnectionId = 0;

  constructor(database: Database) {
    this.database = database;
    this.server = createServer({ noDelay: true }, (socket) => {
      void this.serve(socket);
    });
  }

  /** Only this user may connect. A socket left by a dead process is replaced: the lock says it is dead. */
  async listenOnSocket(path: string): Promise<void> {
    await rm(path, { force: true });
    await this.listen({ path });
    await chmod(path, 0o600);
    this.address = path;
  }

  /** Who connects has to log in. Returns the port: another one when the given one is taken. */
  async listenOnLoopback(wanted: number, verifier: Verifier): Promise<number> {
    this.verifier = verifier;
    const host = '127.0.0.1';
    try {
      await this.listen({ host, port: wanted });
    } catch (error) {
      if (wanted === 0) throw error;
      await this.listen({ host, port: 0 });
    }
    const { port } = this.server.address() as AddressInfo;
    this.address = `${host}:${port}`;
    return port;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async listen(options: ListenOptions): Promise<void> {
    this.server.listen(options);
    await once(this.server, 'listening');
    this.server.on('error', (error) => {
      console.error('A connection could not be accepted', error);
    });
  }

  /** One message after the other: a client that does not read its answers is not read from either. */
  private async serve(socket: Socket): Promise<void> {
    const connection: Connection = {
      id: ++this.lastConnectionId,
      address: this.address,
      login: this.verifier && new Login(this.verifier),
    };
    const reader = new MessageReader();
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    if (connection.login)
      socket.setTimeout(STRANGER_SILENCE_MS, () => {
        if (!isTrusted(connection)) socket.destroy();
      });
    try {
      for await (const chunk of socket as AsyncIterable<Buffer>) {
        const limit = isTrusted(connection) ? MAX_MESSAGE_BYTES : STRANGER_MESSAGE_BYTES;
        for (const message of reader.read(chunk, limit)) {
          const request = parseMessage(message);
          const reply = await answer(this.database, request, connection, this.inFlight);
          if (request.wantsReply) await send(socket, replyTo(request, reply));
        }
      }
    } catch (error) {
      // Strangers could fill the log, and a connection that breaks is nothing to tell.
      if (isTrusted(connection) && !socket.destroyed)
        console.error('A connection was closed for what it sent', error);
    }
    socket.destroy();
  }
}

/** Resolves when the bytes have left, or can never leave. */
function send(socket: Socket, [header, body]: [Buffer, Buffer]): Promise<void> {
  return new Promise((resolve) => {
    socket.cork();
    socket.write(header);
    socket.write(body, () => {
      resolve();
    });
    socket.uncork();
  });
}
