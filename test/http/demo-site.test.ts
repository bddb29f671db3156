import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createDemoSite } from '../../server/demo-site.ts';
import { rawRequest } from '../support/raw-request.ts';

describe('The demo website', () => {
  let server: Server;
  let origin: string;

  before(async () => {
    server = createServer(createDemoSite({ widgetSrc: 'http://localhost:8080/c/key.js' }));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });

  it('gives nothing but its own files, and no trace of what went wrong', async () => {
    for (const trick of [
      '/../package.json',
      '/%2e%2e/%2e%2e/package.json',
      '/..%2f..%2fpackage.json',
      '/..%5c..%5cpackage.json',
      '/%00',
      '/%ff',
      '/%',
      '//evil.example/..',
      '/.env',
      '/__proto__',
      `/${'x'.repeat(8000)}`,
    ]) {
      const { status, type, text } = await rawRequest(`GET ${trick}`, {}, '', origin);
      expect(status, trick.slice(0, 60)).to.equal(404);
      expect(type, trick.slice(0, 60)).to.equal('text/plain');
      expect(text, trick.slice(0, 60)).not.to.match(
        /"dependencies"|root:x:|\.ts:\d|node_modules|<pre>/u,
      );
    }
    for (const method of ['POST', 'PUT', 'TRACE', 'DELETE']) {
      expect((await rawRequest(`${method} /`, {}, '', origin)).status).to.equal(404);
    }
  });
});
