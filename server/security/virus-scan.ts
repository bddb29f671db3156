import { connect } from 'node:net';
import { config } from '../../config/index.ts';

const TIMEOUT_MS = 20_000;

/** What the scanner says: `none` when this installation has no scanner. */
export type ScanResult = 'clean' | 'infected' | 'none';

/** A part of the stream that clamd reads: its length, then its bytes. */
function framed(part: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(part.length);
  return Buffer.concat([length, part]);
}

/**
 * Shows bytes to the scanner of this installation (clamd, INSTREAM). Without a scanner nothing is
 * looked at, and whoever opens the file is told so.
 * @throws Error when there is a scanner and it gives no verdict: the bytes are then not taken.
 */
export async function scanForViruses(
  content: Buffer,
  scanner = config.virusScanner,
): Promise<ScanResult> {
  if (scanner === null) return 'none';
  const { hostname, port } = new URL(`tcp://${scanner}`);
  const reply = await new Promise<string>((answer, fail) => {
    let text = '';
    const socket = connect({ host: hostname.replace(/^\[|\]$/gu, ''), port: Number(port) });
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('The scanner is silent.')));
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => (text += part));
    socket.on('error', fail);
    socket.on('close', () => {
      answer(text);
    });
    socket.write('zINSTREAM\0');
    socket.write(framed(content));
    socket.write(framed(Buffer.alloc(0)));
  });
  if (/FOUND\0?$/u.test(reply.trim())) return 'infected';
  if (/OK\0?$/u.test(reply.trim())) return 'clean';
  throw new Error('The scanner gave no verdict.');
}
