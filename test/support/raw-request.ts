import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { appOrigin } from './app.ts';

export interface RawReply {
  status: number;
  type: string;
  head: string;
  text: string;
}

/** Sends bytes as they are: browsers and `fetch` mend addresses and headers that attackers do not. */
export async function rawRequest(
  requestLine: string,
  headers: Record<string, string> = {},
  body: Buffer | string = '',
  origin = appOrigin(),
): Promise<RawReply> {
  const { hostname, port, host } = new URL(origin);
  const bytes = Buffer.from(body);
  const lines = {
    Host: host,
    Connection: 'close',
    ...(bytes.length > 0 && { 'Content-Length': bytes.length.toString() }),
    ...headers,
  };
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(Number(port), hostname);
  socket.write(`${requestLine} HTTP/1.1\r\n${head.join('')}\r\n`, 'latin1');
  socket.write(bytes);
  const answer = (await buffer(socket)).toString('utf8');
  const end = answer.indexOf('\r\n\r\n');
  const replyHead = end < 0 ? answer : answer.slice(0, end);
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/u.exec(replyHead)?.[1] ?? 0),
    type: /^content-type: ([^;\r]+)/imu.exec(replyHead)?.[1] ?? '',
    head: replyHead,
    text: end < 0 ? '' : answer.slice(end + 4),
  };
}
