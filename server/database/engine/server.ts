import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { answer } from './commands/dispatch.ts';
import type { Reply } from './commands/context.ts';
import type { Database } from './database.ts';
import { MessageReader, parseMessage, replyTo, type Request } from './wire/message.ts';

/** Listens on a unix socket and answers what comes. */
export class WireServer {
  private readonly database: Database;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly inFlight = new Map<string, Promise<Reply>>();
  private lastConnectionId = 0;

  constructor(database: Database) {
    this.database = database;
    this.server = createServer((socket) => {
      this.serve(socket);
    });
  }

  /** Only this user may connect. A socket left by a dead process is replaced: the lock says it is dead. */
  async listen(path: string): Promise<void> {
    await rm(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(path, resolve);
    });
    await chmod(path, 0o600);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(socket: Socket): void {
    const connectionId = ++this.lastConnectionId;
    const reader = new MessageReader();
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    // One after the other: a client expects its answers in order.
    let last = Promise.resolve();
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const message of reader.read(chunk)) {
          const request = parseMessage(message);
          last = last.then(() => this.reply(socket, request, connectionId));
        }
      } catch (error) {
        console.error('A connection was closed for what it sent', error);
        socket.destroy();
      }
    });
  }

  private async reply(socket: Socket, request: Request, connectionId: number): Promise<void> {
    const body = await answer(this.database, request, connectionId, this.inFlight);
    if (!request.wantsReply || socket.destroyed) return;
    try {
      const [header, bytes] = replyTo(request, body);
      socket.cork();
      socket.write(header);
      socket.write(bytes);
      socket.uncork();
    } catch (error) {
      console.error('A reply could not be sent', error);
      socket.destroy();
    }
  }
}
