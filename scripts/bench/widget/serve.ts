import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  createServer,
  request as ask,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { createApp } from '../../../server/app.ts';
import { prepareInstallation } from '../../../server/database/installation.ts';
import { closeDatabase, connectDatabase, ownEngine } from '../../../server/database/connect.ts';
import { system } from '../../../server/features/audit/service.ts';
import { addSite, createOrganization } from '../../../server/features/organizations/service.ts';
import { projectFolder } from '../../../server/folders.ts';
import { entriesAt, packages, type Entry, type Place } from './entries.ts';

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

const portOf = (server: Server) => (server.address() as AddressInfo).port;

async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Ours as in production, with an organisation and a site; the page's origin is known by then. */
async function openHabeas(pageOrigin: string): Promise<{ server: Server; siteKey: string }> {
  await ownEngine();
  await connectDatabase();
  await prepareInstallation();
  const nobody = { email: '', phone: '', post: '' };
  const organization = await createOrganization(system(null), {
    slug: 'garden',
    name: 'Garden shop',
    timeZone: 'Europe/Berlin',
    languages: ['en', 'de', 'fr', 'es'],
    regimes: ['gdpr', 'ccpa'],
    rights: ['access', 'deletion'],
    promiseDays: null,
    requiresSecondFactor: false,
    policyUrl: `${pageOrigin}/privacy`,
    contacts: { privacyOffice: nobody, dataProtectionOfficer: nobody, security: nobody },
  });
  const { siteKey } = await addSite(system(organization._id), organization._id, {
    name: 'Shop',
    origins: [pageOrigin],
  });
  return { server: await listen(createApp()), siteKey };
}

/** Asks as browsers do until the server has compiled what answers: files that only lie there need nothing of the kind. */
async function warm(url: string): Promise<void> {
  const headers = { 'accept-encoding': 'br', 'accept-language': 'en-US' };
  for (let count = 0; count < WARMING; count++) await (await fetch(url, { headers })).arrayBuffer();
}

/** Opens the page of every entry on one origin, and our server behind it and beside it; says where they are. */
async function serve(): Promise<Place> {
  const html = readFileSync(path.join(here, 'page.html'), 'utf8');
  const css = readFileSync(path.join(here, 'page.css'));
  const entries = new Map<string, Entry>();
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
      { host: '127.0.0.1', port: habeasPort, path: to, method, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  }

  const pages = await listen((request, response) => {
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
  pageOrigin = `http://127.0.0.1:${portOf(pages)}`;
  const habeas = await openHabeas(pageOrigin);
  habeasPort = portOf(habeas.server);
  const place = {
    pageOrigin,
    proxied: `/choices/c/${habeas.siteKey}.js`,
    crossSite: `http://localhost:${habeasPort}/c/${habeas.siteKey}.js`,
  };
  for (const entry of entriesAt(place)) entries.set(entry.id, entry);
  await warm(pageOrigin + place.proxied);
  return place;
}

const place = await serve();
process.send?.(place);
process.once('disconnect', () => {
  void closeDatabase().finally(() => process.exit());
});
