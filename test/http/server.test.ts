import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { serverOf } from '../../server/http/server.ts';

describe('A server behind a proxy', () => {
  it('keeps a connection open for longer than the minute of proxies', async () => {
    const server = serverOf((_request, response) => response.end());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    server.close();
    server.closeAllConnections();
    expect(answer.headers.get('keep-alive')).to.equal('timeout=65');
  });
});
