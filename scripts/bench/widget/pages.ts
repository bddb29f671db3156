import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  Agent,
  createServer,
  request as ask,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { projectFolder } from '../../../server/folders.ts';
import { begin } from './beginning.ts';
import { entriesAt, packages, type Entry, type Place } from './entries.ts';
import type { Habeas } from './habeas.ts';

const here = path.join(projectFolder, 'scripts/bench/widget');

const types: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
};

const compressed = new Map<string, Buffer>();
function compress(key: string, bytes: Buffer): Buffer {
  let found = compressed.get(key);
  if (!found) {
    found = brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    });
    compressed.set(key, found);
  }
  return found;
}

/** Content security policies that a page can be asked to have, by name. NONCE is that of its tags. */
const policies: Record<string, string> = {
  strict:
    "default-src 'self'; script-src 'self' 'nonce-NONCE' OTHER; style-src 'self'; img-src 'self' data:; connect-src 'self' OTHER",
  types:
    "script-src 'self' 'nonce-NONCE' OTHER; style-src 'self' 'unsafe-inline'; require-trusted-types-for 'script'",
};

/** A tracker that nobody marked, in the page's own markup. */
const trackers =
  '<script async src="https://www.google-analytics.com/analytics.js?parser"></script>' +
  '<img src="https://www.facebook.com/tr?id=1" alt="" width="1" height="1" />';

const WARMING = 300;

/** Asks as browsers do until the server has compiled what answers: files that only lie there need nothing of the kind. */
async function warm(url: string): Promise<void> {
  const headers = { 'accept-encoding': 'br', 'accept-language': 'en-US' };
  for (let count = 0; count < WARMING; count++) await (await fetch(url, { headers })).arrayBuffer();
}

/** Opens the page of every entry on one origin, and our server behind it and beside it. */
async function openPages(): Promise<{ place: Place; end: () => Promise<void> }> {
  const html = readFileSync(path.join(here, 'page.html'), 'utf8');
  const css = readFileSync(path.join(here, 'page.css'));
  const entries = new Map<string, Entry>();
  // As our recipes for sites have it.
  const agent = new Agent({ keepAlive: true });
  let habeasPort = 0;
  let pageOrigin = '';

  function send(request: IncomingMessage, response: ServerResponse, key: string, bytes: Buffer) {
    const accepts = request.headers['accept-encoding']?.includes('br') === true;
    const sent = accepts ? compress(key, bytes) : bytes;
    response.writeHead(200, {
      'content-type': types[path.extname(key)] ?? 'application/octet-stream',
      'cache-control': 'max-age=600',
      'content-length': sent.length,
      ...(accepts && { 'content-encoding': 'br' }),
    });
    response.end(sent);
  }

  function sendPage(response: ServerResponse, entry: Entry, query: URLSearchParams) {
    const nonce = randomBytes(9).toString('base64url');
    const withTrackers = query.has('trackers');
    const page = html
      .replace('<!--HEAD-->', entry.head + (withTrackers ? trackers : ''))
      .replaceAll('NONCE', nonce)
      .replaceAll('ORIGIN', pageOrigin);
    const policy = policies[query.get('policy') ?? '']
      ?.replaceAll('NONCE', nonce)
      .replaceAll('OTHER', `http://localhost:${habeasPort}`);
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      ...(policy !== undefined && { 'content-security-policy': policy }),
    });
    response.end(page);
  }

  function pass(request: IncomingMessage, response: ServerResponse, to: string) {
    const { method, headers } = request;
    const onward = ask(
      { agent, host: '127.0.0.1', port: habeasPort, path: to, method, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  }

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://page.invalid');
    const [, id = '', file = ''] = /^\/([\w-]+)\/(.*)$/u.exec(pathname) ?? [];
    const entry = entries.get(id);
    if (pathname === '/page.css') send(request, response, 'page.css', css);
    else if (pathname.startsWith('/choices/')) {
      pass(request, response, (request.url ?? '').slice('/choices'.length));
    } else if (entry && file === '') sendPage(response, entry, searchParams);
    else if (entry?.init !== undefined && file === 'init.js') {
      send(request, response, `${id}/init.js`, Buffer.from(entry.init));
    } else if (entry?.files[file] !== undefined) {
      const found = entry.files[file];
      send(request, response, `${id}/${file}`, readFileSync(path.join(packages, found)));
    } else {
      const [, answer] =
        Object.entries(entry?.answers ?? {}).find(([start]) => file.startsWith(start)) ?? [];
      if (answer === undefined) response.writeHead(404).end();
      else send(request, response, `${id}/${file}.json`, Buffer.from(JSON.stringify(answer)));
      request.resume();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  pageOrigin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { told, end } = await begin<Habeas>('habeas', [pageOrigin]);
  const file = `/c/${told.siteKey}.js`;
  habeasPort = told.port;
  const place = {
    pageOrigin,
    proxied: `/choices${file}`,
    crossSite: `http://localhost:${habeasPort}${file}`,
  };
  for (const entry of entriesAt(place)) entries.set(entry.id, entry);
  await warm(pageOrigin + place.proxied);
  return { place, end };
}

const { place, end } = await openPages();
process.send?.(place);
process.once('disconnect', () => {
  void end().finally(() => process.exit());
});
