import { once } from 'node:events';
import { createServer, request as ask, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { guardedLookup, mayConnectTo } from '../outbound.ts';

export interface GuardedProxy {
  address: string;
  close: () => Promise<void>;
}

const HOST = /^\[?(?<name>[^\]]+?)\]?(?::(?<port>\d+))?$/u;

/** A literal address is not looked up, so it is checked here. */
function isAllowed(host: string): boolean {
  return !/^[\d.]+$|:/u.test(host) || mayConnectTo(host);
}

/**
 * A proxy on loopback through which a browser reaches the outside, and nothing of our own network: a page
 * that we are told to look at may call any address, and its names may change in between.
 */
export async function openGuardedProxy(): Promise<GuardedProxy> {
  const open = new Set<Socket>();
  const server: Server = createServer((incoming, outgoing) => {
    const refuse = () => outgoing.writeHead(502).end();
    if (!URL.canParse(incoming.url ?? '')) {
      refuse();
      return;
    }
    const { hostname, port, pathname, search } = new URL(incoming.url ?? '');
    if (!isAllowed(hostname)) {
      refuse();
      return;
    }
    const onward = ask(
      {
        host: hostname,
        port: port === '' ? 80 : Number(port),
        path: pathname + search,
        method: incoming.method,
        headers: incoming.headers,
        lookup: guardedLookup,
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on('error', refuse);
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  server.on('connect', (incoming, socket: Socket, head: Buffer) => {
    const { name = '', port = '443' } = HOST.exec(incoming.url ?? '')?.groups ?? {};
    if (!isAllowed(name)) {
      socket.end('HTTP/1.1 502 Refused\r\n\r\n');
      return;
    }
    const onward = connect({ host: name, port: Number(port), lookup: guardedLookup });
    open.add(onward);
    onward.on('connect', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    onward.on('close', () => {
      open.delete(onward);
      socket.destroy();
    });
    socket.on('error', () => onward.destroy());
    socket.on('close', () => onward.destroy());
  });
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
    },
  };
}
