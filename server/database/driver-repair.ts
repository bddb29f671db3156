import { createRequire } from 'node:module';
import type { Socket } from 'node:net';

interface DriverConnection {
  socket: Socket;
  cleanup: (this: DriverConnection, error: Error) => void;
}

const require = createRequire(import.meta.url);
// Not part of what the driver declares: there is no other way to its connections.
const { Connection } = require('mongodb/lib/cmap/connection.js') as {
  Connection: { prototype: DriverConnection };
};

/**
 * Repairs the driver (7.8 and 7.9): of the end of a connection it tells a command that waits for its
 * answer, but not one that waits until its bytes have left. That one would wait for ever, or fail with
 * an error that nobody retries. Woken, it finds by itself why the connection is gone.
 */
export function repairDriver(): void {
  const { cleanup } = Connection.prototype;
  Connection.prototype.cleanup = function (error) {
    cleanup.call(this, error);
    this.socket.emit('drain');
  };
}
